"""Reads of the pipelines room."""

from collections.abc import Mapping

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from crm.etapas import Embudo
from http_rules import Orden

from .schemas import FiltrosEmbudos

_BY_POSITION = (col(Embudo.posicion), col(Embudo.id))
ORDENES: Mapping[str, Orden] = {
    "posicion": Orden(_BY_POSITION, lambda row: (row.posicion, row.id), descending=False),
    "-posicion": Orden(_BY_POSITION, lambda row: (row.posicion, row.id)),
}


def lista(empresa_id: str, filtros: FiltrosEmbudos) -> SelectOfScalar[Embudo]:
    """The pipelines of a company (index `idx_embudos_posicion`)."""
    query = select(Embudo).where(Embudo.empresa_id == empresa_id)
    return query if filtros.archivados else query.where(~col(Embudo.archivado))
