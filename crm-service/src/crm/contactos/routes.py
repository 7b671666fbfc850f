"""`/api/crm/clientes/{id}/contactos` and `/api/crm/contactos`."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from crm import clientes
from crm.deps import Escritura, EsteActo, Lectura, Lee, UnaVez
from http_rules import Answer, IdEnRuta, IfMatch, Page, api_router, page, problems, to_response

from . import queries, service
from .models import Contacto
from .schemas import ContactoNuevo, ContactoParche, ContactoPublico, FiltrosContactos, FiltrosDelCliente

_of_client = api_router("/api/crm/clientes/{cliente_id}/contactos", "Contactos")
_across = api_router("/api/crm/contactos", "Contactos")


@_of_client.post("", status_code=201, response_model=ContactoPublico, responses=problems(404))
def crear(cliente_id: IdEnRuta, nuevo: ContactoNuevo, acto: EsteActo, una_vez: UnaVez) -> Response:
    """Añade un contacto a un cliente."""
    return una_vez(lambda session: created(service.crear(session, acto, cliente_id, nuevo)))


@_of_client.get("", responses=problems(404))
def listar_de_cliente(
    cliente_id: IdEnRuta, quien: Lee, session: Lectura, filtros: Annotated[FiltrosDelCliente, Query()]
) -> Page[ContactoPublico]:
    """Los contactos de un cliente, los últimos primero."""
    clientes.existente(session, quien.empresa_id, cliente_id)
    rows = queries.lista(quien.empresa_id, cliente_id, archivados=filtros.archivados)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, ContactoPublico.model_validate)


@_across.get("")
def listar(
    quien: Lee, session: Lectura, filtros: Annotated[FiltrosContactos, Query()]
) -> Page[ContactoPublico]:
    """Los contactos de todos los clientes, los últimos primero."""
    rows = queries.lista(quien.empresa_id, filtros.cliente_id, archivados=filtros.archivados)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, ContactoPublico.model_validate)


@_across.get("/{contacto_id}", response_model=ContactoPublico, responses=problems(404))
def ver(contacto_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Un contacto, también si está archivado."""
    return to_response(answer(queries.existente(session, quien.empresa_id, contacto_id)))


@_across.patch("/{contacto_id}", response_model=ContactoPublico, responses=problems(404, 412))
def modificar(
    contacto_id: IdEnRuta,
    parche: ContactoParche,
    acto: EsteActo,
    escribir: Escritura,
    if_match: IfMatch = None,
) -> Response:
    """Cambia los campos dados; `null` vacía uno y `{"archivado": false}` recupera el contacto."""
    contacto = escribir(
        lambda session: service.modificar(session, acto, contacto_id, parche.values(), if_match)
    )
    return to_response(answer(contacto))


@_across.delete("/{contacto_id}", status_code=204, responses=problems(404, 412))
def archivar(contacto_id: IdEnRuta, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None) -> None:
    """Archiva un contacto: deja de salir en las listas y se puede recuperar."""
    escribir(lambda session: service.archivar(session, acto, contacto_id, if_match))


def answer(contacto: Contacto) -> Answer:
    """A contact with its version."""
    return Answer(ContactoPublico.model_validate(contacto), recurso=contacto.id, version=contacto.version)


def created(contacto: Contacto) -> Answer:
    """A contact just made."""
    return replace(answer(contacto), status=201, location=f"{_across.prefix}/{contacto.id}")


def reread(session: Session, empresa_id: str, contacto_id: str) -> Answer:
    """A contact as it stands, for a key whose first answer is forgotten."""
    return answer(queries.existente(session, empresa_id, contacto_id))


routers: tuple[APIRouter, ...] = (_of_client, _across)
