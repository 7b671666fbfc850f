"""What a language has to be able to say on an invoice."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Textos:
    """The words of one language. `{…}` is filled in."""

    factura: str
    factura_simplificada: str
    factura_rectificativa: str
    borrador_de: str
    sin_numero: str
    sin_concepto: str
    borrador: str
    anulada: str
    prueba: str
    prueba_banda: str
    logo_de: str
    qr_de: str
    qr_explicado: str
    nif: str
    documento: str
    documentos: Mapping[str, str]
    """Kinds of document (AEAT, IDType) that have a name of their own."""

    telefono: str
    cliente: str
    otros_destinatarios: str
    fecha_expedicion: str
    fecha_operacion: str
    vencimiento: str
    referencia: str
    vence_el: str
    total_a_pagar: str
    total: str
    concepto: str
    cantidad: str
    precio: str
    descuento: str
    impuesto: str
    importe: str
    suma_anterior: str
    suma_y_sigue: str
    suplido: str
    exenta: str
    no_sujeta: str
    inversion: str
    recargo_corto: str
    irpf: str
    impuestos: str
    base: str
    tipo: str
    cuota: str
    recargo: str
    base_imponible: str
    cuota_de: str
    recargo_equivalencia: str
    total_factura: str
    retencion: str
    suplidos: str
    pago: str
    iban: str
    condiciones: str
    pagina: str
    rectifica: str
    metodo: str
    motivo: str
    por_sustitucion: str
    por_diferencias: str
    importes_rectificados: str
    sin_facturas: str
    sustituye: str
    del_dia: str
    descuento_global: str
    precios_con_impuestos: str
    base_a_coste: str
    por_tercero: str
    por_destinatario: str
    nombres_de_impuesto: Mapping[str, str]
    exenciones: Mapping[str, str]
    exencion_de: str
    sujeto_pasivo: str
    no_sujeta_n1: str
    no_sujeta_n2: str
    regimenes_iva: Mapping[str, str]
    regimenes_igic: Mapping[str, str]
