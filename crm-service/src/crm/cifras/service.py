"""Use cases of the figures room."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, func, select

from crm.db import later, parts
from storage import upsert

from .models import Cifras

_KEYS = ["empresa_id", "franja"]
_FIGURES: Mapping[str, type[int] | type[Decimal]] = {
    name: Decimal if name.startswith("valor") else int for name in Cifras.model_fields if name not in _KEYS
}


@dataclass(frozen=True, slots=True)
class Totales:
    """A company's figures. Nothing archived counts; amounts are euros."""

    prospectos: int
    activos: int
    inactivos: int
    actividades_pendientes: int
    oportunidades_abiertas: int
    oportunidades_ganadas: int
    oportunidades_perdidas: int
    valor_abiertas: Decimal
    valor_ganadas: Decimal


def sumar(
    session: Session, empresa_id: str, antes: Mapping[str, Decimal], despues: Mapping[str, Decimal]
) -> None:
    """What counted as `antes` counts from now on as `despues`: both say how much of which figure a row is."""
    difference = Counter(despues)
    difference.subtract(antes)
    if any(difference.values()):
        later.do(session, _added, [(empresa_id, difference)])


def _added(session: Session, differences: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """What changed of each company's figures, by one statement a company."""
    for empresa_id in sorted({each for each, _ in differences}):
        total: Counter[str] = Counter()
        for _, difference in (each for each in differences if each[0] == empresa_id):
            total.update(difference)
        row = {"empresa_id": empresa_id, "franja": parts.mine(session)}
        figures = {name: kind(total[name]) for name, kind in _FIGURES.items()}
        statement = upsert(session, Cifras, [], keys=_KEYS, add=list(_FIGURES))
        session.connection().execute(statement, row | figures)


def cuadrar(session: Session, empresa_id: str, figura: str, contado: Any) -> None:
    """Make a whole figure what `contado`, a scalar subquery, counts. Whoever calls holds the company's turn.

    Both are read by one statement, so that what others write meanwhile is in both or in neither.
    """
    kept = select(func.coalesce(func.sum(getattr(Cifras, figura)), 0)).where(
        col(Cifras.empresa_id) == empresa_id
    )
    later.settle(session, _added)
    lacking = session.execute(select(contado - kept.scalar_subquery())).scalar_one()
    sumar(session, empresa_id, {}, {figura: Decimal(lacking)})


def leer(session: Session, empresa_id: str) -> Totales:
    """The figures as they stand."""
    sums = (func.sum(getattr(Cifras, name)) for name in _FIGURES)
    row = session.execute(select(*sums).where(col(Cifras.empresa_id) == empresa_id)).one()
    figures: dict[str, Any] = {
        name: kind(value or 0) for (name, kind), value in zip(_FIGURES.items(), row, strict=True)
    }
    return Totales(**figures)
