"""`/api/crm/embudos` and `/api/crm/pipeline`."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from crm import etapas
from crm.deps import Escritura, EsteActo, Lectura, Lee, Reloj, UnaVez
from crm.etapas import Embudo
from http_rules import Answer, IdEnRuta, IfMatch, Page, api_router, page, problems, to_response

from . import board, queries, service
from .cards import FiltrosColumna, Tablero, Tarjeta
from .schemas import EmbudoNuevo, EmbudoParche, EmbudoPublico, FiltrosEmbudos

_pipelines = api_router("/api/crm/embudos", "Embudos")
_board = api_router("/api/crm/pipeline", "CRM")

Tarjetas = Annotated[int, Query(ge=0, le=50, description="Tarjetas que se ven de cada etapa.")]
EmbudoId = Annotated[str | None, Query(max_length=64, description="Sin él, el embudo predeterminado.")]


@_pipelines.get("")
def listar(quien: Lee, session: Lectura, filtros: Annotated[FiltrosEmbudos, Query()]) -> Page[EmbudoPublico]:
    """Los embudos de ventas, en su orden."""
    rows = queries.lista(quien.empresa_id, filtros)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, EmbudoPublico.model_validate)


@_pipelines.post("", status_code=201, response_model=EmbudoPublico, responses=problems(409))
def crear(nuevo: EmbudoNuevo, acto: EsteActo, una_vez: UnaVez) -> Response:
    """Añade un embudo con sus etapas."""
    return una_vez(lambda session: answer(service.crear(session, acto, nuevo), 201))


@_pipelines.get("/{embudo_id}", response_model=EmbudoPublico, responses=problems(404))
def ver(embudo_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Un embudo, también si está archivado."""
    return to_response(answer(etapas.embudo(session, quien.empresa_id, embudo_id)))


@_pipelines.patch("/{embudo_id}", response_model=EmbudoPublico, responses=problems(404, 409, 412))
def modificar(
    embudo_id: IdEnRuta, parche: EmbudoParche, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None
) -> Response:
    """Cambia los campos dados de un embudo; `{"archivado": false}` lo recupera."""
    embudo = escribir(lambda session: service.modificar(session, acto, embudo_id, parche.values(), if_match))
    return to_response(answer(embudo))


@_pipelines.delete("/{embudo_id}", status_code=204, responses=problems(404, 409, 412))
def archivar(embudo_id: IdEnRuta, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None) -> None:
    """Archiva un embudo sin oportunidades abiertas: se puede recuperar."""
    escribir(lambda session: service.archivar(session, acto, embudo_id, if_match))


@_board.get("", responses=problems(404))
def ver_tablero(
    quien: Lee, session: Lectura, reloj: Reloj, tarjetas: Tarjetas = 10, embudo_id: EmbudoId = None
) -> Tablero:
    """El tablero de oportunidades abiertas de un embudo: sumas por etapa, totales y previsión por mes.

    `valor_ponderado` es Σ valor × probabilidad, redondeado al céntimo una vez por etapa y una vez por mes; el
    total es la suma de las etapas. `siguiente` de una columna lleva a más tarjetas suyas, en
    `/api/crm/pipeline/{etapa_id}`.
    """
    embudo = etapas.embudo(session, quien.empresa_id, embudo_id)
    return board.tablero(session, embudo, tarjetas, reloj())


@_board.get("/{etapa_id}", responses=problems(404))
def ver_columna(
    etapa_id: IdEnRuta,
    quien: Lee,
    session: Lectura,
    reloj: Reloj,
    filtros: Annotated[FiltrosColumna, Query()],
) -> Page[Tarjeta]:
    """Las tarjetas de una etapa del tablero, las últimas creadas primero."""
    etapa = etapas.elegida(session, quien.empresa_id, etapa_id)
    rows = board.columna(etapa)
    cards = board.Cards(session, quien.empresa_id, [etapa], reloj())
    return page(session, rows, board.ORDENES[filtros.orden], filtros, show_all=cards.shown)


def answer(embudo: Embudo, status: int = 200) -> Answer:
    """What a write of a pipeline answers."""
    return Answer(
        EmbudoPublico.model_validate(embudo),
        status=status,
        recurso=embudo.id,
        location=f"{_pipelines.prefix}/{embudo.id}" if status == 201 else None,  # noqa: PLR2004 - Created
        version=embudo.version,
    )


def reread(session: Session, empresa_id: str, embudo_id: str) -> Answer:
    """A pipeline as it stands, for a key whose first answer is forgotten."""
    return answer(etapas.embudo(session, empresa_id, embudo_id))


routers: tuple[APIRouter, ...] = (_pipelines, _board)
