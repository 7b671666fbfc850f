"""Reads of the series room."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from .models import Serie


def de_empresa(empresa_id: str) -> SelectOfScalar[Serie]:
    """The company's series."""
    return select(Serie).where(Serie.empresa_id == empresa_id)


def primera(empresa_id: str, *, rectificativas: bool) -> SelectOfScalar[Serie]:
    """The company's series of one kind, the default one first: `F`, else the oldest."""
    return (
        de_empresa(empresa_id)
        .where(Serie.rectificativas == rectificativas)
        .order_by(col(Serie.codigo) != "F", col(Serie.creada), col(Serie.codigo))
        .limit(1)
    )
