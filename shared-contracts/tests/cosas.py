"""A service with one small room, made of nothing but what is shared: the tests look through its doors."""

from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field, StrictBool
from sqlalchemy import MetaData, text
from sqlmodel import Field as Column
from sqlmodel import Session, SQLModel, col, select

from contratos import DomainError, Entrada, NotFound, Overloaded, Salida, Scope, Unauthenticated, invalid
from contratos.types import (
    Cantidad,
    Email,
    Euros,
    Fecha,
    Importe,
    Instante,
    Nif,
    Nombre,
    Opcional,
    Porcentaje,
    Precio,
    Telefono,
    TextoLargo,
)
from http_rules import (
    Answer,
    Clock,
    Credentials,
    IdEnRuta,
    Identity,
    IfMatch,
    KeyHeader,
    Once,
    Orden,
    Page,
    Paging,
    api_router,
    check_version,
    current_request_id,
    limit_threads,
    new_app,
    new_id,
    page,
    problems,
    raise_faults,
    request_digest,
    requires,
    to_response,
)
from http_rules.idempotency import IdempotencyKey
from storage import Cents, Database, Instant, Key, Millionths

EMPRESA, OTRA = f"emp_{'a' * 32}", f"emp_{'b' * 32}"
CLAVES = {
    "clave-de-ana": Identity("usr_ana", EMPRESA, frozenset({Scope.CRM_LEER, Scope.CRM_ESCRIBIR})),
    "clave-de-luz": Identity("usr_luz", EMPRESA, frozenset({Scope.CRM_LEER})),
    "clave-de-otra": Identity("usr_eva", OTRA, frozenset({Scope.CRM_LEER, Scope.CRM_ESCRIBIR})),
}
SECRETO = "esto-no-lo-lee-nadie"


class _DePrueba(SQLModel):
    """Tables of these tests alone: no service's schema knows them."""

    metadata = MetaData()


class Cosa(_DePrueba, table=True):
    """A thing of a company."""

    __tablename__ = "cosas_de_prueba"
    empresa_id: str = Column(primary_key=True, sa_type=Key)
    id: str = Column(primary_key=True, sa_type=Key)
    nombre: str = Column(sa_type=Key)
    importe: Decimal = Column(default=Decimal(0), sa_type=Cents)
    cantidad: Decimal = Column(default=Decimal(0), sa_type=Millionths)
    creada: datetime = Column(sa_type=Instant)
    dia: date
    version: int = 1


class LineaNueva(Entrada):
    """A line of a thing."""

    cantidad: Cantidad = Decimal(1)
    precio: Precio = Decimal(0)


class CosaNueva(Entrada):
    """A body with a field of every type that the contract has."""

    nombre: Nombre
    email: Annotated[Email | None, Opcional] = None
    nif: Annotated[Nif | None, Opcional] = None
    telefono: Annotated[Telefono | None, Opcional] = None
    notas: TextoLargo | None = None
    importe: Importe = Decimal("0.00")
    descuento: Porcentaje = Decimal(0)
    cantidad: Cantidad = Decimal(1)
    unidades: int = 1
    activa: StrictBool = False
    estado: Literal["abierta", "cerrada"] = "abierta"
    fecha: Fecha | None = None
    cuando: Instante | None = None
    lineas: Annotated[list[LineaNueva], Field(default_factory=list, max_length=3)]
    extra: dict[str, str] | None = None


class CosaPublica(Salida):
    """A thing as it is shown."""

    id: str
    nombre: str
    importe: Euros


class CosaConClave(CosaPublica):
    """A thing just made, with the secret that is shown once."""

    clave: str


class FiltroCosas(Paging):
    """The query of the list."""

    orden: Literal["-id", "id", "nombre", "-nombre", "-creada", "importe", "dia", "cantidad", "version"] = (
        "-id"
    )
    buscar: Annotated[str | None, Query(max_length=200)] = None


class OtrosFiltros(FiltroCosas):
    """The query of another list, with the same parameters."""


def _orden(*names: str, descending: bool = False) -> Orden:
    return Orden(
        [getattr(Cosa, name) for name in names], lambda row: [getattr(row, n) for n in names], descending
    )


ORDENES = {
    "id": _orden("id"),
    "-id": _orden("id", descending=True),
    "nombre": _orden("nombre", "id"),
    "-nombre": _orden("nombre", "id", descending=True),
    "-creada": _orden("creada", "id", descending=True),
    "importe": _orden("importe", "id"),
    "dia": _orden("dia", "id"),
    "cantidad": _orden("cantidad", "id"),
    "version": _orden("version", "id"),
}


class CosaPrestada(DomainError):
    """What is lent cannot be destroyed; with figures."""

    code = "cosa_prestada"
    status = 409


Lee = Annotated[Identity, requires(Scope.CRM_LEER)]
Escribe = Annotated[Identity, requires(Scope.CRM_ESCRIBIR)]


def _lectura(request: Request) -> Iterator[Session]:
    with request.app.state.database.reading() as session:
        yield session


Lectura = Annotated[Session, Depends(_lectura)]


async def _una_vez(request: Request, quien: Escribe, key: KeyHeader = None) -> Once:
    state = request.app.state
    return Once(
        state.database,
        state.clock,
        quien.empresa_id,
        key,
        request_digest=request_digest(request),
        rereads=state.rereads,
    )


UnaVez = Annotated[Once, Depends(_una_vez)]


def crear(session: Session, empresa_id: str, ahora: datetime, **valores: Any) -> Cosa:
    """A thing, made."""
    cosa = Cosa(
        **{"empresa_id": empresa_id, "id": new_id("cos"), "nombre": "x", "creada": ahora, "dia": ahora.date()}
        | valores
    )
    session.add(cosa)
    return cosa


def publica(cosa: Cosa) -> CosaPublica:
    """A thing as it is shown."""
    return CosaPublica(id=cosa.id, nombre=cosa.nombre, importe=cosa.importe)


def releer(session: Session, empresa_id: str, cosa_id: str) -> Answer:
    """A thing as it stands."""
    cosa = _existente(session, empresa_id, cosa_id)
    return Answer(publica(cosa), recurso=cosa.id, version=cosa.version)


def _existente(session: Session, empresa_id: str, cosa_id: str) -> Cosa:
    cosa = session.get(Cosa, (empresa_id, cosa_id))
    if cosa is None:
        raise NotFound("No hay ninguna cosa con ese identificador.")
    return cosa


cosas = api_router("/api/cosas", "Cosas")


@cosas.post("", status_code=201, response_model=CosaPublica, responses=problems(409))
def alta(nueva: CosaNueva, quien: Escribe, una_vez: UnaVez, request: Request, con_clave: bool = False):  # noqa: FBT001, FBT002
    """Crea una cosa."""

    def hacer(session: Session) -> Answer:
        ahora = request.app.state.clock()
        cosa = crear(session, quien.empresa_id, ahora, nombre=nueva.nombre, importe=nueva.importe)
        if nueva.nombre == "rechazada":
            raise invalid("nombre", "nombre_rechazado", "Elige otro nombre.")
        shown = publica(cosa)
        return Answer(
            CosaConClave(**shown.model_dump(), clave=SECRETO) if con_clave else shown,
            201,
            recurso=cosa.id,
            location=f"/api/cosas/{cosa.id}",
            version=cosa.version,
            hidden=frozenset({"clave"} if con_clave else ()),
        )

    return una_vez(hacer)


@cosas.get("")
def listar(quien: Lee, session: Lectura, filtro: Annotated[FiltroCosas, Query()]) -> Page[CosaPublica]:
    """Las cosas."""
    return _lista(session, quien, filtro)


@cosas.get("/otras")
def listar_otras(quien: Lee, session: Lectura, filtro: Annotated[OtrosFiltros, Query()]) -> Page[CosaPublica]:
    """Las mismas cosas, en otra lista."""
    return _lista(session, quien, filtro)


def _lista(session: Session, quien: Identity, filtro: FiltroCosas) -> Page[CosaPublica]:
    query = select(Cosa).where(Cosa.empresa_id == quien.empresa_id)
    if filtro.buscar:
        query = query.where(col(Cosa.nombre).startswith(filtro.buscar))
    return page(session, query, ORDENES[filtro.orden], filtro, publica)


@cosas.get("/por-nombre/{nombre}")
def por_nombre(nombre: str, quien: Lee, session: Lectura) -> list[CosaPublica]:
    """Las cosas que se llaman así."""
    same = select(Cosa).where(Cosa.empresa_id == quien.empresa_id, Cosa.nombre == nombre)
    return [publica(cosa) for cosa in session.exec(same)]


@cosas.get("/{cosa_id}", response_model=CosaPublica, responses=problems(404))
def ver(cosa_id: IdEnRuta, quien: Lee, session: Lectura):
    """Una cosa."""
    return to_response(releer(session, quien.empresa_id, cosa_id))


@cosas.put("/{cosa_id}", response_model=CosaPublica, responses=problems(404, 412))
def cambiar(cosa_id: IdEnRuta, nueva: CosaNueva, quien: Escribe, request: Request, if_match: IfMatch = None):
    """Cambia una cosa."""
    with request.app.state.database.unit_of_work() as session:
        cosa = _existente(session, quien.empresa_id, cosa_id)
        check_version(if_match, cosa.version)
        cosa.nombre, cosa.version = nueva.nombre, cosa.version + 1
        answer = Answer(publica(cosa), version=cosa.version)
    return to_response(answer)


@cosas.delete("/{cosa_id}", status_code=204, responses=problems(404, 409))
def borrar(cosa_id: IdEnRuta, quien: Escribe, session: Lectura) -> None:
    """Destruye una cosa; ninguna se deja."""
    cosa = _existente(session, quien.empresa_id, cosa_id)
    raise CosaPrestada("Está prestada.", importe=cosa.importe, a_quien=["ana", "luz"], veces=2)


abierta = api_router("/api/abierta", "Cosas")


@abierta.post("", dependencies=[Depends(raise_faults)])
async def entrar(nueva: CosaNueva) -> CosaPublica:
    """Una dirección que no pide credenciales."""
    return CosaPublica(id="x", nombre=nueva.nombre, importe=nueva.importe)


@abierta.get("/peticion")
def decir_peticion() -> str | None:
    """El identificador de esta petición, como lo ve una ruta que corre en otro hilo."""
    return current_request_id()


@abierta.get("/fallos/{cual}")
def fallar(cual: str, session: Lectura) -> Response:
    """Falla como se le pida."""
    match cual:
        case "imprevisto":
            raise KeyError(SECRETO)
        case "sobrecarga":
            raise Overloaded("La cola está llena.")
        case "sql":
            session.execute(text("SELECT * FROM no_existe WHERE clave = :clave"), {"clave": SECRETO})
        case "validacion":
            LineaNueva(cantidad=SECRETO)
        case "escribe":
            session.execute(text("DELETE FROM cosas_de_prueba"))
        case "a_medias":
            return StreamingResponse(_half())
    return Response(status_code=204)


def _half() -> Iterator[bytes]:
    yield b"la primera mitad"
    raise KeyError(SECRETO)


def autenticar(credentials: Credentials) -> Identity:
    """Who has the key."""
    if credentials.api_key not in CLAVES:
        raise Unauthenticated("La clave no es válida.")
    return CLAVES[credentials.api_key]


def _wrong(database: Database) -> str | None:
    database.ping()
    return None


def crear_tablas(database: Database) -> None:
    """Every table of the room, and that of the keys."""
    IdempotencyKey.__table__.create(database.engine, checkfirst=True)
    _DePrueba.metadata.create_all(database.engine)


def crear_app(
    database: Database,
    clock: Clock,
    checks: Sequence[Any] | None = None,
    **mas: Any,
) -> FastAPI:
    """The service, on a database that has its tables."""

    @asynccontextmanager
    async def lifespan(_: FastAPI):
        limit_threads()
        yield

    return new_app(
        title="Cosas",
        version="1.2.3",
        database=database,
        clock=clock,
        authenticate=autenticar,
        rereads={"cos": releer},
        checks=[lambda: _wrong(database)] if checks is None else checks,
        routers=[cosas, abierta],
        lifespan=lifespan,
        **mas,
    )
