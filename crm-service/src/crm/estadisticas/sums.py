"""The running figures of ended opportunities and stays, added up over some days."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select, union_all
from sqlmodel import Session, col

from crm.etapas import Etapa
from crm.oportunidades import Paso, SumaDelDia

WON, LOST = "ganada", "perdida"
_LAST = 10**6
"""After every stage that there is."""


@dataclass(frozen=True, slots=True)
class Row:
    """The sum of some days."""

    clase: str
    clave: str
    resultado: str
    cuenta: int
    valor: Decimal
    segundos: int


@dataclass(frozen=True, slots=True)
class Which:
    """Which days, both in, and which pipeline; None: all."""

    desde: date | None = None
    hasta: date | None = None
    embudo_id: str | None = None


def rows(session: Session, empresa_id: str, which: Which, *clases: str) -> dict[str, list[Row]]:
    """The sums by class, of these or of all; one query.

    As many rows are read as there are days, owners, reasons and stages (the primary key).
    """
    kind, key, end = col(SumaDelDia.clase), col(SumaDelDia.clave), col(SumaDelDia.resultado)
    count, day = func.sum(col(SumaDelDia.cuenta)), col(SumaDelDia.dia)
    query = select(
        kind, key, end, count, func.sum(col(SumaDelDia.valor)), func.sum(col(SumaDelDia.segundos))
    ).where(col(SumaDelDia.empresa_id) == empresa_id)
    if which.desde is not None:
        query = query.where(day >= which.desde)
    if which.hasta is not None:
        query = query.where(day <= which.hasta)
    if which.embudo_id is not None:
        query = query.where(col(SumaDelDia.embudo_id) == which.embudo_id)
    if clases:
        query = query.where(kind.in_(clases))
    by: defaultdict[str, list[Row]] = defaultdict(list)
    found = session.execute(query.group_by(kind, key, end).having(count != 0))
    for clase, clave, resultado, cuenta, valor, segundos in found:
        by[clase].append(Row(clase, clave, resultado, int(cuenta), valor, int(segundos)))
    return by


def total(rows: Iterable[Row], *ends: str) -> Row:
    """The sum of those that ended so; of all, if no end is named."""
    chosen = [row for row in rows if not ends or row.resultado in ends]
    return Row(
        "",
        "",
        "",
        sum(row.cuenta for row in chosen),
        sum((row.valor for row in chosen), Decimal(0)),
        sum(row.segundos for row in chosen),
    )


def by_key(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows by their key."""
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.clave].append(row)
    return grouped


def stage_names(session: Session, empresa_id: str, ids: set[str]) -> Mapping[str, tuple[int, str]]:
    """Place and name of each stage; one that was removed comes last, as it was once called."""
    query = select(Etapa).where(col(Etapa.empresa_id) == empresa_id, col(Etapa.id).in_(ids))
    names = {etapa.id: (etapa.posicion, etapa.nombre) for etapa in session.execute(query).scalars()}
    gone = sorted(ids - names.keys())
    if gone:
        once = (
            select(
                select(col(Paso.etapa_id), col(Paso.etapa_nombre))
                .where(col(Paso.empresa_id) == empresa_id, col(Paso.etapa_id) == etapa_id)
                .limit(1)
                .subquery()
            )
            for etapa_id in gone
        )
        names |= {etapa_id: (_LAST, nombre) for etapa_id, nombre in session.execute(union_all(*once))}
    return names
