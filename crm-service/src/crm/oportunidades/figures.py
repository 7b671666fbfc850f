"""Running figures of opportunities: kept by every write, so that the board and the analysis count no rows.

Guarantee: they equal a recount of the opportunities that are not archived and of the stays of these.
Kept by: each write takes out what a row counted as before it and adds what it counts as after, in its own
transaction and in a fixed order, so that two writes never wait for each other in turn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, SQLModel

from crm.db import later, parts
from storage import upsert

from .models import Oportunidad, Paso, SumaAbierta, SumaDelDia

DAY = 86_400
"""Seconds."""

_ABIERTA = ("etapa_id", "mes")
_DIA = ("dia", "embudo_id", "clase", "clave", "resultado")


@dataclass(frozen=True, slots=True)
class Sum:
    """How many, worth how much, in how many seconds."""

    cuenta: int = 0
    valor: Decimal = Decimal(0)
    segundos: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        """Both together."""
        return Sum(self.cuenta + other.cuenta, self.valor + other.valor, self.segundos + other.segundos)

    def __neg__(self) -> "Sum":
        """What takes it away."""
        return Sum(-self.cuenta, -self.valor, -self.segundos)


Figures = Mapping[tuple[Any, ...], Sum]
"""How much a row is, of which figures: keys of two parts are open ones, of five ended ones."""


def of_row(oportunidad: Oportunidad, zona: ZoneInfo) -> Figures:
    """What an opportunity counts as; nothing when it is archived."""
    if oportunidad.archivado:
        return {}
    if oportunidad.cerrada is None:
        return {(oportunidad.etapa_id, month(oportunidad)): Sum(1, oportunidad.valor)}
    whole = Sum(1, oportunidad.valor, seconds(oportunidad.creado, oportunidad.cerrada))
    day, end = oportunidad.cerrada.astimezone(zona).date(), oportunidad.estado
    by = {"motivo": oportunidad.motivo, "responsable": oportunidad.responsable, "etapa": oportunidad.etapa_id}
    return {(day, oportunidad.embudo_id, name, value or "", end): whole for name, value in by.items()}


def of_stays(pasos: Iterable[Paso], zona: ZoneInfo) -> Figures:
    """What ended stays count as."""
    figures: dict[tuple[Any, ...], Sum] = {}
    for paso in pasos:
        if paso.hasta is None:
            continue
        key = (paso.hasta.astimezone(zona).date(), paso.embudo_id, "paso", paso.etapa_id, paso.salida)
        figures[key] = figures.get(key, Sum()) + Sum(1, segundos=seconds(paso.desde, paso.hasta))
    return figures


def move(session: Session, empresa_id: str, before: Figures, after: Figures) -> None:
    """What counted as `before` counts from now on as `after`."""
    later.do(session, _moved, [(empresa_id, before, after)])


def _moved(session: Session, moves: Sequence[tuple[str, Figures, Figures]]) -> None:
    """What all these moves come to, a figure once."""
    total: dict[tuple[str, tuple[Any, ...]], Sum] = {}
    for empresa_id, before, after in moves:
        for key in {**before, **after}:
            each = after.get(key, Sum()) + -before.get(key, Sum())
            total[empresa_id, key] = total.get((empresa_id, key), Sum()) + each
    rows = sorted(
        (empresa_id, tuple(map(str, key)), key, each)
        for (empresa_id, key), each in total.items()
        if each != Sum()
    )
    for empresa_id, _, key, each in rows:
        names, table, own, added = (
            (_ABIERTA, SumaAbierta, {"franja": parts.mine(session)}, ("oportunidades", "valor"))
            if len(key) == len(_ABIERTA)
            else (_DIA, SumaDelDia, {}, ("cuenta", "valor", "segundos"))
        )
        _add(
            session,
            table,
            {"empresa_id": empresa_id, **dict(zip(names, key, strict=True)), **own},
            each,
            added,
        )


def month(oportunidad: Oportunidad) -> str:
    """The month in which it is to close, or nothing."""
    day = oportunidad.cierre_previsto
    return "" if day is None else f"{day:%Y-%m}"


def seconds(since: datetime, until: datetime) -> int:
    """Whole seconds between two instants, cut off."""
    return int((until - since).total_seconds())


def _add(
    session: Session, table: type[SQLModel], key: Mapping[str, Any], each: Sum, added: tuple[str, ...]
) -> None:
    amounts = dict(zip(added, (each.cuenta, each.valor, each.segundos), strict=False))
    statement = upsert(session, table, [], keys=list(key), add=list(added))
    session.connection().execute(statement, {**key, **amounts})
