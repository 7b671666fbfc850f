"""Reads of the stages room."""

from collections.abc import Mapping

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound
from http_rules import Orden

from .models import Etapa

_BY_POSITION = (col(Etapa.posicion), col(Etapa.id))
ORDENES: Mapping[str, Orden] = {
    "posicion": Orden(_BY_POSITION, lambda row: (row.posicion, row.id), descending=False),
    "-posicion": Orden(_BY_POSITION, lambda row: (row.posicion, row.id)),
}


def de_empresa(empresa_id: str) -> SelectOfScalar[Etapa]:
    """The stages of a company."""
    return select(Etapa).where(Etapa.empresa_id == empresa_id)


def existente(session: Session, empresa_id: str, etapa_id: str) -> Etapa:
    """The stage. Raises NotFound, for another company's too."""
    etapa = session.get(Etapa, (empresa_id, etapa_id))
    if etapa is None:
        raise NotFound("No hay ninguna etapa con ese identificador.")
    return etapa


def elegida(session: Session, empresa_id: str, etapa_id: str | None) -> Etapa:
    """The stage that was named, or the first of the board when none was. Raises NotFound."""
    if etapa_id is not None:
        return existente(session, empresa_id, etapa_id)
    return session.exec(de_empresa(empresa_id).order_by(*_BY_POSITION).limit(1)).one()
