"""How many activities there were, from the running figures of each day."""

from collections import defaultdict
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from contratos.crm import TipoActividad
from crm.actividades import SumaDeActividades

from .periods import inicio
from .volume_schemas import DePeriodo, DeResponsable, DeTipo, FiltrosVolumen, Volumen

MOST = 100
"""Owners that are shown."""


def volumen(session: Session, empresa_id: str, filtros: FiltrosVolumen, desde: date, hasta: date) -> Volumen:
    """The activities dated from `desde` to `hasta`, by day, week or month, by type and by owner."""
    periods: defaultdict[date, defaultdict[str, _Count]] = defaultdict(_by_kind)
    kinds: defaultdict[str, _Count] = _by_kind()
    owners: defaultdict[str, _Count] = defaultdict(_Count)
    for dia, responsable, tipo, completada, many in _sums(session, empresa_id, filtros, desde, hasta):
        each = periods[max(inicio(dia, filtros.por), desde)][tipo]
        for count in (each, kinds[tipo], owners[responsable]):
            count.add(many, done=completada)
    ordered = sorted(owners.items(), key=lambda item: (-item[1].hechas, item[0]))
    return Volumen(
        desde=desde,
        hasta=hasta,
        por=filtros.por,
        hechas=sum(count.hechas for count in kinds.values()),
        pendientes=sum(count.pendientes for count in kinds.values()),
        por_tipo=_shown(kinds),
        por_responsable=[
            DeResponsable(responsable=name or None, hechas=count.hechas, pendientes=count.pendientes)
            for name, count in ordered[:MOST]
        ],
        periodos=[DePeriodo(desde=first, por_tipo=_shown(periods[first])) for first in sorted(periods)],
    )


def por_responsable(
    session: Session, empresa_id: str, desde: date, hasta: date
) -> dict[str, tuple[int, int]]:
    """Of each owner, how many activities of those days are done and how many pending; '' is nobody."""
    owner, done = col(SumaDeActividades.responsable), col(SumaDeActividades.completada)
    rows = session.execute(
        select(owner, done, func.sum(col(SumaDeActividades.actividades)))
        .where(*_days(empresa_id, desde, hasta))
        .group_by(owner, done)
    )
    counts: defaultdict[str, _Count] = defaultdict(_Count)
    for name, completada, many in rows:
        counts[name].add(int(many), done=completada)
    return {name: (count.hechas, count.pendientes) for name, count in counts.items() if count}


class _Count:
    """How many are done and how many pending."""

    def __init__(self) -> None:
        self.hechas = self.pendientes = 0

    def __bool__(self) -> bool:
        return bool(self.hechas or self.pendientes)

    def add(self, many: int, *, done: bool) -> None:
        if done:
            self.hechas += many
        else:
            self.pendientes += many


def _by_kind() -> defaultdict[str, _Count]:
    return defaultdict(_Count)


def _sums(
    session: Session, empresa_id: str, filtros: FiltrosVolumen, desde: date, hasta: date
) -> list[tuple[date, str, str, bool, int]]:
    """One query; as many rows are read as there are days, owners and types (the primary key)."""
    table = SumaDeActividades
    keys = (col(table.dia), col(table.responsable), col(table.tipo), col(table.completada))
    many = func.sum(col(table.actividades))
    query = select(*keys, many).where(*_days(empresa_id, desde, hasta))
    if filtros.responsable is not None:
        query = query.where(col(table.responsable) == filtros.responsable)
    if filtros.tipo is not None:
        query = query.where(col(table.tipo) == filtros.tipo)
    rows = session.execute(query.group_by(*keys).having(many != 0))
    return [(dia, owner, tipo, bool(done), int(count)) for dia, owner, tipo, done, count in rows]


def _days(empresa_id: str, desde: date, hasta: date) -> tuple[ColumnElement[bool], ...]:
    day = col(SumaDeActividades.dia)
    return col(SumaDeActividades.empresa_id) == empresa_id, day >= desde, day <= hasta


def _shown(kinds: defaultdict[str, _Count]) -> list[DeTipo]:
    """In the order in which the contract names the types."""
    return [
        DeTipo(tipo=kind, hechas=count.hechas, pendientes=count.pendientes)
        for kind in TipoActividad
        if (count := kinds.get(kind))
    ]
