"""Reads of the companies room."""

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from .models import Empresa, Instalacion

POR_ID = select(Empresa).where(col(Empresa.id) == bindparam("id"))
"""One company: every request asks for its own, so the statement is made once."""


def instalaciones(empresa_ids: Sequence[str]) -> SelectOfScalar[Instalacion]:
    """The installations of these companies, the oldest of each first."""
    return (
        select(Instalacion)
        .where(col(Instalacion.empresa_id).in_(empresa_ids))
        .order_by(col(Instalacion.empresa_id), col(Instalacion.id))
    )


def instalaciones_de(empresa_id: str) -> SelectOfScalar[Instalacion]:
    """The installations of one company, for a list that orders them."""
    return select(Instalacion).where(col(Instalacion.empresa_id) == empresa_id)
