"""The worker of imports: a thread of the service that goes on with what is under way.

Guarantee: an import that was begun comes to its end whatever process is killed, and no two processes do the
same one at a time. Kept by: its progress, which is in its row and moves with its rows; on PostgreSQL, a lock
of a session of its own, which ends with the process that had it; on SQLite, by there being one process.
"""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Annotated

import anyio
import structlog
from anyio.to_thread import run_sync
from fastapi import Depends, Request
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeoutError

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
_TURN = 1.0
"""Seconds that one import is gone on with while others wait: a short one does not wait for a long one."""
_AT_WORK = 4
"""How many are gone on with by turns; each has a connection of its own by which nobody else does it."""

_PASSING = (OperationalError, InterfaceError, SQLAlchemyTimeoutError, Overloaded, OSError)
"""What is over after a while, as a database that does not answer: then the same rows are done again."""
_STOPPED = (
    "No se ha podido seguir por un fallo interno. Lo hecho hasta ahí se puede revertir; "
    "subida de nuevo, solo cambia lo que falte."
)


Key = tuple[str, str]
"""The company of an import, and its id."""


@dataclass(frozen=True, slots=True)
class _AtWork:
    """An import that this process does: what its dry run remembers, and by what nobody else does it."""

    mine: ExitStack
    ensayo: Ensayo = field(default_factory=Ensayo)


class Importador:
    """Does the imports of all companies, a few by turns, in the thread that calls `run`."""

    def __init__(self, database: Database, almacen: Almacen, clock: Clock) -> None:
        self.almacen = almacen
        self._database, self._clock = database, clock
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._ended = anyio.Event()
        self._at_work: dict[Key, _AtWork] = {}

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
                self._leave(*self._at_work)
                _log.warning("importaciones_esperan", motivo=type(error).__name__)
                self._stopping.wait(_SHORT)
            if not self._at_work:
                self._wake.wait(_LOOK)
        self._leave(*self._at_work)

    def _look(self) -> None:
        """Take what is under way and nobody does, and go on with each import for a turn."""
        with self._database.reading() as session:
            keys = queries.en_curso(session)
        for key in keys:
            if key not in self._at_work and len(self._at_work) < _AT_WORK:
                self._take(key)
        for key, at_work in list(self._at_work.items()):
            if not self._goes_on(key, at_work.ensayo):
                self._leave(key)

    def _take(self, key: Key) -> None:
        with ExitStack() as mine:
            if mine.enter_context(self._mine(key[1])):
                self._at_work[key] = _AtWork(mine.pop_all())

    def _leave(self, *keys: Key) -> None:
        for key in keys:
            with suppress(SQLAlchemyError):
                self._at_work.pop(key).mine.close()

    def _goes_on(self, key: Key, ensayo: Ensayo) -> bool:
        """Go on with an import for a turn; whether there is more to be done of it."""
        end = time.monotonic() + _TURN
        try:
            while not self._stopping.is_set() and time.monotonic() < end:
                if not advance(self._database, self.almacen, self._clock, key, ensayo):
                    return False
        except FileNotFoundError:
            fallar(self._database, key, self._clock(), "El fichero ya no está: súbelo otra vez.")
        except _PASSING:
            raise
        except Exception as error:  # noqa: BLE001 - one table stops no other, nor the service
            _log.exception("importacion_fallida", importacion=key[1], motivo=type(error).__name__)
            fallar(self._database, key, self._clock(), _STOPPED)
        else:
            return True
        return False

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
