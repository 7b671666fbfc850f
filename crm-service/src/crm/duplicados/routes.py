"""`/api/crm/duplicados`."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Response
from sqlmodel import Session

from crm.deps import Escritura, EsteActo, Lectura, Lee, UnaVez
from http_rules import Answer, IdEnRuta, IfMatch, Page, api_router, page, problems

from . import queries, service
from .models import Descarte
from .schemas import (
    DescarteNuevo,
    DescartePublico,
    DuplicadoPublico,
    FiltrosDescartes,
    FiltrosDuplicados,
    descarte,
    duplicado,
)

router = api_router("/api/crm/duplicados", "Duplicados")


@router.get("")
def listar(
    quien: Lee, session: Lectura, filtros: Annotated[FiltrosDuplicados, Query()]
) -> Page[DuplicadoPublico]:
    """Los clientes que pueden ser el mismo, por pareja, con la razón y una puntuación de 0 a 1.

    Dos nombres se comparan sin acentos, mayúsculas, orden ni formas sociales; los teléfonos, en E.164.
    """
    rows = queries.lista(session, quien.empresa_id, filtros)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, duplicado)


@router.get("/descartes")
def listar_descartes(
    quien: Lee, session: Lectura, filtros: Annotated[FiltrosDescartes, Query()]
) -> Page[DescartePublico]:
    """Las parejas que no son duplicados, según alguien."""
    rows = queries.descartes(session, quien.empresa_id, filtros.cliente_id)
    return page(session, rows, queries.DE_DESCARTES[filtros.orden], filtros, descarte)


@router.post(
    "/descartes",
    status_code=201,
    response_model=DescartePublico,
    responses=problems(404) | {200: {"model": DescartePublico, "description": "Ya se había dicho"}},
)
def descartar(nuevo: DescarteNuevo, acto: EsteActo, una_vez: UnaVez) -> Response:
    """Dice que dos clientes no son el mismo: dejan de salir como duplicados."""
    return una_vez(
        lambda session: said(session, *service.descartar(session, acto, nuevo.cliente_id, nuevo.otro_id))
    )


@router.delete("/descartes/{descarte_id}", status_code=204, responses=problems(404, 412))
def recuperar(descarte_id: IdEnRuta, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None) -> None:
    """Retira lo dicho: si se parecen, los dos vuelven a salir como duplicados."""
    escribir(lambda session: service.recuperar(session, acto, descarte_id, if_match))


def said(session: Session, row: Descarte, now: bool) -> Answer:  # noqa: FBT001 - the second half of what it gives
    """What somebody said of two, just now or before."""
    return Answer(
        descarte(queries.descarte(session, row.empresa_id, row.id)),
        status=201 if now else 200,
        recurso=row.id,
        version=service.VERSION,
    )


def reread(session: Session, empresa_id: str, descarte_id: str) -> Answer:
    """What was said, as it stands, for a key whose first answer is forgotten."""
    row = queries.descarte(session, empresa_id, descarte_id)
    return Answer(descarte(row), recurso=descarte_id, version=service.VERSION)


def leidos(session: Session, empresa_id: str, ids: Sequence[str]) -> dict[str, Answer]:
    """Those of what was said that there are, by id, for the change feed."""
    return {
        row[0].id: Answer(descarte(row), recurso=row[0].id, version=service.VERSION)
        for row in queries.de_ids(session, empresa_id, ids)
    }
