"""`/api/crm/clientes/{id}/actividades` and `/api/crm/actividades`."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from crm import clientes, empresas
from crm.deps import Escritura, EsteActo, Lectura, Lee, Reloj, UnaVez
from http_rules import Answer, IdEnRuta, IfMatch, Page, api_router, page, problems, to_response

from . import queries, service
from .models import Actividad
from .schemas import ActividadDada, ActividadParche, ActividadVista, FiltrosActividades, FiltrosDelCliente

_of_client = api_router("/api/crm/clientes/{cliente_id}/actividades", "Actividades")
_across = api_router("/api/crm/actividades", "Actividades")


@_of_client.post(
    "",
    status_code=201,
    response_model=ActividadVista,
    responses=problems(404) | {200: {"model": ActividadVista, "description": "Ya se había recibido"}},
)
def crear(cliente_id: IdEnRuta, nueva: ActividadDada, acto: EsteActo, una_vez: UnaVez) -> Response:
    """Añade una actividad a un cliente.

    La que ya se recibió con el mismo `origen` y `referencia_externa` no se repite: responde 200 con ella.
    """
    return una_vez(lambda session: created(*service.crear(session, acto, cliente_id, nueva)))


@_of_client.get("", responses=problems(404))
def listar_de_cliente(
    cliente_id: IdEnRuta, quien: Lee, session: Lectura, filtros: Annotated[FiltrosDelCliente, Query()]
) -> Page[ActividadVista]:
    """Las actividades de un cliente, las últimas primero."""
    clientes.existente(session, quien.empresa_id, cliente_id)
    rows = queries.de_cliente(quien.empresa_id, cliente_id, filtros)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, ActividadVista.model_validate)


@_across.get("")
def listar(
    quien: Lee, session: Lectura, reloj: Reloj, filtros: Annotated[FiltrosActividades, Query()]
) -> Page[ActividadVista]:
    """Las actividades de todos los clientes: la agenda, y lo que se ha pasado de plazo con `vencidas`."""
    zona = empresas.zona(session, quien.empresa_id)
    rows = queries.de_todos(quien.empresa_id, filtros, zona, reloj())
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, ActividadVista.model_validate)


@_across.get("/{actividad_id}", response_model=ActividadVista, responses=problems(404))
def ver(actividad_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Una actividad, también si está archivada."""
    return to_response(answer(queries.existente(session, quien.empresa_id, actividad_id)))


@_across.patch("/{actividad_id}", response_model=ActividadVista, responses=problems(404, 412))
def modificar(
    actividad_id: IdEnRuta,
    parche: ActividadParche,
    acto: EsteActo,
    escribir: Escritura,
    if_match: IfMatch = None,
) -> Response:
    """Cambia los campos dados; `null` vacía uno y `{"archivado": false}` recupera la actividad."""
    actividad = escribir(
        lambda session: service.modificar(session, acto, actividad_id, parche.values(), if_match)
    )
    return to_response(answer(actividad))


@_across.delete("/{actividad_id}", status_code=204, responses=problems(404, 412))
def archivar(actividad_id: IdEnRuta, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None) -> None:
    """Archiva una actividad: deja de salir en las listas y se puede recuperar."""
    escribir(lambda session: service.archivar(session, acto, actividad_id, if_match))


def answer(actividad: Actividad) -> Answer:
    """An activity with its version."""
    return Answer(ActividadVista.model_validate(actividad), recurso=actividad.id, version=actividad.version)


def created(actividad: Actividad, now: bool) -> Answer:  # noqa: FBT001 - the second half of what `crear` gives
    """An activity just added or, 200, the one that was there."""
    if not now:
        return answer(actividad)
    return replace(answer(actividad), status=201, location=f"{_across.prefix}/{actividad.id}")


def reread(session: Session, empresa_id: str, actividad_id: str) -> Answer:
    """An activity as it stands, for a key whose first answer is forgotten."""
    return answer(queries.existente(session, empresa_id, actividad_id))


routers: tuple[APIRouter, ...] = (_of_client, _across)
