"""The Emisor: bounded queues and few writers, so that many callers share one durable commit.

Guarantee: a record's number, invoice, outbox, audit and idempotent answer are kept together or not at all;
one bad item never fails its neighbours; a connection lost at COMMIT never issues twice; a full queue says so
at once. Kept by: one transaction per company and batch, each item undone alone, ids known before the queue.
"""

import asyncio
import threading
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial

from fastapi import Response
from starlette.concurrency import run_in_threadpool

from contratos import DomainError
from http_rules import Clock, Reread
from http_rules.idempotency import IdempotencyInProgress
from storage import Database

from .claves import repetir
from .cola import Cola
from .encargo import Caducado, ClaveDeEncargo, Encargo
from .escritor import Escritor

ESCRITORES_POSTGRESQL = 4
ESPERA_GEMELA = 10.0
"""Seconds that a request waits for the first one with its key."""

_PREPARACIONES = 3

Preparar = Callable[[], Encargo | Response]
"""Makes what there is to record; where there is nothing to record, the answer itself."""

DeMemoria = Callable[[], Encargo | None]
"""The same in little time and without any database; None when that cannot be."""


class Emisor:
    """Takes what is to be recorded, and answers once it is. Companies hash to writers."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rereads: Mapping[str, Reread],
        on_commit: Callable[[], None],
    ) -> None:
        self._database, self._clock, self._rereads = database, clock, rereads
        self._escritor = Escritor(database, clock, rereads, on_commit)
        escritores = 1 if database.dialect == "sqlite" else ESCRITORES_POSTGRESQL
        self._colas = [Cola() for _ in range(escritores)]
        self._hilos: list[threading.Thread] = []
        self._en_curso: dict[tuple[str, str], asyncio.Task[Response]] = {}

    def start(self) -> None:
        """Start the writers."""
        for n, cola in enumerate(self._colas):
            hilo = threading.Thread(
                target=self._escritor.trabajar, args=(cola,), name=f"emisor-{n}", daemon=True
            )
            self._hilos.append(hilo)
            hilo.start()

    def stop(self) -> None:
        """Record what waits, then end the writers."""
        for cola in self._colas:
            cola.cerrar()
        for hilo in self._hilos:
            hilo.join()

    def check(self) -> str | None:
        """What is wrong with the writers, for the readiness of the service."""
        if self._hilos and all(hilo.is_alive() for hilo in self._hilos):
            return None
        return "El proceso que emite facturas no está en marcha: reinicia el servicio."

    @property
    def en_espera(self) -> int:
        """How many items wait for a writer."""
        return sum(len(cola) for cola in self._colas)

    async def emitir(
        self,
        empresa_id: str,
        clave: ClaveDeEncargo | None,
        preparar: Preparar,
        de_memoria: DeMemoria = lambda: None,
    ) -> Response:
        """Prepare, in a thread, what is to be recorded, and record it; waiting for that takes no thread.

        What `de_memoria` makes ready without any database is taken first: then no thread is needed at all.
        A request whose twin (same key) is under way waits for it and gives its answer; so does one that is
        refused when its key has an answer, for what it asked may be what now refuses it.
        Raises Overloaded when the queue is full, IdempotencyInProgress when the twin takes over 10 s, and
        whatever refuses the request.
        """
        if clave is None:
            return await self._registrar(empresa_id, None, preparar, de_memoria)
        llave = (empresa_id, clave.clave)
        try:
            async with asyncio.timeout(ESPERA_GEMELA):
                while (gemela := self._en_curso.get(llave)) is not None:
                    await asyncio.wait([gemela])
                    answer = await run_in_threadpool(self._repetir, empresa_id, clave)
                    if answer is not None:
                        return answer
        except TimeoutError:
            raise IdempotencyInProgress(
                "La primera petición con esta Idempotency-Key aún no ha terminado: repítela en unos segundos."
            ) from None
        tarea = asyncio.create_task(self._registrar(empresa_id, clave, preparar, de_memoria))
        self._en_curso[llave] = tarea
        tarea.add_done_callback(partial(self._terminada, llave))
        return await asyncio.shield(tarea)

    def encolar(self, encargo: Encargo) -> "Future[Response]":
        """Put `encargo` in its company's queue. Raises Overloaded when there is no room, EmisionParada."""
        n = zlib.crc32(encargo.empresa_id.encode()) % len(self._colas)
        return self._colas[n].poner(encargo)

    async def _registrar(
        self,
        empresa_id: str,
        clave: ClaveDeEncargo | None,
        preparar: Preparar,
        de_memoria: DeMemoria,
    ) -> Response:
        def preparado() -> Encargo | Response:
            try:
                return preparar()
            except DomainError:
                answer = self._repetir(empresa_id, clave) if clave else None
                if answer is None:
                    raise
                return answer

        found: Encargo | Response | None = de_memoria()
        preparaciones = 0
        while True:
            if found is None:
                found = await run_in_threadpool(preparado)
                preparaciones += 1
            if isinstance(found, Response):
                return found
            try:
                return await asyncio.wrap_future(self.encolar(found))
            except Caducado:
                if preparaciones == _PREPARACIONES:
                    raise
                found = None

    def _repetir(self, empresa_id: str, clave: ClaveDeEncargo) -> Response | None:
        return repetir(self._database, empresa_id, clave, self._clock(), self._rereads)

    def _terminada(self, llave: tuple[str, str], tarea: "asyncio.Task[Response]") -> None:
        """Forget a request that ended; its caller may have gone, so that nobody else hears how."""
        self._en_curso.pop(llave, None)
        if not tarea.cancelled():
            tarea.exception()
