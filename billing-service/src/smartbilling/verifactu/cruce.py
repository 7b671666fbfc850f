"""A record and the invoice it speaks of, each against the other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from lxml import etree

from .cifras import cifras_que_no_cuadran
from .datos import ESPACIO, SistemaInformatico
from .esquema import parse
from .facturas import FacturaGuardada, Sello
from .formato import RegistroImposible
from .hallazgos import Hallazgo, Hallazgos, RegistroGuardado, mismo_importe
from .lectura import RegistroLeido
from .registros import construir_alta
from .valores import ERRORES_DE_FORMA

ANULADA = "anulada"

_NADA: Hallazgos = ()
_SISTEMA = SistemaInformatico(
    nombre_razon="-",
    nif="-",
    nombre_sistema="-",
    id_sistema="-",
    version="-",
    numero_instalacion="-",
    multiples_ot=False,
)
_UN_INSTANTE = datetime(2024, 10, 28, tzinfo=UTC)
_NOMBRADOS = 8
_IMPORTES = frozenset({"CuotaTotal", "ImporteTotal"})
_NOMBRES = {
    "ImporteTotal": "total",
    "CuotaTotal": "cuota",
    "NumSerieFactura": "numero",
    "FechaExpedicionFactura": "fecha_expedicion",
}


def de_factura(
    registro: RegistroGuardado, factura: FacturaGuardada | None, ilegible: str | None
) -> Hallazgos:
    """The record has no invoice that can be read, is one too many of it, or does not agree with its state."""
    if ilegible is not None:
        mensaje = f"No se puede leer la factura del registro de {registro.numero}: {ilegible}."
        return (Hallazgo(registro.id, "factura_ilegible", mensaje),)
    if factura is None:
        return (_sin_factura(registro),)
    if len(factura.registros) == 1 and _es_el_unico(registro, factura):
        return _NADA
    ids = [propio.id for propio in factura.registros]
    if registro.id not in ids:
        mensaje = f"La factura {factura.numero} no cuenta entre sus registros el {registro.id}."
        return (Hallazgo(registro.id, "registro_sin_factura", mensaje),)
    lugar = ids.index(registro.id)
    es_ultimo = lugar == len(ids) - 1
    encontrados = _de_orden(registro, factura, lugar)
    if registro.tipo == "anulacion":
        return encontrados + _de_anulacion(registro, factura, lugar, es_ultimo=es_ultimo)
    if registro.id not in factura.sellos:
        mensaje = f"La factura {factura.numero} ya tenía su registro de alta."
        encontrados += (Hallazgo(registro.id, "registro_repetido", mensaje),)
    if es_ultimo and factura.estado == ANULADA:
        encontrados += (_anulada_sin_registro(factura),)
    return encontrados


def de_sello(registro: RegistroGuardado, factura: FacturaGuardada) -> Hallazgos:
    """The invoice remembers another huella than its record bears: a tail that was made again shows here."""
    sello = factura.sellos.get(registro.id)
    suyo = Sello(registro.huella, registro.huella_anterior, registro.fecha_hora_huso)
    if sello is None or sello == suyo:
        return _NADA
    mensaje = (
        f"La factura {factura.numero} guarda otra huella, u otro instante, que su registro: se ha rehecho."
    )
    return (Hallazgo(registro.id, "huella_rehecha", mensaje),)


def de_contenido(
    registro: RegistroGuardado, factura: FacturaGuardada, raiz: etree._Element, leido: RegistroLeido
) -> Hallazgos:
    """What the record says before its link is not what its invoice, as stored, gives: named by element."""
    distintas = columnas_distintas(registro, factura)
    if registro.tipo == "anulacion":
        referencia = raiz.findtext(f"{{{ESPACIO}}}RefExterna")
        distintas += ["RefExterna"] if referencia not in (None, factura.id) else []
    elif registro.id in factura.altas and leido.tipo == "alta":
        try:
            datos = replace(factura.altas[registro.id], rechazo_previo=_rechazo(raiz))
            rehecho = construir_alta(datos, _SISTEMA, None, _UN_INSTANTE)
        except RegistroImposible as error:
            distintas.append(str(error))
        except ERRORES_DE_FORMA as error:
            mensaje = f"No se puede leer la factura {factura.numero}: {type(error).__name__}."
            return (Hallazgo(registro.id, "factura_ilegible", mensaje),)
        else:
            distintas += _distintos(list(_textos(raiz)), list(_textos(parse(rehecho.xml))))
    if not distintas:
        return _NADA
    nombres = list(dict.fromkeys(_NOMBRES.get(nombre, nombre) for nombre in distintas))
    mensaje = (
        f"La factura {factura.numero} no dice lo mismo que su registro: {', '.join(nombres[:_NOMBRADOS])}."
    )
    return (Hallazgo(registro.id, "factura_distinta", mensaje),)


def columnas_distintas(registro: RegistroGuardado, factura: FacturaGuardada) -> list[str]:
    """The names of what the invoice and the columns of one of its records do not say alike."""
    distintas = []
    if registro.factura_id != factura.id:
        distintas.append("id")
    if registro.numero != factura.numero:
        distintas.append("numero")
    if registro.fecha_expedicion != factura.fecha_expedicion:
        distintas.append("fecha_expedicion")
    return distintas


def de_cifras(factura: FacturaGuardada) -> Hallazgos:
    """The invoice's own figures do not agree: lines, tax groups, totals."""
    try:
        distintas = cifras_que_no_cuadran(factura.contenido)
    except ERRORES_DE_FORMA as error:
        mensaje = f"No se pueden leer las cifras de la factura {factura.numero}: {type(error).__name__}."
        return (Hallazgo(factura.id, "factura_ilegible", mensaje),)
    if not distintas:
        return _NADA
    mensaje = (
        f"Las cifras de la factura {factura.numero} no cuadran entre sí: {', '.join(distintas[:_NOMBRADOS])}."
    )
    return (Hallazgo(factura.id, "desglose_distinto", mensaje),)


def sin_registro(factura: FacturaGuardada) -> Hallazgos:
    """What is wrong with an invoice that has no record."""
    mensaje = f"La factura {factura.numero} no tiene registro de alta."
    encontrados: Hallazgos = (Hallazgo(factura.id, "factura_sin_registro", mensaje),)
    hay_anulacion = any(propio.tipo == "anulacion" for propio in factura.registros)
    if factura.estado == ANULADA and not hay_anulacion:
        encontrados += (_anulada_sin_registro(factura),)
    return encontrados


def _es_el_unico(registro: RegistroGuardado, factura: FacturaGuardada) -> bool:
    """The alta of an invoice that has no other record, and is not annulled: most of them."""
    return (
        registro.id == factura.registros[0].id == factura.registro_id
        and registro.tipo == "alta"
        and registro.orden == 1
        and factura.estado != ANULADA
    )


def _sin_factura(registro: RegistroGuardado) -> Hallazgo:
    codigo = "anulacion_sin_factura" if registro.tipo == "anulacion" else "registro_sin_factura"
    return Hallazgo(registro.id, codigo, f"Ninguna factura emitida es la del registro de {registro.numero}.")


def _de_orden(registro: RegistroGuardado, factura: FacturaGuardada, lugar: int) -> Hallazgos:
    antes = [propio for propio in factura.registros[:lugar] if propio.tipo == registro.tipo]
    if registro.orden == len(antes) + 1:
        return _NADA
    mensaje = f"Los datos guardados del registro de {registro.numero} no son los de su XML: orden."
    return (Hallazgo(registro.id, "columnas_distintas", mensaje),)


def _anulada_sin_registro(factura: FacturaGuardada) -> Hallazgo:
    mensaje = f"La factura {factura.numero} consta anulada y no tiene registro de anulación."
    return Hallazgo(factura.id, "anulada_sin_registro", mensaje)


def _de_anulacion(
    registro: RegistroGuardado, factura: FacturaGuardada, lugar: int, *, es_ultimo: bool
) -> Hallazgos:
    encontrados = _NADA
    if lugar and factura.registros[lugar - 1].tipo == "anulacion":
        mensaje = f"La factura {factura.numero} ya tenía su registro de anulación."
        encontrados += (Hallazgo(registro.id, "registro_repetido", mensaje),)
    if es_ultimo and factura.estado != ANULADA:
        mensaje = f"La factura {factura.numero} tiene registro de anulación y no consta anulada."
        encontrados += (Hallazgo(registro.id, "anulacion_sin_factura", mensaje),)
    return encontrados


def _rechazo(raiz: etree._Element) -> Any:
    """What the AEAT answered before, which only the record tells."""
    return raiz.findtext(f"{{{ESPACIO}}}RechazoPrevio")


def _textos(raiz: etree._Element) -> Iterator[tuple[str, str]]:
    """The name and text of each leaf before the link, in order."""
    for hijo in raiz:
        if hijo.tag == f"{{{ESPACIO}}}Encadenamiento":
            return
        for elemento in hijo.iter(etree.Element):
            if len(elemento) == 0:
                yield elemento.tag.rpartition("}")[2], (elemento.text or "").strip()


def _distintos(suyos: list[tuple[str, str]], esperados: list[tuple[str, str]]) -> list[str]:
    """The names of what differs; where one is missing or is too many, the first that does."""
    pares = [
        (a, b) for a, b in zip_longest(suyos, esperados, fillvalue=("", "")) if a != b and not _mismo(a, b)
    ]
    nombres = [b[0] or a[0] for a, b in pares]
    return nombres if len(suyos) == len(esperados) else nombres[:1]


def _mismo(a: tuple[str, str], b: tuple[str, str]) -> bool:
    """The same amount with as many decimals as it likes."""
    return a[0] == b[0] and a[0] in _IMPORTES and mismo_importe(a[1], b[1])
