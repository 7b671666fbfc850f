"""Reads of the companies room."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from .models import Instalacion


def instalaciones(empresa_ids: Sequence[str]) -> SelectOfScalar[Instalacion]:
    """The installations of these companies, the oldest of each first."""
    return (
        select(Instalacion)
        .where(col(Instalacion.empresa_id).in_(empresa_ids))
        .order_by(col(Instalacion.empresa_id), col(Instalacion.id))
    )
