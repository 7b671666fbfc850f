"""The records of an invoice in their final form: the XML bytes that are hashed, stored and later sent."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from . import elementos, formato
from .coherencia import comprobar_alta, comprobar_anulacion
from .datos import (
    DatosAlta,
    DatosAnulacion,
    Detalle,
    RegistroAnterior,
    RegistroConstruido,
    SistemaInformatico,
    TipoRegistro,
)
from .huella import huella_alta, huella_anulacion

MACRODATO = Decimal(100_000_000)
_CERO = Decimal("0.00")


class AltaSinEnlazar(NamedTuple):
    """A RegistroAlta but for its place in the chain: its text up to the link, and what its huella takes.

    `acuerdos` stand after the instant. Totals in euros, two decimals, and as they are written.
    """

    xml: str
    acuerdos: str
    tipo_factura: str
    cuota_total: Decimal
    importe_total: Decimal
    cuota_escrita: str
    importe_escrito: str

    def huella(self, datos: DatosAlta, huella_anterior: str, fecha_hora_huso: str) -> str:
        """The huella of the record of `datos`, which this is, once it follows another at an instant."""
        return huella_alta(
            emisor=datos.emisor_nif,
            numero=datos.numero,
            fecha=formato.fecha(datos.fecha_expedicion),
            tipo_factura=self.tipo_factura,
            cuota_total=self.cuota_escrita,
            importe_total=self.importe_escrito,
            huella_anterior=huella_anterior,
            fecha_hora_huso=fecha_hora_huso,
        )


def construir_alta(
    datos: DatosAlta, sistema: SistemaInformatico, anterior: RegistroAnterior | None, instante: datetime
) -> RegistroConstruido:
    """The RegistroAlta of an invoice, chained to `anterior` (None: the first of its chain).

    `instante` carries the offset of the territory that issues. CuotaTotal = Σ cuotas + recargos;
    ImporteTotal = Σ bases + cuotas + recargos. Raises RegistroImposible rather than write a broken document.
    Source: Orden HAC/1177/2024, annex; SuministroInformacion.xsd, RegistroFacturacionAltaType.
    """
    alta = alta_sin_enlazar(datos)
    fecha_hora_huso = formato.instante(instante)
    huella_anterior = anterior.huella if anterior else ""
    huella = alta.huella(datos, huella_anterior, fecha_hora_huso)
    xml = (
        f"{alta.xml}{elementos.encadenamiento(anterior)}{elementos.sistema(sistema)}"
        f"{elementos.final('alta', fecha_hora_huso, huella, alta.acuerdos)}"
    )
    return RegistroConstruido(
        tipo="alta",
        xml=xml.encode(),
        huella=huella,
        huella_anterior=huella_anterior,
        fecha_hora_huso=fecha_hora_huso,
        emisor_nif=datos.emisor_nif,
        numero=datos.numero,
        fecha_expedicion=datos.fecha_expedicion,
        tipo_factura=alta.tipo_factura,
        cuota_total=alta.cuota_total,
        importe_total=alta.importe_total,
    )


def alta_sin_enlazar(datos: DatosAlta) -> AltaSinEnlazar:
    """What the RegistroAlta of an invoice says whatever it follows. Errors as in `construir_alta`."""
    tipo_factura = "F1" if datos.tipo == "F2" and datos.destinatarios else datos.tipo
    comprobar_alta(datos, tipo_factura)
    cuota_total, importe_total = _totales(datos.desglose)
    cuota = formato.importe(cuota_total, "CuotaTotal")
    importe = formato.importe(importe_total, "ImporteTotal")
    xml = (
        f"{_inicio('alta', datos)}{_cuerpo(datos, tipo_factura, importe_total)}"
        f"<CuotaTotal>{cuota}</CuotaTotal><ImporteTotal>{importe}</ImporteTotal>"
    )
    return AltaSinEnlazar(xml, _acuerdos(datos), tipo_factura, cuota_total, importe_total, cuota, importe)


def construir_anulacion(
    datos: DatosAnulacion, sistema: SistemaInformatico, anterior: RegistroAnterior | None, instante: datetime
) -> RegistroConstruido:
    """The RegistroAnulacion of an invoice, chained to `anterior`; errors as in `construir_alta`.

    Source: Orden HAC/1177/2024, annex; SuministroInformacion.xsd, RegistroFacturacionAnulacionType.
    """
    comprobar_anulacion(datos)
    fecha_hora_huso = formato.instante(instante)
    huella_anterior = anterior.huella if anterior else ""
    huella = huella_anulacion(
        emisor=datos.emisor_nif,
        numero=datos.numero,
        fecha=formato.fecha(datos.fecha_expedicion),
        huella_anterior=huella_anterior,
        fecha_hora_huso=fecha_hora_huso,
    )
    xml = (
        f"{_inicio('anulacion', datos)}{elementos.si('SinRegistroPrevio', datos.sin_registro_previo)}"
        f"{elementos.si('RechazoPrevio', datos.rechazo_previo)}{elementos.generado_por(datos.generado_por)}"
        f"{elementos.encadenamiento(anterior)}{elementos.sistema(sistema)}"
        f"{elementos.final('anulacion', fecha_hora_huso, huella)}"
    )
    return RegistroConstruido(
        tipo="anulacion",
        xml=xml.encode(),
        huella=huella,
        huella_anterior=huella_anterior,
        fecha_hora_huso=fecha_hora_huso,
        emisor_nif=datos.emisor_nif,
        numero=datos.numero,
        fecha_expedicion=datos.fecha_expedicion,
    )


def _inicio(tipo: TipoRegistro, datos: DatosAlta | DatosAnulacion) -> str:
    emisor = formato.texto(datos.emisor_nif, "IDEmisorFactura")
    numero, fecha = formato.num_serie(datos.numero), formato.fecha(datos.fecha_expedicion)
    return elementos.inicio(tipo, emisor, numero, fecha) + elementos.ref_externa(datos.ref_externa)


def _cuerpo(datos: DatosAlta, tipo_factura: str, importe_total: Decimal) -> str:
    """An alta from the issuer's name to its tax breakdown."""
    filas = [elementos.detalle_desglose(detalle) for detalle in datos.desglose]
    emitida_por = elementos.emitida_por(datos.emitida_por) if datos.emitida_por else ""
    return (
        f"<NombreRazonEmisor>{formato.texto(datos.emisor_nombre, 'NombreRazonEmisor')}</NombreRazonEmisor>"
        f"{elementos.si('Subsanacion', datos.subsanacion)}"
        f"{elementos.valor('RechazoPrevio', datos.rechazo_previo) if datos.rechazo_previo else ''}"
        f"<TipoFactura>{tipo_factura}</TipoFactura>{_otras_facturas(datos) if tipo_factura != 'F1' else ''}"
        f"{elementos.fecha_operacion(datos.fecha_operacion, datos.fecha_expedicion)}"
        f"<DescripcionOperacion>{formato.texto(datos.descripcion, 'DescripcionOperacion')}"
        "</DescripcionOperacion>"
        f"{elementos.si('FacturaSimplificadaArt7273', tipo_factura != datos.tipo)}"
        f"{elementos.si('FacturaSinIdentifDestinatarioArt61d', datos.sin_identificar)}"
        f"{elementos.si('Macrodato', importe_total.copy_abs() >= MACRODATO)}{emitida_por}"
        f"{elementos.destinatarios(datos.destinatarios)}{elementos.si('Cupon', datos.cupon)}"
        f"<Desglose>{''.join(filas)}</Desglose>"
    )


def _otras_facturas(datos: DatosAlta) -> str:
    """Those that an R1–R5 rectifies, or an F3 replaces."""
    return elementos.rectificacion(
        datos.tipo_rectificativa, datos.rectificadas, datos.importe_rectificacion
    ) + elementos.sustituidas(datos.sustituidas)


def _acuerdos(datos: DatosAlta) -> str:
    if datos.acuerdo_facturacion is None and datos.acuerdo_sistema is None:
        return ""
    return elementos.valor("NumRegistroAcuerdoFacturacion", datos.acuerdo_facturacion) + elementos.valor(
        "IdAcuerdoSistemaInformatico", datos.acuerdo_sistema
    )


def _totales(desglose: Sequence[Detalle]) -> tuple[Decimal, Decimal]:
    sumar, cuota, base = formato.EXACTO.add, _CERO, _CERO
    for detalle in desglose:
        cuota = sumar(sumar(cuota, detalle.cuota), detalle.recargo)
        base = sumar(base, detalle.base)
    return cuota, sumar(base, cuota)
