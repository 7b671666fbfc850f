"""`/api/crm/motivos`."""

from typing import Annotated

from fastapi import Query, Response
from sqlmodel import Session

from crm.deps import Escritura, EsteActo, Lectura, Lee, UnaVez
from http_rules import Answer, IdEnRuta, IfMatch, Page, api_router, page, problems, to_response

from . import queries, service
from .models import Motivo
from .schemas import FiltrosMotivos, MotivoNuevo, MotivoParche, MotivoPublico

router = api_router("/api/crm/motivos", "Motivos")


@router.get("")
def listar(quien: Lee, session: Lectura, filtros: Annotated[FiltrosMotivos, Query()]) -> Page[MotivoPublico]:
    """Los motivos por los que la empresa gana o pierde oportunidades."""
    rows = queries.lista(quien.empresa_id, filtros)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, MotivoPublico.model_validate)


@router.post("", status_code=201, response_model=MotivoPublico, responses=problems(409))
def crear(nuevo: MotivoNuevo, acto: EsteActo, una_vez: UnaVez) -> Response:
    """Añade un motivo al catálogo."""
    return una_vez(lambda session: answer(service.crear(session, acto, nuevo), 201))


@router.get("/{motivo_id}", response_model=MotivoPublico, responses=problems(404))
def ver(motivo_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Un motivo, también si está archivado."""
    return to_response(answer(queries.existente(session, quien.empresa_id, motivo_id)))


@router.patch("/{motivo_id}", response_model=MotivoPublico, responses=problems(404, 409, 412))
def modificar(
    motivo_id: IdEnRuta, parche: MotivoParche, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None
) -> Response:
    """Cambia los campos dados de un motivo; las oportunidades ya cerradas conservan sus palabras."""
    motivo = escribir(lambda session: service.modificar(session, acto, motivo_id, parche.values(), if_match))
    return to_response(answer(motivo))


@router.delete("/{motivo_id}", status_code=204, responses=problems(404, 412))
def archivar(motivo_id: IdEnRuta, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None) -> None:
    """Archiva un motivo: deja de ofrecerse y se puede recuperar."""
    escribir(lambda session: service.modificar(session, acto, motivo_id, {"archivado": True}, if_match))


def answer(motivo: Motivo, status: int = 200) -> Answer:
    """What a write of a reason answers."""
    return Answer(
        MotivoPublico.model_validate(motivo),
        status=status,
        recurso=motivo.id,
        location=f"{router.prefix}/{motivo.id}" if status == 201 else None,  # noqa: PLR2004 - Created
        version=motivo.version,
    )


def reread(session: Session, empresa_id: str, motivo_id: str) -> Answer:
    """A reason as it stands, for a key whose first answer is forgotten."""
    return answer(queries.existente(session, empresa_id, motivo_id))
