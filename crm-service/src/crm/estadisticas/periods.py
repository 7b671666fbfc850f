"""The days that statistics are asked for, and the weeks and months in which they are counted. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from contratos import invalid

MAX_DIAS = 366 * 5
_MONTHS = 12


class Por(StrEnum):
    """By what days are counted; weeks begin on Monday."""

    DIA = "dia"
    SEMANA = "semana"
    MES = "mes"


def elegido(desde: date | None, hasta: date | None, hoy: date, dias: int) -> tuple[date, date]:
    """The first and the last day; what is not said is today, and as many days up to the last.

    Raises InvalidData when they are the wrong way round or more than five years.
    """
    last = hasta or (hoy if desde is None else max(hoy, desde))
    first = desde or last - timedelta(days=dias - 1)
    if last < first:
        raise invalid("hasta", "periodo_al_reves", "El último día es anterior al primero: cámbialos.")
    if (last - first).days >= MAX_DIAS:
        raise invalid("desde", "periodo_largo", "Son más de cinco años: pide menos.")
    return first, last


def inicio(dia: date, por: Por) -> date:
    """The first day of the week or the month of a day, or the day itself."""
    if por is Por.DIA:
        return dia
    return dia.replace(day=1) if por is Por.MES else dia - timedelta(days=dia.weekday())


def meses(desde: date, hasta: date) -> Iterator[tuple[date, date]]:
    """The months of these days: of each its first and last day, the outer ones cut."""
    first = desde
    while first <= hasta:
        after = _next_month(first)
        yield first, min(after - timedelta(days=1), hasta)
        first = after


def _next_month(dia: date) -> date:
    years, month = divmod(dia.month, _MONTHS)
    return date(dia.year + years, month + 1, 1)
