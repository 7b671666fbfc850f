"""What a route may ask for in its signature.

What needs no waiting is `async`, for FastAPI sends everything else through a thread of its pool.
"""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from contratos import Scope
from http_rules import Clock, Identity, KeyHeader, Once, request_digest, requires
from storage import Database

LeeFacturas = Annotated[Identity, requires(Scope.FACTURAS_LEER)]
EscribeFacturas = Annotated[Identity, requires(Scope.FACTURAS_ESCRIBIR)]
Administra = Annotated[Identity, requires(Scope.EMPRESA_ADMINISTRAR)]
DePlataforma = Annotated[Identity, requires(Scope.PLATAFORMA)]
Quien = Annotated[Identity, requires()]


async def database(request: Request) -> Database:
    """The service's own database."""
    opened: Database = request.app.state.database
    return opened


BaseDeDatos = Annotated[Database, Depends(database)]


def lectura(database: BaseDeDatos) -> Iterator[Session]:
    """A session for reads."""
    with database.reading() as session:
        yield session


Lectura = Annotated[Session, Depends(lectura)]


async def clock(request: Request) -> Clock:
    """The application's clock; tests and the demo set it."""
    reloj: Clock = request.app.state.clock
    return reloj


Reloj = Annotated[Clock, Depends(clock)]


async def idempotency_key(key: KeyHeader = None) -> str | None:
    """The request's `Idempotency-Key`: one dependency, so that a bad one is one fault."""
    return key


Clave = Annotated[str | None, Depends(idempotency_key)]


async def digest(request: Request, clave: Clave) -> bytes:
    """What makes two requests with one `Idempotency-Key` the same; nothing without a key."""
    return request_digest(request) if clave else b""


Digesto = Annotated[bytes, Depends(digest)]


async def once(request: Request, database: BaseDeDatos, reloj: Reloj, clave: Clave, digesto: Digesto) -> Once:
    """A write done at most once per `Idempotency-Key`. Stands after the identity in a signature."""
    identity: Identity = request.state.identity
    return Once(
        database,
        reloj,
        identity.empresa_id,
        clave,
        request_digest=digesto,
        rereads=request.app.state.rereads,
    )


UnaVez = Annotated[Once, Depends(once)]
