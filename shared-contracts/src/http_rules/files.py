"""Routes whose body is a file.

Guarantee: it goes to disk as it comes and never whole into memory; of somebody unknown, or beyond the limit,
nothing stays. Kept by: credentials before the first byte, a count of bytes, and a temporary file that is
gone once the answer is out, unless who was given it has moved it to its place.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from contratos import DomainError

from .identity import known
from .ids import new_id
from .strict import CuerpoDemasiadoGrande, StrictRoute, TipoNoAdmitido, declares_more_than, media_type

HEAD = 4096
"""How many of its first bytes are at hand of a file that was received."""

_PART = 512 * 1024
_KEPT = "received_file"


class FicheroIncompleto(DomainError):
    """The caller left in the middle of the file."""

    code = "fichero_incompleto"


class AlmacenNoDisponible(DomainError):
    """The folder of files is full, or cannot be written."""

    code = "almacen_no_disponible"
    status = 503


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came whole and is safe on disk: where, how long, its digest, and its first bytes."""

    path: Path
    size: int
    sha256: str
    head: bytes


def file_router(
    prefix: str, tag: str, max_body: int, admits: Callable[[str], bool], instead: str
) -> APIRouter:
    """A router whose routes take a file of up to `max_body` bytes as their whole body.

    `admits` says of a declared content type, which may be empty, whether it is taken; `instead` tells in the
    refusal how to send it.
    """
    route = type(
        "FileRoute", (_FileRoute,), {"max_body": max_body, "admits": staticmethod(admits), "instead": instead}
    )
    return APIRouter(prefix=prefix, tags=[tag], route_class=route)


def received(request: Request) -> Received:
    """The file of a request to a route of `file_router`, once `raise_faults` found none."""
    file: Received = request.state.received
    return file


@contextmanager
def refused_if_unwritable() -> Iterator[None]:
    """Raises AlmacenNoDisponible for what the file system refuses inside."""
    try:
        yield
    except OSError as error:
        raise AlmacenNoDisponible(
            "No se puede guardar el fichero: falta espacio o permiso en la carpeta de adjuntos. "
            "No se ha guardado nada; repítelo cuando se haya arreglado."
        ) from error


class Incoming:
    """A file that is coming; where it is written is known to nobody else until it is moved."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / new_id("tmp")
        self._file: BinaryIO = self.path.open("xb")
        self._digest = hashlib.sha256()
        self._size, self._head = 0, b""

    def write(self, part: bytes) -> None:
        """Add to it."""
        self._file.write(part)
        self._digest.update(part)
        self._size += len(part)
        self._head += part[: HEAD - len(self._head)]

    def finish(self) -> Received:
        """It is whole, and outlives a power cut from now on."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return Received(self.path, self._size, self._digest.hexdigest(), self._head)

    def drop(self) -> None:
        """Close it and, where it was not moved, delete it."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class _FileRoute(StrictRoute):
    """A strict route whose body is a file, of somebody it knows."""

    admits: ClassVar[Callable[[str], bool]]
    instead: ClassVar[str]

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and let go of the file."""
        with ExitStack() as kept:
            scope[_KEPT] = kept
            await super().handle(scope, receive, send)

    async def read(self, request: Request) -> bytes:
        """The digest of the file, which is on disk. Raises Unauthenticated, or why it was not taken."""
        await known(request)
        too_big = CuerpoDemasiadoGrande(f"El fichero supera el máximo de {self.max_body // 2**20} MiB.")
        if declares_more_than(request, self.max_body):
            raise too_big
        if not type(self).admits(media_type(request)):
            raise TipoNoAdmitido(self.instead)
        with refused_if_unwritable():
            incoming = await run_in_threadpool(Incoming, request.app.state.incoming_files)
            kept: ExitStack = request.scope[_KEPT]
            kept.callback(incoming.drop)
            part, size = bytearray(), 0
            try:
                async for chunk in request.stream():
                    part += chunk
                    size += len(chunk)
                    if size > self.max_body:
                        raise too_big
                    if len(part) >= _PART:
                        await run_in_threadpool(incoming.write, bytes(part))
                        part.clear()
            except ClientDisconnect:
                raise FicheroIncompleto("El fichero no ha llegado entero.") from None
            await run_in_threadpool(incoming.write, bytes(part))
            file = await run_in_threadpool(incoming.finish)
        request.state.received = file
        return file.sha256.encode()

    async def parse(self, raw: bytes) -> Any:
        """What makes two requests with files the same."""
        return {"sha256": raw.decode()}
