"""The whole of an installation looked at, each record with its invoice, in one pass."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from . import cruce
from .contexto import Asiento, Contexto
from .facturas import FacturaGuardada
from .hallazgos import Hallazgo, Hallazgos, RegistroGuardado
from .numeracion import Numeracion
from .puntos import Vigia
from .seguimiento import Cadena, Sitio

_SIN_CONTEXTO = Contexto()


class Numerada(NamedTuple):
    """An invoice, as far as the numbers of its series go."""

    id: str
    numero: str
    serie: str
    anio: int
    secuencia: int
    fecha_expedicion: date


class Visto(NamedTuple):
    """A sound record, as far as checkpoints go. `factura` is the invoice whose first record it is."""

    id: str
    secuencia: int
    numero: str
    huella: str
    resumen: bytes | None
    factura: Numerada | None


@dataclass(frozen=True, slots=True)
class Sano:
    """A stretch in which nothing is wrong, if the chain stands at `desde` before it."""

    desde: Sitio
    hasta: Sitio
    ultimo: RegistroGuardado
    vistos: Iterable[Visto]


class Tramo(NamedTuple):
    """A stretch of an installation: what somebody found of it beforehand, and its records.

    `asientos` are asked for only when `sano` is None or does not follow what came before.
    """

    asientos: Callable[[], Iterable[Asiento]]
    sano: Sano | None = None


def verificar(
    asientos: Iterable[Asiento],
    contexto: Contexto = _SIN_CONTEXTO,
    *,
    sueltas: Sequence[FacturaGuardada] = (),
    vigia: Vigia | None = None,
) -> Iterator[Hallazgo]:
    """All that is wrong with one installation: its chain, its invoices, their numbers, its checkpoints.

    `asientos` come by `secuencia`, and memory does not grow with them; `sueltas` are the invoices whose first
    record is not there. Source: RD 1007/2023 art. 8; Orden HAC/1177/2024 arts. 6, 7.
    """
    return verificar_tramos([Tramo(lambda: asientos)], contexto, sueltas=sueltas, vigia=vigia)


def verificar_tramos(
    tramos: Iterable[Tramo],
    contexto: Contexto = _SIN_CONTEXTO,
    *,
    sueltas: Sequence[FacturaGuardada] = (),
    vigia: Vigia | None = None,
) -> Iterator[Hallazgo]:
    """As `verificar`, of records that come in stretches, some of them looked at beforehand (`examinar`)."""
    cadena = Cadena(contexto)
    numeracion = Numeracion(contexto.antes, contexto.ultimas, sueltas)
    for tramo in tramos:
        if tramo.sano is not None and cadena.esta_en(tramo.sano.desde):
            for visto in tramo.sano.vistos:
                yield from _de_visto(visto, numeracion, vigia)
            cadena.saltar_a(tramo.sano.hasta, tramo.sano.ultimo)
        else:
            for asiento, encontrados in cadena.revisar(tramo.asientos()):
                yield from encontrados
                yield from _de_asiento(asiento, numeracion, vigia)
    for factura in sueltas:
        yield from cruce.de_cifras(factura)
        yield from cruce.sin_registro(factura)
    yield from numeracion.terminar()
    yield from cadena.terminar(contexto.cabeza)
    if vigia is not None:
        yield from vigia.terminar(cadena.ultimo)


def examinar(asientos: Iterable[Asiento], contexto: Contexto) -> Sano | None:
    """A stretch looked at by itself, supposing that the chain stood at `contexto.comienzo` before it.

    None when it is empty or when anything is wrong: what, only `verificar` tells.
    """
    cadena, vistos = Cadena(contexto), []
    desde = cadena.sitio
    for (registro, factura, resumen, ilegible, _), encontrados in cadena.revisar(asientos):
        if (
            encontrados
            or cruce.de_factura(registro, factura, ilegible)
            or (factura is not None and _es_suya(factura, registro) and cruce.de_cifras(factura))
        ):
            return None
        vistos.append(_visto(registro, factura, resumen))
    return None if cadena.ultimo is None else Sano(desde, cadena.sitio, cadena.ultimo, vistos)


def _de_asiento(asiento: Asiento, numeracion: Numeracion, vigia: Vigia | None) -> Hallazgos:
    registro, factura, resumen, ilegible, _ = asiento
    encontrados = cruce.de_factura(registro, factura, ilegible)
    if factura is not None and _es_suya(factura, registro):
        encontrados += numeracion.anotar(factura) + cruce.de_cifras(factura)
    if vigia is not None and resumen is not None:
        encontrados += vigia.anotar(registro, resumen)
    return encontrados


def _de_visto(visto: Visto, numeracion: Numeracion, vigia: Vigia | None) -> Hallazgos:
    encontrados: Hallazgos = ()
    if visto.factura is not None:
        encontrados += numeracion.anotar(visto.factura)
    if vigia is not None and visto.resumen is not None:
        encontrados += vigia.anotar(visto, visto.resumen)
    return encontrados


def _visto(registro: RegistroGuardado, factura: FacturaGuardada | None, resumen: bytes | None) -> Visto:
    suya = None
    if factura is not None and _es_suya(factura, registro):
        suya = Numerada(
            factura.id,
            factura.numero,
            factura.serie,
            factura.anio,
            factura.secuencia,
            factura.fecha_expedicion,
        )
    return Visto(registro.id, registro.secuencia, registro.numero, registro.huella, resumen, suya)


def _es_suya(factura: FacturaGuardada, registro: RegistroGuardado) -> bool:
    """Whether the record is the invoice's first: numbers and figures are looked at once."""
    return factura.registro_id == registro.id
