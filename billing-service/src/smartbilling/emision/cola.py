"""The bounded queue in front of a writer."""

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from fastapi import Response
from prometheus_client import Gauge

from contratos import DomainError, Overloaded

from .encargo import Encargo

CAPACIDAD = 2_000
"""How many requests wait at most; the next one is told to come back."""

DEPTH = Gauge("emisor_queue_depth", "Requests that wait to be issued.")


class EmisionParada(DomainError):
    """The writer of this queue has ended: it records nothing any more."""

    code = "emision_parada"
    status = 503


@dataclass(frozen=True, slots=True, eq=False)
class Trabajo:
    """An item in the queue, and where its caller waits for the answer."""

    encargo: Encargo
    futuro: "Future[Response]" = field(default_factory=Future)

    def responder(self, resultado: Response | Exception) -> None:
        """Give the caller its answer, unless it has one: the first counts."""
        if self.futuro.done():
            return
        if isinstance(resultado, Exception):
            self.futuro.set_exception(resultado)
        else:
            self.futuro.set_result(resultado)


class Cola:
    """Items in order of arrival, put in by many threads and taken out by one."""

    def __init__(self, capacidad: int = CAPACIDAD) -> None:
        self._capacidad = capacidad
        self._trabajos: deque[Trabajo] = deque()
        self._cambio = threading.Condition()
        self._cerrada = False

    def __len__(self) -> int:
        """How many wait."""
        return len(self._trabajos)

    def poner(self, encargo: Encargo) -> "Future[Response]":
        """Put `encargo` last. Raises Overloaded when there is no room, EmisionParada once closed."""
        trabajo = Trabajo(encargo)
        with self._cambio:
            if self._cerrada:
                raise _parada()
            if len(self._trabajos) >= self._capacidad:
                raise Overloaded("Hay demasiadas facturas en cola: vuelve a intentarlo en unos segundos.")
            self._trabajos.append(trabajo)
            self._cambio.notify()
        DEPTH.inc()
        return trabajo.futuro

    def tomar(self, maximo: int) -> list[Trabajo]:
        """The first items, up to `maximo`, waiting for one if need be; none once closed and empty.

        Those whose callers gave up are left out.
        """
        while True:
            with self._cambio:
                self._cambio.wait_for(lambda: self._trabajos or self._cerrada)
                tomados = [self._trabajos.popleft() for _ in range(min(maximo, len(self._trabajos)))]
            DEPTH.dec(len(tomados))
            vivos = [trabajo for trabajo in tomados if trabajo.futuro.set_running_or_notify_cancel()]
            if vivos or not tomados:
                return vivos

    def cerrar(self) -> None:
        """Take no more items; those inside are still to be taken."""
        with self._cambio:
            self._cerrada = True
            self._cambio.notify_all()

    def abandonar(self, en_mano: Sequence[Trabajo]) -> None:
        """Close, and tell those inside, and those `en_mano` without an answer, that nobody will give one."""
        self.cerrar()
        while trabajos := [*en_mano, *self.tomar(self._capacidad)]:
            for trabajo in trabajos:
                trabajo.responder(_parada())
            en_mano = ()


def _parada() -> EmisionParada:
    return EmisionParada("El servicio no puede emitir ahora: no se ha registrado nada. Repite más tarde.")
