"""How prospects become clients, from the states that clients have been in.

A prospect counts in the month in which it came to be one; as many rows are read as came in the period (index
`idx_clientes_estados_desde`).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, and_, case, cast, extract, func, literal, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from crm.clientes import Cliente, EstadoVivido

from .periods import meses
from .rates import mean_days, percent
from .team_schemas import ConversionDeClientes, ConvertidosDeFuente, ConvertidosDeMes, FiltrosConversion

MOST = 100
"""Sources that are shown."""


@dataclass(frozen=True, slots=True)
class _Row:
    """What became of those of a month and a source; `segundos` is how long the converted took together."""

    mes: str
    clave: str | None
    fuente: str | None
    prospectos: int
    convertidos: int
    perdidos: int
    segundos: int


def conversion(
    session: Session,
    empresa_id: str,
    filtros: FiltrosConversion,
    dias: tuple[date, date],
    zona: ZoneInfo,
) -> ConversionDeClientes:
    """What became, up to now, of those who came to be prospects on these days of `zona`, both in."""
    seconds = _seconds(session.get_bind().dialect.name)
    months = [
        _of_month(empresa_id, filtros, f"{first:%Y-%m}", _instants(first, last, zona), seconds)
        for first, last in meses(*dias)
    ]
    rows = [
        _Row(mes, clave, fuente, int(many), int(won), int(lost), int(took))
        for mes, clave, fuente, many, won, lost, took in session.execute(union_all(*months))
    ]
    by_month: defaultdict[str, list[_Row]] = defaultdict(list)
    by_source: defaultdict[str | None, list[_Row]] = defaultdict(list)
    for row in rows:
        by_month[row.mes].append(row)
        by_source[row.clave].append(row)
    sources = [
        ConvertidosDeFuente(fuente=max(row.fuente or "" for row in own) or None, **_sums(own))
        for own in by_source.values()
    ]
    sources.sort(key=lambda source: (-source.prospectos, source.fuente or ""))
    desde, hasta = dias
    return ConversionDeClientes(
        desde=desde,
        hasta=hasta,
        **_sums(rows),
        por_mes=[ConvertidosDeMes(mes=mes, **_sums(by_month[mes])) for mes in sorted(by_month)],
        por_fuente=sources[:MOST],
    )


def _of_month(
    empresa_id: str,
    filtros: FiltrosConversion,
    mes: str,
    between: tuple[datetime, datetime],
    seconds: Any,
) -> Any:
    first, after = EstadoVivido, aliased(EstadoVivido)
    start, end = between
    won, lost = col(after.estado) == "activo", col(after.estado) == "inactivo"
    took = seconds(col(after.desde)) - seconds(col(first.desde))
    query = (
        select(
            literal(mes),
            col(Cliente.fuente_clave),
            func.max(col(Cliente.fuente)),
            func.count(),
            func.sum(case((won, 1), else_=0)),
            func.sum(case((lost, 1), else_=0)),
            func.sum(case((won, took), else_=0)),
        )
        .select_from(first)
        .join(
            Cliente,
            and_(col(Cliente.empresa_id) == col(first.empresa_id), col(Cliente.id) == col(first.cliente_id)),
        )
        .outerjoin(
            after,
            and_(
                col(after.empresa_id) == col(first.empresa_id),
                col(after.cliente_id) == col(first.cliente_id),
                col(after.numero) == col(first.numero) + 1,
            ),
        )
        .where(
            col(first.empresa_id) == empresa_id,
            col(first.estado) == "prospecto",
            col(first.desde) >= start,
            col(first.desde) < end,
            ~col(Cliente.archivado),
        )
    )
    if filtros.responsable is not None:
        query = query.where(col(Cliente.responsable) == filtros.responsable)
    return query.group_by(col(Cliente.fuente_clave))


def _seconds(dialect: str) -> Any:
    """The whole seconds of an instant, in the words of each database."""
    if dialect == "postgresql":
        return lambda instant: cast(func.floor(extract("epoch", instant)), BigInteger)
    return lambda instant: cast(func.strftime("%s", instant), BigInteger)


def _instants(first: date, last: date, zona: ZoneInfo) -> tuple[datetime, datetime]:
    return datetime.combine(first, time(), zona), datetime.combine(last + timedelta(days=1), time(), zona)


def _sums(rows: Iterable[_Row]) -> dict[str, Any]:
    every = list(rows)
    many, won = sum(row.prospectos for row in every), sum(row.convertidos for row in every)
    return {
        "prospectos": many,
        "convertidos": won,
        "perdidos": sum(row.perdidos for row in every),
        "tasa": percent(won, many),
        "dias_medios": mean_days(sum(row.segundos for row in every), won),
    }
