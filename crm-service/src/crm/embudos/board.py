"""The board: open opportunities by stage, and what is to be expected of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import func, select, union_all
from sqlmodel import Session, col

from crm.actividades import Actividad
from crm.clientes import Cliente
from crm.etapas import Embudo, Etapa, de_empresa
from crm.oportunidades import DAY, EtapaBreve, Oportunidad, SumaAbierta, abiertas, seconds
from http_rules import Orden, cursor_after

from .cards import (
    Columna,
    EmbudoBreve,
    FiltrosColumna,
    Mes,
    ProximaActividad,
    Suma,
    Tablero,
    Tarjeta,
)

_CENT = Decimal("0.01")
_BY_DATE = (col(Oportunidad.creado), col(Oportunidad.id))
ORDENES: Mapping[str, Orden] = {
    "-creado": Orden(_BY_DATE, lambda row: (row.creado, row.id)),
    "creado": Orden(_BY_DATE, lambda row: (row.creado, row.id), descending=False),
}


@dataclass(frozen=True, slots=True)
class _Sum:
    """What stands in one stage and is to close in one month."""

    etapa: Etapa
    mes: str
    oportunidades: int
    valor: Decimal


def tablero(session: Session, embudo: Embudo, tarjetas: int, ahora: datetime) -> Tablero:
    """The board, with the first `tarjetas` cards of each stage.

    `valor_ponderado` is Σ valor × probability, rounded half up to cents once for each stage and each month;
    the total is the sum of the stages.
    """
    query = de_empresa(embudo.empresa_id, embudo.id).order_by(col(Etapa.posicion), col(Etapa.id))
    etapas = session.exec(query).all()
    sums = _sums(session, etapas)
    found = _first_cards(session, etapas, tarjetas)
    cards = Cards(session, embudo.empresa_id, etapas, ahora)
    shown = {card.id: card for card in cards.shown([row for rows in found.values() for row in rows])}
    columns = [
        Columna(
            etapa=EtapaBreve.model_validate(etapa),
            dias_maximos=etapa.dias_maximos,
            tarjetas=[shown[row.id] for row in found[etapa.id][:tarjetas]],
            siguiente=_more(found[etapa.id], tarjetas),
            **dict(_sum(row for row in sums if row.etapa is etapa)),
        )
        for etapa in etapas
    ]
    return Tablero(
        embudo=EmbudoBreve.model_validate(embudo),
        etapas=columns,
        totales=_total(columns),
        prevision=_forecast(sums),
    )


def columna(etapa: Etapa) -> Any:
    """The open opportunities of a stage (index `idx_oportunidades_tarjetas`)."""
    return select(Oportunidad).where(*abiertas(etapa.empresa_id), col(Oportunidad.etapa_id) == etapa.id)


class Cards:
    """Opportunities of `etapas` as the board shows them at the instant `ahora`."""

    def __init__(self, session: Session, empresa_id: str, etapas: Sequence[Etapa], ahora: datetime) -> None:
        self._session, self._empresa_id, self._now = session, empresa_id, ahora
        self._days = {etapa.id: etapa.dias_maximos for etapa in etapas}

    def shown(self, rows: Sequence[Oportunidad]) -> list[Tarjeta]:
        """The cards of `rows`, in their order: two queries, however many they are."""
        names = self._names({row.cliente_id for row in rows})
        upcoming = self._upcoming([row.id for row in rows])
        return [self._card(row, names[row.cliente_id], upcoming.get(row.id)) for row in rows]

    def _card(self, row: Oportunidad, nombre: str, upcoming: ProximaActividad | None) -> Tarjeta:
        stood = seconds(row.etapa_desde or row.creado, self._now)
        allowed = self._days[row.etapa_id]
        return Tarjeta.model_validate(
            row.model_dump()
            | {
                "cliente_nombre": nombre,
                "dias_en_etapa": stood // DAY,
                "atascada": allowed is not None and stood > allowed * DAY,
                "proxima_actividad": upcoming,
            }
        )

    def _names(self, ids: set[str]) -> dict[str, str]:
        these = (col(Cliente.empresa_id) == self._empresa_id, col(Cliente.id).in_(ids))
        rows = self._session.execute(select(col(Cliente.id), col(Cliente.nombre_completo)).where(*these))
        return {row[0]: row[1] for row in rows}

    def _upcoming(self, ids: Sequence[str]) -> dict[str, ProximaActividad]:
        """Of each opportunity, what is pending and comes first."""
        of_each = func.row_number().over(
            partition_by=col(Actividad.oportunidad_id),
            order_by=(col(Actividad.agenda), col(Actividad.id)),
        )
        ranked = (
            select(col(Actividad.empresa_id), col(Actividad.id), of_each.label("place"))
            .where(
                col(Actividad.empresa_id) == self._empresa_id,
                col(Actividad.oportunidad_id).in_(ids),
                ~col(Actividad.completada),
                ~col(Actividad.archivado),
            )
            .subquery()
        )
        this = (ranked.c.empresa_id == col(Actividad.empresa_id)) & (ranked.c.id == col(Actividad.id))
        rows = self._session.execute(
            select(Actividad).join(ranked, this).where(ranked.c.place == 1)
        ).scalars()
        return {
            str(row.oportunidad_id): ProximaActividad.model_validate(
                row.model_dump() | {"cuando": row.agenda}
            )
            for row in rows
        }


def _first_cards(
    session: Session, etapas: Sequence[Etapa], tarjetas: int
) -> defaultdict[str, list[Oportunidad]]:
    """One query for all stages: each brings its first cards, and one more if it has it."""
    found: defaultdict[str, list[Oportunidad]] = defaultdict(list)
    if not tarjetas:
        return found
    first = [
        select(
            columna(etapa)
            .with_only_columns(col(Oportunidad.empresa_id), col(Oportunidad.id))
            .order_by(*(column.desc() for column in _BY_DATE))
            .limit(tarjetas + 1)
            .subquery()
        )
        for etapa in etapas
    ]
    chosen = union_all(*first).subquery()
    this = (chosen.c.empresa_id == col(Oportunidad.empresa_id)) & (chosen.c.id == col(Oportunidad.id))
    query = select(Oportunidad).join(chosen, this).order_by(*(column.desc() for column in _BY_DATE))
    for oportunidad in session.execute(query).scalars():
        found[oportunidad.etapa_id].append(oportunidad)
    return found


def _more(rows: Sequence[Oportunidad], tarjetas: int) -> str | None:
    """The cursor of the page of a column that follows the board's first cards."""
    if len(rows) <= tarjetas:
        return None
    paging = FiltrosColumna()
    return cursor_after(rows[tarjetas - 1], ORDENES[paging.orden], paging)


def _sums(session: Session, etapas: Sequence[Etapa]) -> list[_Sum]:
    """From the running figures: as many rows as there are stages and months, however many opportunities."""
    by_id = {etapa.id: etapa for etapa in etapas}
    stage, month = col(SumaAbierta.etapa_id), col(SumaAbierta.mes)
    count = func.sum(col(SumaAbierta.oportunidades))
    rows = session.execute(
        select(stage, month, count, func.sum(col(SumaAbierta.valor)))
        .where(col(SumaAbierta.empresa_id) == etapas[0].empresa_id, stage.in_(by_id))
        .group_by(stage, month)
        .having(count != 0)
    )
    return [_Sum(by_id[stage_id], mes, int(each), valor) for stage_id, mes, each, valor in rows]


def _sum(rows: Iterable[_Sum]) -> Suma:
    count, valor, weighted = 0, Decimal(0), Decimal(0)
    for row in rows:
        count += row.oportunidades
        valor += row.valor
        weighted += row.valor * row.etapa.probabilidad / 100
    return Suma(oportunidades=count, valor=valor, valor_ponderado=weighted.quantize(_CENT, ROUND_HALF_UP))


def _total(columns: Iterable[Columna]) -> Suma:
    total = Suma(oportunidades=0, valor=Decimal(0), valor_ponderado=Decimal(0))
    for column in columns:
        total.oportunidades += column.oportunidades
        total.valor += column.valor
        total.valor_ponderado += column.valor_ponderado
    return total


def _forecast(sums: Iterable[_Sum]) -> list[Mes]:
    """By month, the next first; what has no day comes last."""
    months: defaultdict[str, list[_Sum]] = defaultdict(list)
    for row in sums:
        months[row.mes].append(row)
    ordered = sorted(months, key=lambda month: (not month, month))
    return [Mes(mes=month or None, **dict(_sum(months[month]))) for month in ordered]
