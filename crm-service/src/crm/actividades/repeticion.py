"""When an activity that repeats comes next. Pure: instants of the company's clock come in as arguments."""

import calendar
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, Strict

from contratos import Entrada
from contratos.types import Fecha

_MONTHS = 12
_LAST_YEAR = 2199


class Cada(StrEnum):
    """In what a repetition is counted."""

    DIA = "dia"
    SEMANA = "semana"
    MES = "mes"
    ANIO = "anio"


class Desde(StrEnum):
    """From when the next one is reckoned: from the plan, or from when this one was done."""

    PLAN = "plan"
    HECHA = "hecha"


class Repeticion(Entrada):
    """Every how long an activity comes again, once it is done; without `hasta` or `veces`, for ever."""

    cada: Cada
    intervalo: Annotated[int, Strict(), Field(ge=1, le=999, description="Cada cuántos.")] = 1
    desde: Annotated[
        Desde,
        Field(description="`plan`: en sus días, saltando los que pasaron; `hecha`: desde que se hace."),
    ] = Desde.PLAN
    hasta: Annotated[Fecha | None, Field(description="Ninguna después de este día.")] = None
    veces: Annotated[int | None, Field(ge=1, le=9_999, description="Cuántas en total, con la primera.")] = (
        None
    )


def siguiente(regla: Repeticion, inicio: datetime, prevista: datetime, hecha: datetime) -> datetime | None:
    """When the one after `prevista`, done at `hecha`, is due; None when `hasta` or the calendar comes first.

    All are readings of the company's clock, without a zone. By plan it is the first of `inicio`'s series
    after both `prevista` and `hecha`: what was missed is not made up for. The 31st is the last day of a
    shorter month, and the 31st again in the next long one.
    """
    if regla.desde is Desde.HECHA:
        moment = _moved(datetime.combine(hecha.date(), inicio.time()), regla, 1)
    else:
        moment = _first_after(regla, inicio, max(prevista, hecha))
    if moment is None or (regla.hasta is not None and moment.date() > regla.hasta):
        return None
    return moment


def _first_after(regla: Repeticion, inicio: datetime, after: datetime) -> datetime | None:
    """The first moment of the series later than `after`: guessed from below, then counted up."""
    count = max(0, _whole_steps(regla, inicio, after) - 1)
    while True:
        moment = _moved(inicio, regla, count)
        if moment is None or moment > after:
            return moment
        count += 1


def _whole_steps(regla: Repeticion, inicio: datetime, after: datetime) -> int:
    if regla.cada in {Cada.DIA, Cada.SEMANA}:
        return (after - inicio) // (_days(regla.cada) * regla.intervalo)
    months = (after.year - inicio.year) * _MONTHS + after.month - inicio.month
    return months // _months(regla)


def _moved(moment: datetime, regla: Repeticion, count: int) -> datetime | None:
    """`moment`, so many steps later; None beyond the years that can be written."""
    if regla.cada in {Cada.DIA, Cada.SEMANA}:
        step = _days(regla.cada) * regla.intervalo * count
        in_reach = step <= datetime(_LAST_YEAR, 12, 31) - moment  # noqa: DTZ001 - a clock without a zone
        return moment + step if in_reach else None
    years, month = divmod(moment.month - 1 + _months(regla) * count, _MONTHS)
    year = moment.year + years
    if year > _LAST_YEAR:
        return None
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.combine(date(year, month + 1, min(moment.day, last)), moment.time())


def _days(cada: Cada) -> timedelta:
    return timedelta(days=1 if cada is Cada.DIA else 7)


def _months(regla: Repeticion) -> int:
    return regla.intervalo * (_MONTHS if regla.cada is Cada.ANIO else 1)
