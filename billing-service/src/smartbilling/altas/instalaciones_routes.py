"""`/api/empresas/{id}/instalaciones`: the installations of a company, each with its own chain."""

from typing import Annotated

from fastapi import Query, Response
from sqlmodel import Session, col

from http_rules import Answer, IdEnRuta, Orden, Page, Paging, api_router, page, problems, to_response
from smartbilling import empresas
from smartbilling.deps import Administra, Lectura, LeeFacturas, Reloj, UnaVez
from smartbilling.empresas import Instalacion, InstalacionNueva, InstalacionPublica

from . import service
from .deps import EntornoPropio

router = api_router("/api/empresas", "Empresas")

_UNICA = 1
"""The version of what never changes."""

_POR_ID = Orden((col(Instalacion.id),), lambda row: (row.id,))


@router.post(
    "/{empresa_id}/instalaciones",
    status_code=201,
    response_model=InstalacionPublica,
    responses=problems(404, 409, 422),
)
def crear_instalacion(
    empresa_id: IdEnRuta,
    nueva: InstalacionNueva,
    quien: Administra,
    reloj: Reloj,
    una_vez: UnaVez,
    entorno: EntornoPropio,
) -> Response:
    """Crea una instalación con su propia cadena de registros; su modo y su entorno no cambian nunca."""

    def escribir(session: Session) -> Answer:
        made = service.crear_instalacion(session, quien, empresa_id, nueva, entorno, reloj())
        path = f"/api/empresas/{empresa_id}/instalaciones/{made.id}"
        return Answer(
            InstalacionPublica.model_validate(made), 201, recurso=made.id, location=path, version=_UNICA
        )

    return una_vez(escribir)


@router.get("/{empresa_id}/instalaciones", responses=problems(404, 422))
def listar_instalaciones(
    empresa_id: IdEnRuta, quien: LeeFacturas, session: Lectura, paging: Annotated[Paging, Query()]
) -> Page[InstalacionPublica]:
    """Las instalaciones de la empresa, las últimas primero."""
    service.propia(session, quien, empresa_id)
    filas = empresas.instalaciones_de(empresa_id)
    return page(session, filas, _POR_ID, paging, InstalacionPublica.model_validate)


@router.get(
    "/{empresa_id}/instalaciones/{instalacion_id}",
    response_model=InstalacionPublica,
    responses=problems(404),
)
def leer_instalacion(
    empresa_id: IdEnRuta, instalacion_id: IdEnRuta, quien: LeeFacturas, session: Lectura
) -> Response:
    """Una instalación de la empresa."""
    service.propia(session, quien, empresa_id)
    return to_response(releer(session, empresa_id, instalacion_id))


def releer(session: Session, empresa_id: str, instalacion_id: str) -> Answer:
    """The installation, for a replay whose answer is forgotten. Raises NotFound."""
    found = empresas.instalacion(session, empresa_id, instalacion_id)
    return Answer(InstalacionPublica.model_validate(found), version=_UNICA)
