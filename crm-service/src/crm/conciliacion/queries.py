"""Reads of the reconciliation room. Days are UTC's; what is archived is not there."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Date, Select, func, select
from sqlmodel import Session, col

from contratos.conciliacion import (
    CAMPOS,
    DiaConciliado,
    ReferenciaConciliada,
    dia_de,
    linea,
    resumen_del_dia,
)
from crm.actividades import Actividad
from http_rules import Orden

from .schemas import FiltrosConciliacion

_BATCH = 1000
_COLUMNS = tuple(col(getattr(Actividad, name)) for name in ("referencia_externa", "id", *CAMPOS))
_BY_REFERENCE = (col(Actividad.referencia_externa), col(Actividad.id))
POR_REFERENCIA = Orden(_BY_REFERENCE, lambda row: (row.referencia_externa, row.id), descending=False)


def dias(empresa_id: str, filtros: FiltrosConciliacion) -> tuple[Select[Any], Mapping[str, Orden]]:
    """The days on which the origin told something, and their orders (index `idx_actividades_origen`)."""
    query = select(func.date(col(Actividad.fecha), type_=Date).label("dia")).distinct()
    query = query.where(*_told(empresa_id, filtros.origen))
    if filtros.desde is not None:
        query = query.where(col(Actividad.fecha) >= _midnight(filtros.desde))
    if filtros.hasta is not None:
        query = query.where(col(Actividad.fecha) < _midnight(filtros.hasta + timedelta(days=1)))
    found = query.subquery()
    columns = (found.c.dia,)
    return select(found.c.dia), {
        "-dia": Orden(columns, lambda dia: (dia,)),
        "dia": Orden(columns, lambda dia: (dia,), descending=False),
    }


def resumenes(session: Session, empresa_id: str, origen: str, dias: Sequence[date]) -> list[DiaConciliado]:
    """What stands for each of the `dias`, in their order. Only one day's activities are held at a time."""
    if not dias:
        return []
    rows = session.execute(
        select(*_COLUMNS)
        .where(*_told(empresa_id, origen), *_between(min(dias), max(dias)))
        .order_by(col(Actividad.fecha)),
        execution_options={"yield_per": _BATCH},
    ).mappings()
    by_day = groupby(rows, lambda row: dia_de(row["fecha"]))
    found = {dia: resumen_del_dia(dia, _lines(day)) for dia, day in by_day}
    return [found[dia] for dia in dias]


def del_dia(empresa_id: str, origen: str, dia: date) -> Select[Any]:
    """The activities of one day."""
    return select(Actividad).where(*_told(empresa_id, origen), *_between(dia, dia))


def vista(actividad: Actividad) -> ReferenciaConciliada:
    """An activity as it is compared."""
    named = attrgetter(*CAMPOS)(actividad)
    return ReferenciaConciliada(
        referencia_externa=str(actividad.referencia_externa),
        actividad_id=actividad.id,
        **dict(zip(CAMPOS, named, strict=True)),
    )


def _lines(rows: Iterator[Any]) -> Iterator[tuple[str, str]]:
    for row in rows:
        yield row["referencia_externa"], linea(row["referencia_externa"], row)


def _told(empresa_id: str, origen: str) -> tuple[Any, ...]:
    return (
        col(Actividad.empresa_id) == empresa_id,
        col(Actividad.origen) == origen,
        ~col(Actividad.archivado),
        col(Actividad.referencia_externa).is_not(None),
    )


def _between(first: date, last: date) -> tuple[Any, ...]:
    fecha = col(Actividad.fecha)
    return fecha >= _midnight(first), fecha < _midnight(last + timedelta(days=1))


def _midnight(dia: date) -> datetime:
    return datetime.combine(dia, time(), UTC)
