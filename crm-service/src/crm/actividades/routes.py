"""`/api/crm/clientes/{id}/actividades` and `/api/crm/actividades`."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response

from crm import clientes, empresas
from crm.deps import Escritura, EsteActo, Lectura, Lee, Reloj, UnaVez
from http_rules import IdEnRuta, IfMatch, Page, api_router, page, problems, to_response

from . import queries, service, subtipos
from .answers import PATH, answer, created, en_agenda, vistas
from .schemas import (
    ActividadDada,
    ActividadEnAgenda,
    ActividadParche,
    ActividadVista,
    FiltrosActividades,
    FiltrosAgenda,
    FiltrosDelCliente,
    FiltrosRecordatorios,
    FiltrosSubtipos,
    SubtipoVisto,
)

_of_client = api_router("/api/crm/clientes/{cliente_id}/actividades", "Actividades")
_across = api_router(PATH, "Actividades")
_of_day = api_router("/api/crm", "Actividades")


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
    return una_vez(lambda session: created(session, *service.crear(session, acto, cliente_id, nueva)))


@_of_client.get("", responses=problems(404))
def listar_de_cliente(
    cliente_id: IdEnRuta, quien: Lee, session: Lectura, filtros: Annotated[FiltrosDelCliente, Query()]
) -> Page[ActividadVista]:
    """Las actividades de un cliente, las últimas primero."""
    clientes.existente(session, quien.empresa_id, cliente_id)
    rows = queries.de_cliente(session, quien.empresa_id, cliente_id, filtros)
    shown = partial(vistas, session)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, show_all=shown)


@_across.get("")
def listar(
    quien: Lee, session: Lectura, reloj: Reloj, filtros: Annotated[FiltrosActividades, Query()]
) -> Page[ActividadVista]:
    """Las actividades de todos los clientes, y con `vencidas` lo que se ha pasado de plazo."""
    zona = empresas.zona(session, quien.empresa_id)
    rows = queries.de_todos(session, quien.empresa_id, filtros, zona, reloj())
    shown = partial(vistas, session)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, show_all=shown)


@_across.get("/{actividad_id}", response_model=ActividadVista, responses=problems(404))
def ver(actividad_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Una actividad, también si está archivada."""
    return to_response(answer(session, queries.existente(session, quien.empresa_id, actividad_id)))


@_across.patch("/{actividad_id}", response_model=ActividadVista, responses=problems(404, 412))
def modificar(
    actividad_id: IdEnRuta,
    parche: ActividadParche,
    acto: EsteActo,
    escribir: Escritura,
    if_match: IfMatch = None,
) -> Response:
    """Cambia los campos dados; `null` vacía uno y `{"archivado": false}` recupera la actividad.

    Cuando se hace una que se repite se crea la siguiente, una sola vez: la nombra `siguiente_id`.
    """
    changed = escribir(
        lambda session: answer(
            session, service.modificar(session, acto, actividad_id, parche.values(), if_match)
        )
    )
    return to_response(changed)


@_across.delete("/{actividad_id}", status_code=204, responses=problems(404, 412))
def archivar(actividad_id: IdEnRuta, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None) -> None:
    """Archiva una actividad: deja de salir en las listas y se puede recuperar."""
    escribir(lambda session: service.archivar(session, acto, actividad_id, if_match))


@_of_day.get("/agenda")
def ver_agenda(
    quien: Lee, session: Lectura, reloj: Reloj, filtros: Annotated[FiltrosAgenda, Query()]
) -> Page[ActividadEnAgenda]:
    """Lo que hay que hacer esos días, los de la zona horaria de la empresa, y delante lo atrasado.

    Las notas, ventas y pagos sin plazo no son cosas por hacer. Lo hecho está en `/api/crm/actividades`.
    """
    ahora = reloj()
    rows = queries.agenda(quien.empresa_id, filtros, empresas.zona(session, quien.empresa_id), ahora)
    shown = partial(en_agenda, session, ahora=ahora)
    return page(session, rows, queries.DE_AGENDA[filtros.orden], filtros, show_all=shown)


@_of_day.get("/recordatorios")
def ver_recordatorios(
    quien: Lee, session: Lectura, reloj: Reloj, filtros: Annotated[FiltrosRecordatorios, Query()]
) -> Page[ActividadVista]:
    """Las actividades pendientes cuyo `recordatorio` ya ha llegado; se descarta vaciándolo con PATCH."""
    rows = queries.recordatorios(quien.empresa_id, filtros, reloj())
    shown = partial(vistas, session)
    return page(session, rows, queries.DE_RECORDATORIOS[filtros.orden], filtros, show_all=shown)


@_of_day.get("/subtipos")
def listar_subtipos(
    quien: Lee, session: Lectura, filtros: Annotated[FiltrosSubtipos, Query()]
) -> Page[SubtipoVisto]:
    """Los tipos de actividad propios que tienen las actividades, como se escribieron la primera vez.

    Uno que ya no tiene ninguna deja de salir, y quien vuelva a nombrarlo dice cómo se escribe.
    """
    rows = subtipos.lista(quien.empresa_id, filtros.tipo)
    return page(session, rows, subtipos.ORDENES[filtros.orden], filtros, SubtipoVisto.model_validate)


routers: tuple[APIRouter, ...] = (_of_client, _across, _of_day)
