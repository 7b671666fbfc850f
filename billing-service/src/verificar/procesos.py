"""Chunks of an export looked at by several processes at once.

Each one supposes that the chunk before its own ends as it says, and answers only when it finds nothing wrong;
whoever asks then sees whether the chain stands there. So all processors check a sound export, and what is
wrong with another is found where, and as, one process alone finds it.
"""

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from smartbilling.verifactu import Asiento, Sano, examinar

from .archivo import Archivo
from .errores import Danado, Ilegible
from .manifiesto import Instalacion, Manifiesto
from .trozos import Digestos, Trozos

_DOS = 2
_POR_PROCESO = 2
"""Chunks that a process must have to do, to be worth its start."""

_POR_DELANTE = 2
"""Chunks a process that are looked at ahead of whoever asks: memory holds as many, whatever the export."""


class Hecho(NamedTuple):
    """A sound chunk: what was found of it, and the digests of its records."""

    sano: Sano
    digestos: list[Digestos]


def procesadores() -> int:
    """How many this program may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def por_adelantado(
    archivo: Archivo, manifiesto: Manifiesto, instalacion: Instalacion, procesos: int
) -> Generator[Hecho | None, None, None]:
    """What is known beforehand of each chunk in turn; None for one that must be looked at in its place.

    Nothing of any, when `procesos` is under two or there are too few chunks for them.
    """
    cuantos = min(procesos, instalacion.trozos // _POR_PROCESO)
    if cuantos < _DOS:
        return
    ejecutor = _ejecutor(cuantos, archivo.ruta, manifiesto, instalacion)
    if ejecutor is None:
        return
    with ejecutor:
        pedidos: deque[Future[Hecho | None] | None] = deque()
        try:
            for n in Trozos(archivo, manifiesto, instalacion).nombrados():
                pedidos.append(_pedir(ejecutor, n))
                if len(pedidos) > cuantos * _POR_DELANTE:
                    yield _resultado(pedidos.popleft())
            while pedidos:
                yield _resultado(pedidos.popleft())
        finally:
            ejecutor.shutdown(cancel_futures=True)


def _ejecutor(
    cuantos: int, ruta: Path, manifiesto: Manifiesto, instalacion: Instalacion
) -> ProcessPoolExecutor | None:
    """None where the system has no room for processes that talk to one another."""
    # a copy of this process, which has one thread, where the system makes copies
    contexto = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    try:
        return ProcessPoolExecutor(cuantos, contexto, _preparar, (ruta, manifiesto, instalacion))
    except (OSError, ImportError, NotImplementedError):
        return None


def _pedir(ejecutor: ProcessPoolExecutor, n: int) -> Future[Hecho | None] | None:
    try:
        return ejecutor.submit(_examinar, n)
    except (BrokenProcessPool, OSError):
        return None  # the system ended one of them, or makes no more, perhaps for want of memory


def _resultado(pedido: Future[Hecho | None] | None) -> Hecho | None:
    try:
        return None if pedido is None else pedido.result()
    except BrokenProcessPool:
        return None


class _Dado(NamedTuple):
    """What a process of these works on."""

    archivo: Archivo
    manifiesto: Manifiesto
    instalacion: Instalacion


_dado: list[_Dado] = []


def _preparar(ruta: Path, manifiesto: Manifiesto, instalacion: Instalacion) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked ends it
    with suppress(Ilegible):  # a file that only the first process can read
        _dado.append(_Dado(Archivo(ruta), manifiesto, instalacion))


def _examinar(n: int) -> Hecho | None:
    if not _dado:
        return None
    archivo, manifiesto, instalacion = _dado[-1]
    trozos, digestos = Trozos(archivo, manifiesto, instalacion), []

    def asientos() -> Iterator[Asiento]:
        for leido in trozos.leer(n):
            digestos.append(leido.digestos())
            yield leido.asiento

    try:
        contexto = replace(instalacion.contexto, comienzo=trozos.comienzo(n))
    except Danado:
        return None
    sano = examinar(asientos(), contexto)
    return None if sano is None or trozos.hallazgos else Hecho(sano, digestos)
