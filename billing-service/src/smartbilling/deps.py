"""What a route may ask for in its signature.

What needs no waiting is `async`, for FastAPI sends everything else through a thread of its pool. What the
busiest routes ask for takes the rest from the application itself: each dependency costs every request.
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


async def once(request: Request, key: KeyHeader = None) -> Once:
    """A write done at most once per `Idempotency-Key`. Stands after the identity in a signature."""
    identity: Identity = request.state.identity
    state = request.app.state
    digest = request_digest(request) if key else b""
    return Once(
        state.database, state.clock, identity.empresa_id, key, request_digest=digest, rereads=state.rereads
    )


UnaVez = Annotated[Once, Depends(once)]
