"""`/api/crm/campos`."""

from typing import Annotated

from fastapi import Query, Response
from sqlmodel import Session

from crm.deps import Escritura, EsteActo, Lectura, Lee, UnaVez
from http_rules import Answer, IdEnRuta, IfMatch, Page, api_router, page, problems, to_response

from . import queries, service
from .models import Campo
from .schemas import CampoNuevo, CampoParche, CampoPublico, FiltrosCampos

router = api_router("/api/crm/campos", "Campos propios")


@router.get("")
def listar(quien: Lee, session: Lectura, filtros: Annotated[FiltrosCampos, Query()]) -> Page[CampoPublico]:
    """Los campos propios de la empresa, en clientes y contactos."""
    rows = queries.lista(quien.empresa_id, filtros)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, CampoPublico.model_validate)


@router.post("", status_code=201, response_model=CampoPublico, responses=problems(409))
def crear(nuevo: CampoNuevo, acto: EsteActo, una_vez: UnaVez) -> Response:
    """Añade un campo propio; su `clave` y su `tipo` no cambian nunca."""
    return una_vez(lambda session: answer(service.crear(session, acto, nuevo), 201))


@router.get("/{campo_id}", response_model=CampoPublico, responses=problems(404))
def ver(campo_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Un campo propio, también si está archivado."""
    return to_response(answer(queries.existente(session, quien.empresa_id, campo_id)))


@router.patch("/{campo_id}", response_model=CampoPublico, responses=problems(404, 412))
def modificar(
    campo_id: IdEnRuta, parche: CampoParche, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None
) -> Response:
    """Cambia los campos dados; los valores que ya se eligieron siguen como están."""
    campo = escribir(lambda session: service.modificar(session, acto, campo_id, parche.values(), if_match))
    return to_response(answer(campo))


@router.delete("/{campo_id}", status_code=204, responses=problems(404, 412))
def archivar(campo_id: IdEnRuta, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None) -> None:
    """Archiva un campo: deja de pedirse y de admitirse, sus valores se conservan y se puede recuperar."""
    escribir(lambda session: service.modificar(session, acto, campo_id, {"archivado": True}, if_match))


def answer(campo: Campo, status: int = 200) -> Answer:
    """What a write of a custom field answers."""
    return Answer(
        CampoPublico.model_validate(campo),
        status=status,
        recurso=campo.id,
        location=f"{router.prefix}/{campo.id}" if status == 201 else None,  # noqa: PLR2004 - Created
        version=campo.version,
    )


def reread(session: Session, empresa_id: str, campo_id: str) -> Answer:
    """A custom field as it stands, for a key whose first answer is forgotten."""
    return answer(queries.existente(session, empresa_id, campo_id))
