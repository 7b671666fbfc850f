"""The board: open opportunities by stage, and what is to be expected of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import ColumnElement, and_, func, select, union_all
from sqlmodel import Session, col

from crm.clientes import Cliente
from crm.etapas import Etapa, de_empresa

from .models import Oportunidad
from .schemas import Columna, EtapaBreve, Mes, Suma, Tablero, Tarjeta
from .states import EstadoOportunidad

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class _Sum:
    """What stands in one stage and is to close on one day."""

    etapa: Etapa
    cierre: date | None
    oportunidades: int
    valor: Decimal


def tablero(session: Session, empresa_id: str, tarjetas: int) -> Tablero:
    """The board, with the first `tarjetas` cards of each stage.

    `valor_ponderado` is Σ valor × probability, rounded half up to cents once for each stage and each month;
    the total is the sum of the stages.
    """
    query = de_empresa(empresa_id).order_by(col(Etapa.posicion), col(Etapa.id))
    etapas = session.exec(query).all()
    sums = _sums(session, empresa_id, etapas)
    cards = _cards(session, empresa_id, etapas, tarjetas)
    columns = [
        Columna(
            etapa=EtapaBreve.model_validate(etapa),
            tarjetas=cards[etapa.id],
            **dict(_sum(row for row in sums if row.etapa is etapa)),
        )
        for etapa in etapas
    ]
    return Tablero(etapas=columns, totales=_total(columns), prevision=_forecast(sums))


def _sums(session: Session, empresa_id: str, etapas: Sequence[Etapa]) -> list[_Sum]:
    """Index `idx_oportunidades_abiertas`, which has all that is read."""
    by_id = {etapa.id: etapa for etapa in etapas}
    stage, day = col(Oportunidad.etapa_id), col(Oportunidad.cierre_previsto)
    rows = session.execute(
        select(stage, day, func.count(), func.sum(col(Oportunidad.valor)))
        .where(*_open(empresa_id))
        .group_by(stage, day)
    )
    return [_Sum(by_id[stage_id], day, count, valor) for stage_id, day, count, valor in rows]


def _cards(
    session: Session, empresa_id: str, etapas: Sequence[Etapa], tarjetas: int
) -> defaultdict[str, list[Tarjeta]]:
    """One query for all stages: each brings its first ones (index `idx_oportunidades_etapa`)."""
    cards: defaultdict[str, list[Tarjeta]] = defaultdict(list)
    if not tarjetas:
        return cards
    newest = (col(Oportunidad.creado).desc(), col(Oportunidad.id).desc())
    first = [
        select(
            select(col(Oportunidad.empresa_id), col(Oportunidad.id))
            .where(*_open(empresa_id), col(Oportunidad.etapa_id) == etapa.id)
            .order_by(*newest)
            .limit(tarjetas)
            .subquery()
        )
        for etapa in etapas
    ]
    chosen = union_all(*first).subquery()
    its_client = and_(
        col(Cliente.empresa_id) == col(Oportunidad.empresa_id),
        col(Cliente.id) == col(Oportunidad.cliente_id),
    )
    this = and_(chosen.c.empresa_id == col(Oportunidad.empresa_id), chosen.c.id == col(Oportunidad.id))
    query = select(Oportunidad, col(Cliente.nombre_completo)).join(chosen, this).join(Cliente, its_client)
    for oportunidad, nombre in session.execute(query.order_by(*newest)):
        shown = oportunidad.model_dump() | {"cliente_nombre": nombre}
        cards[oportunidad.etapa_id].append(Tarjeta.model_validate(shown))
    return cards


def _open(empresa_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Oportunidad.empresa_id) == empresa_id,
        col(Oportunidad.estado) == EstadoOportunidad.ABIERTA,
        ~col(Oportunidad.archivado),
    )


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
    months: defaultdict[str | None, list[_Sum]] = defaultdict(list)
    for row in sums:
        months[None if row.cierre is None else f"{row.cierre:%Y-%m}"].append(row)
    ordered = sorted(months, key=lambda month: (month is None, month or ""))
    return [Mes(mes=month, **dict(_sum(months[month]))) for month in ordered]
