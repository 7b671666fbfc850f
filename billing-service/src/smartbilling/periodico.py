"""Work that is done again and again while the service runs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import structlog
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from contratos import Overloaded
from http_rules.logs import said

_log = structlog.get_logger()


def cada(segundos: float, trabajo: Callable[[], None]) -> Callable[[], AbstractAsyncContextManager[None]]:
    """Does `trabajo` in a thread, at once and every so many seconds. What fails waits for the next time."""

    async def siempre() -> None:
        while True:
            try:
                await run_in_threadpool(trabajo)
            except (SQLAlchemyError, Overloaded) as error:  # the database is away or busy
                _log.warning("trabajo_aplazado", trabajo=trabajo.__name__, motivo=said(error))
            await asyncio.sleep(segundos)

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
