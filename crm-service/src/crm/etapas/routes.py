"""`/api/crm/etapas`."""

from typing import Annotated

from fastapi import Query, Response
from sqlmodel import Session

from crm.deps import Escritura, EsteActo, Lectura, Lee, UnaVez
from http_rules import Answer, IdEnRuta, IfMatch, Page, api_router, page, problems, to_response

from . import queries, service
from .models import Etapa
from .schemas import EtapaNueva, EtapaParche, EtapaPublica, FiltrosEtapas

router = api_router("/api/crm/etapas", "CRM")


@router.get("")
def listar(quien: Lee, session: Lectura, filtros: Annotated[FiltrosEtapas, Query()]) -> Page[EtapaPublica]:
    """Las etapas de los embudos de ventas, un embudo tras otro y cada uno en su orden."""
    rows = queries.de_empresa(quien.empresa_id, filtros.embudo_id)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, EtapaPublica.model_validate)


@router.post("", status_code=201, response_model=EtapaPublica, responses=problems(404, 409))
def crear(nueva: EtapaNueva, acto: EsteActo, una_vez: UnaVez) -> Response:
    """Añade una etapa a un embudo, el predeterminado si no se dice otro."""
    return una_vez(lambda session: answer(service.crear(session, acto, nueva), 201))


@router.get("/{etapa_id}", response_model=EtapaPublica, responses=problems(404))
def ver(etapa_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Una etapa."""
    return to_response(answer(queries.existente(session, quien.empresa_id, etapa_id)))


@router.patch("/{etapa_id}", response_model=EtapaPublica, responses=problems(404, 412))
def modificar(
    etapa_id: IdEnRuta, parche: EtapaParche, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None
) -> Response:
    """Cambia los campos dados de una etapa; con `posicion` la mueve en el tablero."""
    etapa = escribir(lambda session: service.modificar(session, acto, etapa_id, parche.values(), if_match))
    return to_response(answer(etapa))


@router.delete("/{etapa_id}", status_code=204, responses=problems(404, 409, 412))
def eliminar(etapa_id: IdEnRuta, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None) -> None:
    """Quita del tablero una etapa que no se ha usado."""
    escribir(lambda session: service.eliminar(session, acto, etapa_id, if_match))


def answer(etapa: Etapa, status: int = 200) -> Answer:
    """What a write of a stage answers."""
    return Answer(
        EtapaPublica.model_validate(etapa),
        status=status,
        recurso=etapa.id,
        location=f"{router.prefix}/{etapa.id}" if status == 201 else None,  # noqa: PLR2004 - Created
        version=etapa.version,
    )


def reread(session: Session, empresa_id: str, etapa_id: str) -> Answer:
    """A stage as it stands, for a key whose first answer is forgotten."""
    return answer(queries.existente(session, empresa_id, etapa_id))
