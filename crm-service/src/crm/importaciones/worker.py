"""The worker of imports: a thread of the service that goes on with what is under way.

Guarantee: an import that was begun comes to its end whatever process is killed, and no two processes do the
same one at a time. Kept by: its progress, which is in its row and moves with its rows; on PostgreSQL, a lock
of a session of its own, which ends with the process that had it; on SQLite, by there being one process.
"""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated

import anyio
import structlog
from anyio.to_thread import run_sync
from fastapi import Depends, Request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from contratos import Overloaded
from crm.adjuntos import Almacen
from http_rules import Clock
from storage import Database

from . import queries
from .rehearsal import Ensayo
from .service import fallar
from .work import advance

_log = structlog.get_logger()
_LOOK = 1.0
_SHORT = 5.0


class Importador:
    """Does the imports of all companies, one after the other, in the thread that calls `run`."""

    def __init__(self, database: Database, almacen: Almacen, clock: Clock) -> None:
        self.almacen = almacen
        self._database, self._clock = database, clock
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._ended = anyio.Event()

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    async def serve(self) -> None:
        """Work in a thread of its own until `stop`."""
        try:
            await run_sync(self.run, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1))
        finally:
            self._stopping.set()
            self._ended.set()

    async def stop(self) -> None:
        """End, and wait until the rows at hand are done."""
        self._stopping.set()
        self._wake.set()
        await self._ended.wait()

    def run(self) -> None:
        """Work until it is stopped."""
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._look()
            except (SQLAlchemyError, Overloaded, OSError) as error:
                _log.warning("importaciones_esperan", motivo=type(error).__name__)
                self._stopping.wait(_SHORT)
            self._wake.wait(_LOOK)

    def _look(self) -> None:
        """Do what is under way, one import after the other."""
        with self._database.reading() as session:
            keys = queries.en_curso(session)
        for empresa_id, importacion_id in keys:
            if self._stopping.is_set():
                return
            with self._mine(importacion_id) as mine:
                if mine:
                    self._do((empresa_id, importacion_id))

    def _do(self, key: tuple[str, str]) -> None:
        ensayo = Ensayo()
        try:
            while not self._stopping.is_set() and advance(
                self._database, self.almacen, self._clock, key, ensayo
            ):
                pass
        except FileNotFoundError:
            fallar(self._database, key, self._clock(), "El fichero ya no está: súbelo otra vez.")

    @contextmanager
    def _mine(self, importacion_id: str) -> Iterator[bool]:
        """Whether no other process does this import, until the end of the block."""
        if self._database.dialect != "postgresql":
            yield True
            return
        digest = hashlib.sha256(f"importación {importacion_id}".encode()).digest()
        number = {"number": int.from_bytes(digest[:8], signed=True)}
        with self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            got = connection.execute(text("SELECT pg_try_advisory_lock(:number)"), number).scalar_one()
            try:
                yield got
            finally:
                if got:
                    with suppress(SQLAlchemyError):
                        connection.execute(text("SELECT pg_advisory_unlock(:number)"), number)


async def importador(request: Request) -> Importador:
    """The service's own worker."""
    worker: Importador = request.app.state.importador
    return worker


ElImportador = Annotated[Importador, Depends(importador)]
