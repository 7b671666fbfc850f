"""The invoices room's shapes on the wire."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StrictBool
from pydantic_core import PydanticCustomError

from contratos import Entrada, Salida
from contratos.types import (
    Cantidad,
    Email,
    Euros,
    Fecha,
    Importe,
    Instante,
    Nif,
    Nombre,
    Numero,
    Opcional,
    Porcentaje,
    Precio,
    Texto,
    Unitario,
)
from http_rules import Paging
from smartbilling.fiscal import Estado

from . import ejemplos
from .citas_schemas import (
    CITADAS_MAXIMAS,
    Aviso,
    CitaNueva,
    FacturaCitada,
    RectificacionNueva,
    RectificacionPublica,
    RectificativaDeFactura,
)

CERO = Decimal(0)
LINEAS_MAXIMAS = 2_000

CERO_EUROS = Decimal("0.00")

Tipo = Literal["F1", "F2", "F3", "R1", "R2", "R3", "R4", "R5"]
Redondeo = Literal["por_tipo", "por_linea"]
CodigoSerie = Annotated[str, Field(min_length=1, max_length=20, examples=["F"])]
Referencia = Annotated[str, Field(min_length=1, max_length=60, examples=["pedido-1042"])]
Impuesto = Literal["01", "02", "03", "05"]
ClaveRegimen = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
Calificacion = Literal["S1", "S2", "N1", "N2"]
Exencion = Literal["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8"]
IdDeCliente = Annotated[str, Field(pattern=r"^cli_[0-9a-f]{32}$")]


def _distinta_de_cero(value: Decimal) -> Decimal:
    if not value:
        raise PydanticCustomError("cantidad_cero", "La cantidad no puede ser 0: quita la línea o corrígela.")
    return value


CantidadDeLinea = Annotated[Cantidad, AfterValidator(_distinta_de_cero)]
"""How many of something: negative to take away, never none."""


class IdOtroNuevo(Entrada):
    """Who has no Spanish NIF: `tipo` 02 VAT-EU, 03 passport, 04 official, 05 residence, 06 other, 07."""

    pais: Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["FR"])] | None = None
    tipo: Literal["02", "03", "04", "05", "06", "07"]
    id: Annotated[str, Field(min_length=1, max_length=20, examples=["FR40303265045"])]


class DestinatarioNuevo(Entrada):
    """A further recipient."""

    nombre: Nombre
    cif: Annotated[Nif | None, Opcional] = None
    id_otro: IdOtroNuevo | None = None


class LineaNueva(Entrada):
    """A line: `precio_unitario` in euros; discount and rates in percent; tax fields as in VERI*FACTU."""

    descripcion: Texto
    cantidad: CantidadDeLinea
    precio_unitario: Precio
    descuento: Porcentaje = CERO
    tipo_iva: Porcentaje | None = None
    recargo_equivalencia: Porcentaje | None = None
    irpf: Porcentaje | None = None
    suplido: StrictBool = False
    impuesto: Impuesto | None = None
    clave_regimen: ClaveRegimen | None = None
    calificacion: Calificacion | None = None
    exencion: Exencion | None = None
    base_a_coste: Importe | None = None


def _falta(value: Decimal | None) -> bool:
    return value is None


SiLaHay = Annotated[Euros | None, Field(exclude_if=_falta)]
"""Euros that few lines have: where there are none they are left out."""


class EmitidaPorNueva(Entrada):
    """Who issues in the company's name: a third party, who says who it is, or the recipient."""

    quien: Literal["tercero", "destinatario"]
    nombre: Annotated[Nombre | None, Opcional] = None
    cif: Annotated[Nif | None, Opcional] = None
    id_otro: IdOtroNuevo | None = None


class _Contenido(Entrada):
    """What an invoice says, issued or not."""

    cliente_nombre: Annotated[Nombre | None, Opcional] = None
    cliente_email: Annotated[Email | None, Opcional] = None
    cliente_cif: Annotated[Nif | None, Opcional] = None
    cliente_id_otro: IdOtroNuevo | None = None
    cliente_id: IdDeCliente | None = None
    cliente_direccion: Annotated[Texto | None, Opcional] = None
    serie: CodigoSerie | None = None
    tipo: Tipo = "F1"
    fecha_expedicion: Fecha | None = None
    fecha_operacion: Fecha | None = None
    fecha_vencimiento: Fecha | None = None
    descripcion: Annotated[Texto | None, Opcional] = None
    referencia_externa: Referencia | None = None
    descuento_global: Porcentaje = CERO
    retencion_irpf: Porcentaje | None = None
    redondeo: Redondeo = "por_tipo"
    precios_con_impuestos: StrictBool = False
    destinatarios: Annotated[list[DestinatarioNuevo], Field(default_factory=list, max_length=999)]
    rectificacion: RectificacionNueva | None = None
    sustituidas: Annotated[list[CitaNueva], Field(default_factory=list, max_length=CITADAS_MAXIMAS)]
    emitida_por: EmitidaPorNueva | None = None
    sin_identificar_destinatario: StrictBool = False
    acuerdo_facturacion: Annotated[str, Field(min_length=1, max_length=15)] | None = None
    acuerdo_sistema: Annotated[str, Field(min_length=1, max_length=16)] | None = None
    cupon: StrictBool = False
    lineas: Annotated[list[LineaNueva], Field(default_factory=list, max_length=LINEAS_MAXIMAS)]


class FacturaNueva(_Contenido):
    """An invoice to issue, or to keep as a draft, which may be incomplete."""

    model_config = ConfigDict(json_schema_extra={"example": ejemplos.NUEVA})

    estado: Literal["emitida", "borrador"] = "emitida"


class BorradorNuevo(_Contenido):
    """What a draft says from now on."""

    model_config = ConfigDict(json_schema_extra={"example": ejemplos.NUEVA})

    estado: Literal["borrador"] = "borrador"


Contenido = FacturaNueva | BorradorNuevo
"""What an invoice says, to be issued or not."""


class ClienteDeFactura(Salida):
    """The customer, as the invoice names it."""

    nombre: str | None
    cif: str | None
    id_otro: dict[str, Any] | None
    direccion: str | None
    email: str | None
    cliente_id: str | None


class LineaPublica(Salida):
    """A line, with what it comes to."""

    descripcion: str
    cantidad: Numero
    precio_unitario: Unitario
    descuento: Numero
    tipo_iva: Numero | None
    recargo_equivalencia: Numero | None
    irpf: Numero | None
    suplido: bool
    impuesto: str | None
    clave_regimen: str | None
    calificacion: str | None
    exencion: str | None
    base_a_coste: SiLaHay = None
    importe: Euros


class DesglosePublico(Salida):
    """A tax group."""

    impuesto: str
    clave_regimen: str
    calificacion: str | None
    exencion: str | None
    tipo_iva: Numero | None
    base: Euros
    cuota: Euros
    recargo_equivalencia: Numero | None
    recargo: Euros
    base_a_coste: SiLaHay = None


class Verifactu(Salida):
    """The invoice's record in the chain; all null in a draft."""

    huella: str | None = None
    huella_anterior: str | None = None
    fecha_hora_huso: str | None = None
    qr_url: str | None = None
    estado_envio: Literal["pendiente"] | None = None
    csv: str | None = None


class EntregaCrm(Salida):
    """Whether the CRM knows of the invoice, and which client it is there."""

    estado: Literal["pendiente", "entregado", "fallido", "no_aplica"] = "no_aplica"
    cliente_id: str | None = None


class FacturaEnLista(Salida):
    """An invoice, without its lines."""

    model_config = ConfigDict(json_schema_extra={"example": ejemplos.EN_LISTA})

    id: str
    numero: str | None
    serie: str | None
    tipo: str
    estado: Estado
    fecha_expedicion: Fecha | None
    fecha_operacion: Fecha | None
    fecha_vencimiento: Fecha | None
    emitida: Instante | None
    descripcion: str | None
    referencia_externa: str | None
    cliente: ClienteDeFactura
    destinatarios: list[dict[str, Any]]
    rectificacion: RectificacionPublica | None = None
    rectifica: list[FacturaCitada] = Field(default_factory=list)
    sustituidas: list[FacturaCitada] = Field(default_factory=list)
    emitida_por: dict[str, Any] | None = None
    sin_identificar_destinatario: bool = False
    acuerdo_facturacion: str | None = None
    acuerdo_sistema: str | None = None
    cupon: bool = False
    redondeo: str
    precios_con_impuestos: bool
    descuento_global: Numero
    retencion_irpf: Numero | None
    base_imponible: Euros
    cuota_total: Euros
    recargo_total: Euros
    retencion: Euros
    suplidos: Euros
    total: Euros
    total_a_pagar: Euros
    pagado: Euros
    compensado: Euros = CERO_EUROS
    pendiente: Euros
    vencida: bool
    rectificada_por: str | None = None
    rectificativas: list[RectificativaDeFactura] = Field(default_factory=list)
    sustituida_por: str | None = None
    avisos: list[Aviso] = Field(default_factory=list)
    verifactu: Verifactu
    crm: EntregaCrm


class CambioPublico(Salida):
    """A field of the record that a correction changed; `lineas.0` is the first line of the invoice."""

    campo: str
    antes: Any
    despues: Any


class SubsanacionPublica(Salida):
    """A correction of an invoice's record. Without changes the record was made anew as it stood."""

    registro_id: str
    motivo: str | None
    cambios: list[CambioPublico]
    instante: Instante


class FacturaPublica(FacturaEnLista):
    """An invoice, whole."""

    model_config = ConfigDict(json_schema_extra={"example": ejemplos.PUBLICA})

    lineas: list[LineaPublica]
    desglose: list[DesglosePublico]
    subsanaciones: list[SubsanacionPublica] = Field(default_factory=list)


class FiltroFacturas(Paging):
    """Which invoices, and in what order."""

    orden: Literal["-creada", "creada", "-fecha_expedicion", "fecha_expedicion"] = "-creada"
    estado: Estado | None = None
    cliente_id: Annotated[str, Field(max_length=40)] | None = None
    cif: (
        Annotated[str, Field(max_length=30, description="NIF del cliente, con o sin separadores.")] | None
    ) = None
    serie: Annotated[str, Field(max_length=20)] | None = None
    desde: Fecha | None = Field(default=None, description="Fecha de expedición, incluida.")
    hasta: Fecha | None = Field(default=None, description="Fecha de expedición, incluida.")
    vencidas: bool | None = Field(default=None, description="Solo las que deben algo pasada su fecha.")
    referencia_externa: Annotated[str, Field(max_length=60)] | None = None
    buscar: (
        Annotated[
            str, Field(max_length=100, description="Principio de palabra: número, cliente, NIF, referencia.")
        ]
        | None
    ) = None
