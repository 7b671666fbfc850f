"""Routes whose body is a file, not JSON: read from those it knows, up to a size, of the kinds it takes."""

from collections.abc import Collection
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Depends, Request

from .identity import known
from .strict import StrictRoute, TipoNoAdmitido, media_type, read_bytes


def binary_router(prefix: str, tag: str, *, kinds: Collection[str], max_body: int) -> APIRouter:
    """A router whose routes take bodies of these media types, of up to `max_body` bytes, as `Fichero`."""
    route = type("BinaryRoute", (_BinaryRoute,), {"kinds": tuple(kinds), "max_body": max_body})
    return APIRouter(prefix=prefix, tags=[tag], route_class=route)


class _BinaryRoute(StrictRoute):
    """A strict route whose body is kept as it came."""

    kinds: ClassVar[tuple[str, ...]] = ()

    async def read(self, request: Request) -> bytes:
        """See `StrictRoute.read`. Raises Unauthenticated, and TipoNoAdmitido for another media type."""
        await known(request)
        raw = await read_bytes(request, self.max_body)
        if raw and media_type(request) not in self.kinds:
            raise TipoNoAdmitido(f"Envía el fichero con «Content-Type» {' o '.join(self.kinds)}.")
        return raw

    async def parse(self, raw: bytes) -> Any:
        """Nothing: the body is no JSON."""


async def _body(request: Request) -> bytes:
    return await request.body()


Fichero = Annotated[bytes, Depends(_body)]
"""The body of a route of `binary_router`, for its signature; nothing when none came."""
