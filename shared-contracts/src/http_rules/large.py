"""Routes that take more than a mebibyte.

Guarantee: whoever is not known makes the service keep nothing; few large bodies are in memory at once, none
many times its size, and the next one is told to come back; the loop goes on while one is parsed. Kept by:
credentials before the first byte, a count that lasts until the answer is out, a limit of values, a thread.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, ClassVar

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from contratos import Overloaded

from .identity import known
from .strict import MAX_BODY, CuerpoDemasiadoGrande, StrictRoute, parse, read_body

AT_ONCE = 2
"""How many bodies larger than `MAX_BODY` the routes of one router have in memory at most."""

BYTES_A_VALUE = 12
"""How long each value of a large body is on average, at least: a number of 3 takes over 100 once read."""

_KEPT = "large_body"


def large_router(prefix: str, tag: str, max_body: int) -> APIRouter:
    """A router whose routes take up to `max_body` bytes, and read their requests strictly."""
    route = type("LargeRoute", (_LargeRoute,), {"max_body": max_body})
    return APIRouter(prefix=prefix, tags=[tag], route_class=route)


class _LargeRoute(StrictRoute):
    """A strict route that takes large bodies, from those it knows."""

    large: ClassVar[int] = 0
    """How many large bodies are in memory."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and give back the room that the body took."""
        with ExitStack() as kept:
            scope[_KEPT] = kept
            await super().handle(scope, receive, send)

    async def read(self, request: Request) -> bytes:
        """See `StrictRoute.read`. Raises Unauthenticated, and Overloaded when there is no room."""
        await known(request)
        return await read_body(request, self.max_body, partial(self._admit_large, request))

    async def parse(self, raw: bytes) -> Any:
        """See `StrictRoute.parse`. Raises CuerpoDemasiadoGrande for one that would be so in memory."""
        if len(raw) <= MAX_BODY:
            return parse(raw)
        if sum(map(raw.count, (b",", b"[", b"{"))) > self.max_body // BYTES_A_VALUE:
            raise CuerpoDemasiadoGrande("El cuerpo lleva demasiados valores: repártelo en varias peticiones.")
        return await run_in_threadpool(parse, raw)

    def _admit_large(self, request: Request) -> None:
        kept: ExitStack | None = request.scope.pop(_KEPT, None)
        if kept is not None:  # the first time that this body is asked about
            kept.enter_context(self._room())

    @contextmanager
    def _room(self) -> Iterator[None]:
        route = type(self)
        if route.large >= AT_ONCE:
            raise Overloaded("Se están atendiendo otras peticiones muy grandes: repítela en unos segundos.")
        route.large += 1
        try:
            yield
        finally:
            route.large -= 1
