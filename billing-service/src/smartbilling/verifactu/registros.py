"""The records of an invoice in their final form: the XML bytes that are hashed, stored and later sent."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from . import elementos, formato
from .datos import (
    DatosAlta,
    DatosAnulacion,
    Detalle,
    RegistroAnterior,
    RegistroConstruido,
    SistemaInformatico,
    TipoRegistro,
)
from .formato import RegistroImposible
from .huella import huella_alta, huella_anulacion

DETALLES_MAXIMOS = 12
MACRODATO = Decimal(100_000_000)
_CERO = Decimal("0.00")


def construir_alta(
    datos: DatosAlta, sistema: SistemaInformatico, anterior: RegistroAnterior | None, instante: datetime
) -> RegistroConstruido:
    """The RegistroAlta of an invoice, chained to `anterior` (None: the first of its chain).

    `instante` carries the offset of the territory that issues. CuotaTotal = Σ cuotas + recargos;
    ImporteTotal = Σ bases + cuotas + recargos. Raises RegistroImposible rather than write a broken document.
    Source: Orden HAC/1177/2024, annex; SuministroInformacion.xsd, RegistroFacturacionAltaType.
    """
    if datos.tipo not in ("F1", "F2") or (datos.tipo == "F1" and not datos.destinatarios):
        raise RegistroImposible(f"an invoice {datos.tipo} with {len(datos.destinatarios)} recipients")
    if not 1 <= len(datos.desglose) <= DETALLES_MAXIMOS:
        raise RegistroImposible(f"{len(datos.desglose)} rows of Desglose: a record takes 1 to 12")
    tipo_factura = "F1" if datos.destinatarios else "F2"
    cuota_total, importe_total = _totales(datos.desglose)
    cuota = formato.importe(cuota_total, "CuotaTotal")
    importe = formato.importe(importe_total, "ImporteTotal")
    fecha_hora_huso = formato.instante(instante)
    huella = huella_alta(
        emisor=datos.emisor_nif,
        numero=datos.numero,
        fecha=formato.fecha(datos.fecha_expedicion),
        tipo_factura=tipo_factura,
        cuota_total=cuota,
        importe_total=importe,
        huella_anterior=anterior.huella if anterior else "",
        fecha_hora_huso=fecha_hora_huso,
    )
    xml = (
        f"{_inicio('alta', datos)}{_cuerpo(datos, tipo_factura, importe_total)}"
        f"<CuotaTotal>{cuota}</CuotaTotal><ImporteTotal>{importe}</ImporteTotal>"
        f"{elementos.encadenamiento(anterior)}{elementos.sistema(sistema)}"
        f"{elementos.final('alta', fecha_hora_huso, huella)}"
    )
    return RegistroConstruido(
        tipo="alta",
        xml=xml.encode(),
        huella=huella,
        huella_anterior=anterior.huella if anterior else "",
        fecha_hora_huso=fecha_hora_huso,
        emisor_nif=datos.emisor_nif,
        numero=datos.numero,
        fecha_expedicion=datos.fecha_expedicion,
        tipo_factura=tipo_factura,
        cuota_total=cuota_total,
        importe_total=importe_total,
    )


def construir_anulacion(
    datos: DatosAnulacion, sistema: SistemaInformatico, anterior: RegistroAnterior | None, instante: datetime
) -> RegistroConstruido:
    """The RegistroAnulacion of an invoice, chained to `anterior`; errors as in `construir_alta`.

    Source: Orden HAC/1177/2024, annex; SuministroInformacion.xsd, RegistroFacturacionAnulacionType.
    """
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
        f"{_inicio('anulacion', datos)}{elementos.encadenamiento(anterior)}{elementos.sistema(sistema)}"
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
    return (
        f"<NombreRazonEmisor>{formato.texto(datos.emisor_nombre, 'NombreRazonEmisor')}</NombreRazonEmisor>"
        f"<TipoFactura>{tipo_factura}</TipoFactura>"
        f"{elementos.fecha_operacion(datos.fecha_operacion, datos.fecha_expedicion)}"
        f"<DescripcionOperacion>{formato.texto(datos.descripcion, 'DescripcionOperacion')}"
        "</DescripcionOperacion>"
        f"{elementos.si('FacturaSimplificadaArt7273', tipo_factura != datos.tipo)}"
        f"{elementos.si('Macrodato', importe_total.copy_abs() >= MACRODATO)}"
        f"{elementos.destinatarios(datos.destinatarios)}<Desglose>{''.join(filas)}</Desglose>"
    )


def _totales(desglose: Sequence[Detalle]) -> tuple[Decimal, Decimal]:
    cuota, base = _CERO, _CERO
    for detalle in desglose:
        cuota = formato.sumar(formato.sumar(cuota, detalle.cuota), detalle.recargo)
        base = formato.sumar(base, detalle.base)
    return cuota, formato.sumar(base, cuota)
