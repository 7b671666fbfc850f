"""Forgetting, once a day, what is kept only for a time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from contratos import Overloaded
from http_rules import Clock
from http_rules.idempotency import forget
from storage import Database

_DIA = 24 * 60 * 60.0


def olvidar_cada_dia(database: Database, clock: Clock) -> Callable[[], AbstractAsyncContextManager[None]]:
    """Drops, while it runs, the answers that are too old to be repeated word for word."""

    def olvidar() -> None:
        with database.unit_of_work() as session:
            forget(session, clock())

    async def siempre() -> None:
        while True:
            with suppress(SQLAlchemyError, Overloaded):  # away or busy: tomorrow is another day
                await run_in_threadpool(olvidar)
            await asyncio.sleep(_DIA)

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        tarea = asyncio.create_task(siempre())
        try:
            yield
        finally:
            tarea.cancel()
            with suppress(asyncio.CancelledError):
                await tarea

    return running
