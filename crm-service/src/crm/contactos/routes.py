"""`/api/crm/clientes/{id}/contactos` and `/api/crm/contactos`."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from crm import clientes, consentimientos
from crm.auditoria import Acto
from crm.deps import Escritura, EsteActo, Lectura, Lee, UnaVez
from http_rules import Answer, IdEnRuta, IfMatch, Page, api_router, page, problems, to_response

from . import links, queries, service
from .answers import answer, created, linked, shown_all
from .schemas import (
    ContactoCreado,
    ContactoNuevo,
    ContactoParche,
    ContactoPublico,
    FiltrosContactos,
    FiltrosDelCliente,
    VinculoNuevo,
)

_of_client = api_router("/api/crm/clientes/{cliente_id}/contactos", "Contactos")
_across = api_router("/api/crm/contactos", "Contactos")


@_of_client.post("", status_code=201, response_model=ContactoCreado, responses=problems(404, 409))
def crear(cliente_id: IdEnRuta, nuevo: ContactoNuevo, acto: EsteActo, una_vez: UnaVez) -> Response:
    """Añade un contacto a un cliente."""
    return una_vez(lambda session: _added(session, acto, cliente_id, nuevo))


@_of_client.get("", responses=problems(404))
def listar_de_cliente(
    cliente_id: IdEnRuta, quien: Lee, session: Lectura, filtros: Annotated[FiltrosDelCliente, Query()]
) -> Page[ContactoPublico]:
    """Los contactos de un cliente, también los de otros que se han vinculado; los últimos, primero."""
    clientes.existente(session, quien.empresa_id, cliente_id)
    return page(
        session,
        queries.de_cliente(quien.empresa_id, cliente_id, archivados=filtros.archivados),
        queries.ORDENES_DE_CLIENTE[filtros.orden],
        filtros,
        show_all=lambda rows: shown_all(session, [contacto for contacto, _ in rows]),
    )


@_across.get("")
def listar(
    quien: Lee, session: Lectura, filtros: Annotated[FiltrosContactos, Query()]
) -> Page[ContactoPublico]:
    """Los contactos de todos los clientes, los últimos primero."""
    return page(
        session,
        queries.lista(session, quien.empresa_id, filtros),
        queries.ORDENES[filtros.orden],
        filtros,
        show_all=lambda rows: shown_all(session, rows),
    )


@_across.get("/{contacto_id}", response_model=ContactoPublico, responses=problems(404))
def ver(contacto_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Un contacto, también si está archivado."""
    return to_response(answer(session, queries.existente(session, quien.empresa_id, contacto_id)))


@_across.patch("/{contacto_id}", response_model=ContactoPublico, responses=problems(404, 409, 412))
def modificar(
    contacto_id: IdEnRuta,
    parche: ContactoParche,
    acto: EsteActo,
    escribir: Escritura,
    if_match: IfMatch = None,
) -> Response:
    """Cambia los campos dados; `null` vacía uno y `{"archivado": false}` recupera el contacto."""
    valores = parche.values()
    return to_response(
        escribir(
            lambda session: answer(session, service.modificar(session, acto, contacto_id, valores, if_match))
        )
    )


@_across.delete("/{contacto_id}", status_code=204, responses=problems(404, 412))
def archivar(contacto_id: IdEnRuta, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None) -> None:
    """Archiva un contacto: deja de salir en las listas y se puede recuperar."""
    escribir(lambda session: service.archivar(session, acto, contacto_id, if_match))


@_across.post(
    "/{contacto_id}/clientes",
    status_code=201,
    response_model=ContactoPublico,
    responses=problems(404, 409) | {200: {"model": ContactoPublico, "description": "Ya estaba vinculado"}},
)
def vincular(
    contacto_id: IdEnRuta, nuevo: VinculoNuevo, acto: EsteActo, una_vez: UnaVez, if_match: IfMatch = None
) -> Response:
    """Vincula el contacto a un cliente más; si ya lo está, cambia lo que es en él."""
    return una_vez(lambda session: _linked(session, acto, contacto_id, nuevo, if_match))


@_across.delete("/{contacto_id}/clientes/{cliente_id}", status_code=204, responses=problems(404, 409, 412))
def desvincular(
    contacto_id: IdEnRuta,
    cliente_id: IdEnRuta,
    acto: EsteActo,
    escribir: Escritura,
    if_match: IfMatch = None,
) -> None:
    """Quita el contacto de un cliente; el primero de los que queden pasa a ser su `cliente_id`."""
    escribir(lambda session: links.desvincular(session, acto, contacto_id, cliente_id, if_match))


@_across.get("/{contacto_id}/consentimientos", responses=problems(404))
def ver_consentimientos(
    contacto_id: IdEnRuta,
    quien: Lee,
    session: Lectura,
    filtros: Annotated[consentimientos.FiltrosConsentimientos, Query()],
) -> Page[consentimientos.ConsentimientoPublico]:
    """Todo lo que el contacto ha consentido y retirado, con su prueba."""
    queries.existente(session, quien.empresa_id, contacto_id)
    rows = consentimientos.lista(quien.empresa_id, contacto_id=contacto_id)
    shown = consentimientos.ConsentimientoPublico.model_validate
    return page(session, rows, consentimientos.ORDENES[filtros.orden], filtros, shown)


def _added(session: Session, acto: Acto, cliente_id: str, nuevo: ContactoNuevo) -> Answer:
    parecido = queries.archivado_parecido(session, acto.empresa_id, cliente_id, nuevo.email)
    return created(session, service.crear(session, acto, cliente_id, nuevo), parecido)


def _linked(
    session: Session, acto: Acto, contacto_id: str, nuevo: VinculoNuevo, if_match: str | None
) -> Answer:
    contacto, now = links.vincular(session, acto, contacto_id, nuevo, if_match)
    return linked(session, contacto, now=now)


routers: tuple[APIRouter, ...] = (_of_client, _across)
