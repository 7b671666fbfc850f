"""Reads of the series room."""

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from smartbilling.empresas import Instalacion

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

PRIMERA_JUNTO_A = (
    select(Serie)
    .join(
        Instalacion,
        (col(Instalacion.empresa_id) == Serie.empresa_id) & (col(Instalacion.id) == Serie.instalacion),
    )
    .where(
        col(Serie.empresa_id) == bindparam("empresa_id"),
        col(Serie.rectificativas) == bindparam("rectificativas"),
        col(Instalacion.entorno) == bindparam("entorno"),
    )
    .order_by(
        col(Serie.instalacion) != bindparam("instalacion"),
        col(Serie.codigo) != "F",
        col(Serie.creada),
        col(Serie.codigo),
    )
    .limit(1)
)
"""The same in one environment of the AEAT, those of one installation first. Made once."""
