"""What a route may ask for in its signature."""

from collections.abc import Callable, Iterator
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Request
from sqlmodel import Session

from contratos import Scope
from crm.auditoria import Acto
from http_rules import Clock, Identity, KeyHeader, Once, Received, received, request_digest, requires
from storage import Database

Result = TypeVar("Result")

Lee = Annotated[Identity, requires(Scope.CRM_LEER)]
"""Who asks, and may look."""

Escribe = Annotated[Identity, requires(Scope.CRM_ESCRIBIR)]
"""Who asks, and may change things."""


Administra = Annotated[Identity, requires(Scope.EMPRESA_ADMINISTRAR)]
"""Who asks, and may decide what the company's programs are told."""


async def database(request: Request) -> Database:
    """The service's own database."""
    opened: Database = request.app.state.database
    return opened


BaseDeDatos = Annotated[Database, Depends(database)]


async def clock(request: Request) -> Clock:
    """The application's clock; tests set it."""
    reloj: Clock = request.app.state.clock
    return reloj


Reloj = Annotated[Clock, Depends(clock)]


async def este_acto(quien: Escribe, reloj: Reloj) -> Acto:
    """Who changes something, for which company, and when."""
    return Acto(empresa_id=quien.empresa_id, actor=quien.sub, ahora=reloj())


EsteActo = Annotated[Acto, Depends(este_acto)]


async def acto_de_administrar(quien: Administra, reloj: Reloj) -> Acto:
    """As `este_acto`, of who administers the company."""
    return Acto(empresa_id=quien.empresa_id, actor=quien.sub, ahora=reloj())


ActoDeAdministrar = Annotated[Acto, Depends(acto_de_administrar)]


def lectura(database: BaseDeDatos) -> Iterator[Session]:
    """A session for reads."""
    with database.reading() as session:
        yield session


Lectura = Annotated[Session, Depends(lectura)]


class Writer(Protocol):
    """Runs a write in a transaction of its own, and answers what it gave."""

    def __call__(self, write: Callable[[Session], Result], /) -> Result: ...


async def escritura(database: BaseDeDatos, _quien: Escribe) -> Writer:
    """A write that an `Idempotency-Key` would change nothing about: what it does twice is done once."""

    def run(write: Callable[[Session], Result], /) -> Result:
        with database.unit_of_work() as session:
            return write(session)

    return run


Escritura = Annotated[Writer, Depends(escritura)]


async def escritura_de_administrar(database: BaseDeDatos, quien: Administra) -> Writer:
    """As `escritura`, of who administers the company."""
    return await escritura(database, quien)


EscrituraAlAdministrar = Annotated[Writer, Depends(escritura_de_administrar)]


async def once(
    request: Request, database: BaseDeDatos, reloj: Reloj, quien: Escribe, key: KeyHeader = None
) -> Once:
    """A write done at most once per `Idempotency-Key`."""
    rereads = request.app.state.rereads
    digest = request_digest(request)
    return Once(database, reloj, quien.empresa_id, key, request_digest=digest, rereads=rereads)


UnaVez = Annotated[Once, Depends(once)]


async def once_de_administrar(
    request: Request, database: BaseDeDatos, reloj: Reloj, quien: Administra, key: KeyHeader = None
) -> Once:
    """As `once`, of who administers the company."""
    return await once(request, database, reloj, quien, key)


UnaVezAlAdministrar = Annotated[Once, Depends(once_de_administrar)]


async def recibido(request: Request, _quien: Escribe) -> Received:
    """The file that is the whole body of a request to a route of `file_router`."""
    return received(request)


Recibe = Annotated[Received, Depends(recibido)]
