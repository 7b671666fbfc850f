"""`/api/crm/clientes/{id}/fusion` and `/api/crm/fusiones`."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from crm import clientes
from crm.clientes import Cliente
from crm.deps import EsteActo, Lectura, Lee, UnaVez
from http_rules import Answer, IdEnRuta, IfMatch, Page, api_router, page, problems, to_response

from . import queries, service, undo
from .models import Fusion
from .schemas import (
    FiltrosFusionados,
    FiltrosFusiones,
    FusionadoPublico,
    FusionHecha,
    FusionNueva,
    FusionPrevia,
    FusionPublica,
)

_PATH = "/api/crm/fusiones"
_of_client = api_router("/api/crm/clientes/{cliente_id}", "Duplicados")
_across = api_router(_PATH, "Duplicados")
Con = Annotated[str, Query(max_length=64, description="El cliente que desaparecería.")]


@_of_client.get("/fusion", responses=problems(404, 409))
def ver_antes(cliente_id: IdEnRuta, con: Con, quien: Lee, session: Lectura) -> FusionPrevia:
    """Lo que haría una fusión, sin hacerla: cómo quedaría cada campo y cuánto pasaría a este cliente."""
    campos, mueve = service.previa(session, quien.empresa_id, cliente_id, con)
    shown = {"cliente_id": cliente_id, "fusionado_id": con, "mueve": mueve}
    return FusionPrevia.model_validate(shown | {"campos": [_plain(asdict(campo)) for campo in campos]})


@_of_client.post("/fusion", status_code=201, response_model=FusionHecha, responses=problems(404, 409, 412))
def fusionar(
    cliente_id: IdEnRuta, nueva: FusionNueva, acto: EsteActo, una_vez: UnaVez, if_match: IfMatch = None
) -> Response:
    """Fusiona otro cliente con este, que se queda con todo lo suyo; el otro responde 308 desde entonces.

    Cada campo queda como se elija; si no, este conserva lo que dice y toma del otro lo que no dice.
    """
    return una_vez(
        lambda session: done(
            *service.fusionar(session, acto, cliente_id, nueva.cliente_id, nueva.elegido(), if_match), 201
        )
    )


@_of_client.get("/fusionados", responses=problems(404))
def listar_fusionados(
    cliente_id: IdEnRuta, quien: Lee, session: Lectura, filtros: Annotated[FiltrosFusionados, Query()]
) -> Page[FusionadoPublico]:
    """Los clientes que ahora son este: sus identificadores responden 308."""
    clientes.existente(session, quien.empresa_id, cliente_id)
    rows = clientes.fusionados_en(quien.empresa_id, cliente_id)
    orden = queries.DE_FUSIONADOS[filtros.orden]
    return page(session, rows, orden, filtros, FusionadoPublico.model_validate)


@_across.get("")
def listar_fusiones(
    quien: Lee, session: Lectura, filtros: Annotated[FiltrosFusiones, Query()]
) -> Page[FusionPublica]:
    """Las fusiones, las últimas primero, también las deshechas."""
    rows = queries.lista(quien.empresa_id, filtros)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, FusionPublica.model_validate)


@_across.get("/{fusion_id}", response_model=FusionPublica, responses=problems(404))
def ver_fusion(fusion_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Una fusión, también si se deshizo."""
    return to_response(answer(queries.existente(session, quien.empresa_id, fusion_id)))


@_across.post(
    "/{fusion_id}/deshacer",
    status_code=200,
    response_model=FusionHecha,
    responses=problems(404, 409),
)
def deshacer(fusion_id: IdEnRuta, acto: EsteActo, una_vez: UnaVez, if_match: IfMatch = None) -> Response:
    """Deshace una fusión: cada cosa vuelve a su cliente, tal como estaba.

    Lo que se añadió después se queda donde está, y lo que alguien cambió después sigue cambiado: lo dice
    `conservado`. De varias seguidas se deshace antes la última.
    """
    return una_vez(lambda session: done(*undo.deshacer(session, acto, fusion_id, if_match), 200))


def answer(fusion: Fusion) -> Answer:
    """A merge as it stands."""
    return Answer(FusionPublica.model_validate(fusion), recurso=fusion.id, version=fusion.version)


def done(fusion: Fusion, cliente: Cliente, status: int) -> Answer:
    """A merge just made or undone."""
    shown = fusion.model_dump() | {"cliente": clientes.shown(cliente)}
    return Answer(
        FusionHecha.model_validate(shown),
        status=status,
        recurso=fusion.id,
        location=f"{_PATH}/{fusion.id}" if status == 201 else None,  # noqa: PLR2004 - Created
        version=fusion.version,
    )


def reread(session: Session, empresa_id: str, fusion_id: str) -> Answer:
    """A merge as it stands, for a key whose first answer is forgotten."""
    return answer(queries.existente(session, empresa_id, fusion_id))


def leidas(session: Session, empresa_id: str, ids: Sequence[str]) -> dict[str, Answer]:
    """Those of these merges that there are, by id, for the change feed."""
    return {each.id: answer(each) for each in queries.de_ids(session, empresa_id, ids)}


def _plain(campo: dict[str, object]) -> dict[str, object]:
    """Amounts as the API writes them."""
    return {name: f"{value:.2f}" if isinstance(value, Decimal) else value for name, value in campo.items()}


routers: tuple[APIRouter, ...] = (_of_client, _across)
