"""`/api/crm/clientes/{id}/notas`."""

from dataclasses import replace
from typing import Annotated

from fastapi import Query, Response
from sqlmodel import Session

from crm import actividades, clientes
from crm.deps import EsteActo, Lectura, Lee, UnaVez
from http_rules import Answer, IdEnRuta, Page, api_router, page, problems

from . import service
from .schemas import FiltrosNotas, NotaNueva, NotaVista

router = api_router("/api/crm/clientes/{cliente_id}/notas", "Actividades")


@router.post("", status_code=201, response_model=NotaVista, responses=problems(404))
def anotar(cliente_id: IdEnRuta, nueva: NotaNueva, acto: EsteActo, una_vez: UnaVez) -> Response:
    """Deja una nota en un cliente; es una actividad, y como tal se cambia y se archiva."""
    return una_vez(lambda session: created(session, service.anotar(session, acto, cliente_id, nueva)))


@router.get("", responses=problems(404))
def listar_notas(
    cliente_id: IdEnRuta, quien: Lee, session: Lectura, filtros: Annotated[FiltrosNotas, Query()]
) -> Page[NotaVista]:
    """Las notas de un cliente, las últimas primero."""
    clientes.existente(session, quien.empresa_id, cliente_id)
    rows = actividades.notas(quien.empresa_id, cliente_id, archivados=filtros.archivados)
    return page(session, rows, actividades.ORDENES[filtros.orden], filtros, service.vista)


def created(session: Session, actividad: actividades.Actividad) -> Answer:
    """A note just left."""
    made = actividades.created(session, actividad, now=True)
    return replace(made, body=service.vista(actividad))
