"""`/api/empresas`."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from sqlmodel import Session, col
from sqlmodel.sql.expression import Select

from contratos import Scope
from http_rules import (
    Answer,
    IdEnRuta,
    Identity,
    IfMatch,
    Orden,
    Page,
    Paging,
    Reread,
    api_router,
    page,
    problems,
    to_response,
)
from smartbilling import empresas, identidad
from smartbilling.deps import Administra, BaseDeDatos, DePlataforma, Lectura, Quien, Reloj, UnaVez
from smartbilling.empresas import (
    Empresa,
    EmpresaCambios,
    EmpresaCreada,
    EmpresaNueva,
    EmpresaPublica,
    FechasDeObligacion,
)

from . import service
from .deps import EntornoPropio
from .service import Alta

router = api_router("/api/empresas", "Empresas")

_POR_ID = Orden((col(Empresa.id),), lambda row: (row[0].id,))


async def _fechas(request: Request) -> FechasDeObligacion:
    fechas: FechasDeObligacion = request.app.state.fechas_de_obligacion
    return fechas


Fechas = Annotated[FechasDeObligacion, Depends(_fechas)]
"""From when the law obliges each kind of taxpayer."""


@router.post("", status_code=201, response_model=EmpresaCreada, responses=problems(409))
def crear(
    nueva: EmpresaNueva,
    quien: DePlataforma,
    reloj: Reloj,
    una_vez: UnaVez,
    fechas: Fechas,
    entorno: EntornoPropio,
) -> Response:
    """Crea una empresa con una instalación, la serie F y una clave de API que se muestra una sola vez."""

    def escribir(session: Session) -> Answer:
        return _creada(session, service.crear_empresa(session, nueva, quien.sub, entorno, reloj()), fechas)

    return una_vez(escribir)


@router.get("")
def listar(
    quien: Quien, session: Lectura, fechas: Fechas, paging: Annotated[Paging, Query()]
) -> Page[EmpresaPublica]:
    """Las empresas de quien pregunta, las últimas primero; con una clave de API sin «plataforma», la suya."""
    return page(
        session,
        _visibles(quien),
        _POR_ID,
        paging,
        show_all=lambda rows: empresas.mostrar(session, [row[0] for row in rows], fechas),
    )


@router.get("/{empresa_id}", response_model=EmpresaPublica, responses=problems(404))
def una(empresa_id: IdEnRuta, quien: Quien, session: Lectura, fechas: Fechas) -> Response:
    """La empresa de quien pregunta."""
    return to_response(_vista(session, service.propia(session, quien, empresa_id), fechas))


@router.patch("/{empresa_id}", response_model=EmpresaPublica, responses=problems(404, 409, 412))
def cambiar(
    empresa_id: IdEnRuta,
    cambios: EmpresaCambios,
    quien: Administra,
    database: BaseDeDatos,
    reloj: Reloj,
    fechas: Fechas,
    if_match: IfMatch = None,
) -> Response:
    """Cambia los datos de la empresa; su NIF, solo hasta su primer registro."""
    with database.unit_of_work() as session:
        empresa = service.cambiar_empresa(session, quien, empresa_id, cambios, if_match, reloj())
        return to_response(_vista(session, empresa, fechas))


def releer(fechas: FechasDeObligacion) -> Reread:
    """Reads the company as it stands, for a replay whose answer is forgotten."""
    return lambda session, _, empresa_id: _vista(session, empresas.empresa(session, empresa_id), fechas)


def _visibles(quien: Identity) -> Select[Empresa, identidad.Membresia]:
    suyas = identidad.empresas_de(quien.sub)
    if quien.clave_id is None or Scope.PLATAFORMA in quien.scopes:
        return suyas
    return suyas.where(Empresa.id == quien.empresa_id)


def _vista(session: Session, empresa: Empresa, fechas: FechasDeObligacion) -> Answer:
    return Answer(empresas.mostrar(session, [empresa], fechas)[0], version=empresa.version)


def _creada(session: Session, alta: Alta, fechas: FechasDeObligacion) -> Answer:
    shown = empresas.mostrar(session, [alta.empresa], fechas)[0]
    return Answer(
        EmpresaCreada(**shown.model_dump(), clave_api=alta.clave_api),
        201,
        recurso=shown.id,
        location=f"/api/empresas/{shown.id}",
        version=alta.empresa.version,
        hidden=frozenset({"clave_api"}),
    )
