"""Running figures of activities: how many are dated on each day, by whose they are, type, and done or not.

Guarantee: they equal a recount of the activities that are not archived. Kept by: each write takes out what a
row counted as before it and adds what it counts as after, in its own transaction and by one statement.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, literal, select, union_all
from sqlmodel import Session, col

from crm.db import later, parts
from storage import upsert

from .models import Actividad, SumaDeActividades

_KEYS = ("dia", "responsable", "tipo", "completada")
Figures = Mapping[tuple[Any, ...], int]
"""How many, by day, whose, type, and whether they are done."""


def of_row(actividad: Actividad, zona: ZoneInfo) -> Figures:
    """What an activity counts as; nothing when it is archived."""
    return {} if actividad.archivado else {_key(actividad, zona): 1}


def move(session: Session, empresa_id: str, before: Figures, after: Figures) -> None:
    """What counted as `before` counts from now on as `after`."""
    if before != after:
        later.do(session, _moved, [(empresa_id, before, after)])


def _moved(session: Session, moves: Sequence[tuple[str, Figures, Figures]]) -> None:
    """What all these moves come to, by one statement."""
    difference: Counter[tuple[str, tuple[Any, ...]]] = Counter()
    for empresa_id, before, after in moves:
        difference.update({(empresa_id, key): many for key, many in after.items()})
        difference.subtract({(empresa_id, key): many for key, many in before.items()})
    rows = sorted((empresa_id, key, many) for (empresa_id, key), many in difference.items() if many)
    if not rows:
        return
    part = parts.mine(session)
    values = [
        dict(zip(_KEYS, key, strict=True)) | {"empresa_id": each, "franja": part, "actividades": many}
        for each, key, many in rows
    ]
    statement = upsert(
        session, SumaDeActividades, [], keys=["empresa_id", *_KEYS, "franja"], add=["actividades"]
    )
    session.connection().execute(statement, values)


def cuadrar(session: Session, empresa_id: str, dias: Collection[date], zona: ZoneInfo) -> None:
    """Count these days anew: somebody altered rows behind the service's back. The caller holds the turn.

    Both are read by one statement, so that what others write meanwhile is in both or in neither.
    """
    later.settle(session, _moved)
    for dia in sorted(dias):
        counted = _counted(empresa_id, dia, zona)
        kept = select(
            *(col(getattr(SumaDeActividades, name)) for name in _KEYS[1:]),
            (-col(SumaDeActividades.actividades)).label("n"),
        ).where(col(SumaDeActividades.empresa_id) == empresa_id, col(SumaDeActividades.dia) == dia)
        both = union_all(counted, kept).subquery()
        lacking = func.sum(both.c.n)
        rows = session.execute(select(*list(both.c)[:-1], lacking).group_by(*list(both.c)[:-1]))
        move(session, empresa_id, {}, {(dia, *key): int(many) for *key, many in rows})


def dia_de(fecha: datetime, zona: ZoneInfo) -> date:
    """The company's day of an instant."""
    return fecha.astimezone(zona).date()


def _key(actividad: Actividad, zona: ZoneInfo) -> tuple[Any, ...]:
    day = dia_de(actividad.fecha, zona)
    return day, actividad.responsable or "", str(actividad.tipo), actividad.completada


def _counted(empresa_id: str, dia: date, zona: ZoneInfo) -> Any:
    start, end = (datetime.combine(dia + timedelta(days=n), time(), zona) for n in (0, 1))
    return select(
        func.coalesce(col(Actividad.responsable), "").label("responsable"),
        col(Actividad.tipo),
        col(Actividad.completada),
        literal(1).label("n"),
    ).where(
        col(Actividad.empresa_id) == empresa_id,
        col(Actividad.fecha) >= start,
        col(Actividad.fecha) < end,
        ~col(Actividad.archivado),
    )
