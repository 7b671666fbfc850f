"""An answer that leaves as it is made, and does not wait for ever for whoever reads it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import anyio
from fastapi.responses import StreamingResponse
from starlette.types import Send

from contratos import Overloaded

_A_LA_VEZ = 2
_PACIENCIA = 60.0
_turnos = threading.BoundedSemaphore(_A_LA_VEZ)


class AlVuelo(StreamingResponse):
    """Cut off when its reader takes nothing for a minute: it holds a moment of the database."""

    async def stream_response(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for trozo in self.body_iterator:
            with anyio.fail_after(_PACIENCIA):
                await send({"type": "http.response.body", "body": trozo, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@contextmanager
def turno() -> Iterator[None]:
    """One of the few exports that may be under way at once. Raises Overloaded."""
    if not _turnos.acquire(blocking=False):
        raise Overloaded("Ya hay otras exportaciones en marcha: vuelve a pedirla dentro de un momento.")
    try:
        yield
    finally:
        _turnos.release()


def empezado(trozos: Iterator[bytes]) -> Iterator[bytes]:
    """`trozos` once the first is there: what is refused is refused now, and what was taken is given back."""
    return chain([next(trozos)], trozos)
