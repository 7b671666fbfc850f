"""Reads of the series room."""

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from .models import Serie


def de_empresa(empresa_id: str) -> SelectOfScalar[Serie]:
    """The company's series."""
    return select(Serie).where(Serie.empresa_id == empresa_id)


PRIMERA = (
    select(Serie)
    .where(
        col(Serie.empresa_id) == bindparam("empresa_id"),
        col(Serie.rectificativas) == bindparam("rectificativas"),
    )
    .order_by(col(Serie.codigo) != "F", col(Serie.creada), col(Serie.codigo))
    .limit(1)
)
"""A company's series of one kind, the default one first: `F`, else the oldest. Made once."""
