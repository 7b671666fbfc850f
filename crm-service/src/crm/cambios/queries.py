"""Reads of the feed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from crm.auditoria import Cambio, conocidos

from .numeracion import sin_numerar, ultimo

WINDOW = 10_000
"""How many numbers one reading looks at, at most, for those that a filter lets through."""


@dataclass(frozen=True, slots=True)
class Tramo:
    """A stretch of the feed: its changes, up to which number it was looked at, and whether there is more.

    `total`: how many there were to read; `exacto`: all of them were counted.
    """

    cambios: Sequence[Cambio]
    hasta: int
    sigue: bool
    total: int
    exacto: bool


def tramo(
    session: Session, empresa_id: str, desde: int, tipos: Sequence[str] | None, limite: int
) -> Tramo | None:
    """The changes after the number `desde` of these `tipos`, or of all; None when the feed ends before it."""
    last = ultimo(session, empresa_id)
    if desde > last:
        return None
    end = min(last, desde + WINDOW)
    here = entre(empresa_id, desde, end, tipos)
    cambios = session.exec(here.order_by(col(Cambio.numero)).limit(limite)).all()
    hasta = (cambios[-1].numero or end) if len(cambios) == limite else end
    waiting = sin_numerar(session, empresa_id)
    total = end - desde if tipos is None else session.exec(_count(here)).one()
    return Tramo(cambios, hasta, hasta < last or waiting, total, end == last and not waiting)


def entre(empresa_id: str, desde: int, hasta: int, tipos: Sequence[str] | None) -> SelectOfScalar[Cambio]:
    """The changes numbered above `desde`, up to `hasta`, of these `tipos` (index `uq_cambios_numero`)."""
    query = select(Cambio).where(
        Cambio.empresa_id == empresa_id, col(Cambio.numero) > desde, col(Cambio.numero) <= hasta
    )
    return query if tipos is None else query.where(col(Cambio.tipo).in_(tipos))


def _count(query: SelectOfScalar[Cambio]) -> SelectOfScalar[int]:
    return select(func.count()).select_from(query.subquery())


def de_tipos(empresa_id: str, patrones: Sequence[str]) -> SelectOfScalar[Cambio]:
    """The changes of a company that any of these patterns matches."""
    query = select(Cambio).where(Cambio.empresa_id == empresa_id)
    tipos = conocidos(patrones)
    return query if tipos is None else query.where(col(Cambio.tipo).in_(tipos))
