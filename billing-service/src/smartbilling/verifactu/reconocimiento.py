"""A sound record known at sight: its bytes are those that its columns and the record before it give.

Reading a record's tree takes longer than parsing and validating it; most records are sound, and for them the
few fragments that matter to the chain are written anew and compared. What does not match is not wrong yet:
it is read, and what is wrong with it named, by `lectura` and `hallazgos`.
"""

from collections.abc import Set as AbstractSet

from . import elementos, formato
from .datos import DatosAlta
from .hallazgos import RegistroGuardado, centimos
from .huella import huella_alta, huella_anulacion
from .lectura import Enlace
from .registros import alta_sin_enlazar

_TIPOS = frozenset({"alta", "anulacion"})


def es_integro(registro: RegistroGuardado, anterior: Enlace) -> bool:
    """Whether a record that the schema takes is, but for its instant, all that it should be.

    Its columns are what its XML says, its huella is that of its content, its totals are the sum of its rows,
    and it follows `anterior`, of the same issuer. A corrected record (Subsanacion) is never known at sight.
    """
    if registro.tipo not in _TIPOS or registro.emisor_nif != anterior.emisor:
        return False
    if registro.huella_anterior != anterior.huella:
        return False
    if b"!" in registro.xml or b"?" in registro.xml:
        return False  # a comment could hold the fragments looked for, beside others that count
    try:
        xml = registro.xml.decode()
        return _con_sus_extremos(registro, xml, anterior.emisor) and (
            _es_alta(registro, xml, anterior)
            if registro.tipo == "alta"
            else _es_anulacion(registro, xml, anterior)
        )
    except ValueError:
        return False  # the same said in another encoding, or with escaped figures


def es_de_su_factura(
    registro: RegistroGuardado, datos: DatosAlta, anterior: Enlace, sistemas: AbstractSet[bytes]
) -> bool:
    """Whether the record of an alta is, byte by byte, what `datos` of its invoice give after `anterior`.

    `sistemas` are the blocks that name the software, as they may stand. Of one that does not match nothing is
    known yet, for the same can be said otherwise.
    """
    if registro.tipo != "alta":
        return False
    if (registro.numero, registro.fecha_expedicion, registro.emisor_nif, registro.huella_anterior) != (
        datos.numero,
        datos.fecha_expedicion,
        datos.emisor_nif,
        anterior.huella,
    ):
        return False
    alta = alta_sin_enlazar(datos)
    if (registro.cuota_total, registro.importe_total) != (alta.cuota_total, alta.importe_total):
        return False
    if registro.huella != alta.huella(datos, anterior.huella, registro.fecha_hora_huso):
        return False
    principio = (alta.xml + _eslabon(anterior)).encode()
    final = elementos.final("alta", registro.fecha_hora_huso, registro.huella, alta.acuerdos).encode()
    xml = registro.xml
    return (
        xml.startswith(principio)
        and xml.endswith(final)
        and xml[len(principio) : len(xml) - len(final)] in sistemas
    )


def _con_sus_extremos(registro: RegistroGuardado, xml: str, emisor: str) -> bool:
    fecha = formato.fecha(registro.fecha_expedicion)
    return xml.startswith(
        elementos.inicio(registro.tipo, emisor, _escapado(registro.numero), fecha)
    ) and xml.endswith(elementos.final(registro.tipo, registro.fecha_hora_huso, registro.huella))


def _es_alta(registro: RegistroGuardado, xml: str, anterior: Enlace) -> bool:
    cuota_total, importe_total = str(registro.cuota_total), str(registro.importe_total)
    totales = (
        f"</DetalleDesglose></Desglose><CuotaTotal>{cuota_total}</CuotaTotal>"
        f"<ImporteTotal>{importe_total}</ImporteTotal>{_eslabon(anterior)}"
    )
    tipo, desglose, fin = xml.find("<TipoFactura>"), xml.find("<Desglose>"), xml.rfind(totales)
    return (
        0 < tipo < desglose < fin
        and xml.find("<Subsanacion", 0, tipo) < 0
        and _suman(xml[desglose:fin], cuota_total, importe_total)
        and registro.huella
        == huella_alta(
            emisor=anterior.emisor,
            numero=registro.numero,
            fecha=formato.fecha(registro.fecha_expedicion),
            tipo_factura=xml[tipo + len("<TipoFactura>") : xml.find("<", tipo + 1)],
            cuota_total=cuota_total,
            importe_total=importe_total,
            huella_anterior=registro.huella_anterior,
            fecha_hora_huso=registro.fecha_hora_huso,
        )
    )


def _es_anulacion(registro: RegistroGuardado, xml: str, anterior: Enlace) -> bool:
    return (
        _eslabon(anterior) in xml
        and registro.cuota_total is registro.importe_total is None
        and registro.huella
        == huella_anulacion(
            emisor=anterior.emisor,
            numero=registro.numero,
            fecha=formato.fecha(registro.fecha_expedicion),
            huella_anterior=registro.huella_anterior,
            fecha_hora_huso=registro.fecha_hora_huso,
        )
    )


def _eslabon(anterior: Enlace) -> str:
    return elementos.eslabon(anterior.emisor, _escapado(anterior.numero), anterior.fecha, anterior.huella)


def _suman(desglose: str, cuota_total: str, importe_total: str) -> bool:
    """Whether the totals are the sum of the rows, none of them hidden by a blank within its tag."""
    if " " in desglose or "\n" in desglose or "\t" in desglose or "\r" in desglose:
        return False
    cuota = _suma(desglose, "<CuotaRepercutida>") + _suma(desglose, "<CuotaRecargoEquivalencia>")
    total = cuota + _suma(desglose, "<BaseImponibleOimporteNoSujeto>")
    return cuota == centimos(cuota_total) and total == centimos(importe_total)


def _suma(desglose: str, marca: str) -> int:
    return sum([centimos(trozo[: trozo.find("<")]) for trozo in desglose.split(marca)[1:]])


def _escapado(numero: str) -> str:
    return numero.replace("&", "&amp;")
