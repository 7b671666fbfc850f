"""What became of the opportunities of a period, from the running figures of each day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import func, select, union_all
from sqlmodel import Session, col

from crm.etapas import Etapa
from crm.oportunidades import DAY, EstadoOportunidad, Paso, SumaDelDia

from .analysis import Analisis, Conversion, FiltrosAnalisis, PorEtapa, PorMotivo, PorResponsable

MOST = 100
"""Rows of each table of the analysis."""

_CENT, _TENTH = Decimal("0.01"), Decimal("0.1")
_WON, _LOST = "ganada", "perdida"
_FORWARD = ("avanza", _WON)
_LAST = 10**6
"""After every stage that there is."""


@dataclass(frozen=True, slots=True)
class _Row:
    """The sum of some days."""

    clase: str
    clave: str
    resultado: str
    cuenta: int
    valor: Decimal
    segundos: int


def analisis(session: Session, empresa_id: str, filtros: FiltrosAnalisis) -> Analisis:
    """What was won and lost on the days from `desde` to `hasta`, and how stages were left on them.

    Averages are rounded half up, days to one decimal, percentages to one, euros to cents; null without data.
    """
    rows = _rows(session, empresa_id, filtros)
    by: defaultdict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        by[row.clase].append(row)
    won, lost = (_sum(by["responsable"], end) for end in (_WON, _LOST))
    names = _names(session, empresa_id, {row.clave for row in (*by["etapa"], *by["paso"])})
    return Analisis(
        desde=filtros.desde,
        hasta=filtros.hasta,
        embudo_id=filtros.embudo_id,
        ganadas=won.cuenta,
        perdidas=lost.cuenta,
        valor_ganado=won.valor,
        valor_perdido=lost.valor,
        tasa_exito=_percent(won.cuenta, won.cuenta + lost.cuenta),
        dias_medios_hasta_ganar=_days(won),
        velocidad=_velocity(won),
        por_motivo=_by_reason(by["motivo"]),
        por_responsable=_by_owner(by["responsable"]),
        perdidas_por_etapa=_by_stage(by["etapa"], names),
        conversion=_conversion(by["paso"], names),
    )


def _rows(session: Session, empresa_id: str, filtros: FiltrosAnalisis) -> list[_Row]:
    """One query; as many rows are read as there are days, owners, reasons and stages (the primary key)."""
    kind, key, end = col(SumaDelDia.clase), col(SumaDelDia.clave), col(SumaDelDia.resultado)
    count, day = func.sum(col(SumaDelDia.cuenta)), col(SumaDelDia.dia)
    query = select(
        kind, key, end, count, func.sum(col(SumaDelDia.valor)), func.sum(col(SumaDelDia.segundos))
    ).where(col(SumaDelDia.empresa_id) == empresa_id)
    if filtros.desde is not None:
        query = query.where(day >= filtros.desde)
    if filtros.hasta is not None:
        query = query.where(day <= filtros.hasta)
    if filtros.embudo_id is not None:
        query = query.where(col(SumaDelDia.embudo_id) == filtros.embudo_id)
    found = session.execute(query.group_by(kind, key, end).having(count != 0))
    return [
        _Row(kind, key, end, int(count), valor, int(seconds))
        for kind, key, end, count, valor, seconds in found
    ]


def _names(session: Session, empresa_id: str, ids: set[str]) -> Mapping[str, tuple[int, str]]:
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


def _sum(rows: Iterable[_Row], *ends: str) -> _Row:
    chosen = [row for row in rows if row.resultado in ends]
    return _Row(
        "",
        "",
        "",
        sum(row.cuenta for row in chosen),
        sum((row.valor for row in chosen), Decimal(0)),
        sum(row.segundos for row in chosen),
    )


def _by_key(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    grouped: defaultdict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        grouped[row.clave].append(row)
    return grouped


def _by_reason(rows: Sequence[_Row]) -> list[PorMotivo]:
    ordered = sorted(rows, key=lambda row: (-row.cuenta, row.clave, row.resultado))
    return [
        PorMotivo(
            motivo=row.clave,
            estado=EstadoOportunidad(row.resultado),
            oportunidades=row.cuenta,
            valor=row.valor,
        )
        for row in ordered[:MOST]
    ]


def _by_owner(rows: Sequence[_Row]) -> list[PorResponsable]:
    shown = []
    for name, own in _by_key(rows).items():
        won, lost = _sum(own, _WON), _sum(own, _LOST)
        shown.append(
            PorResponsable(
                responsable=name or None,
                ganadas=won.cuenta,
                perdidas=lost.cuenta,
                valor_ganado=won.valor,
                valor_perdido=lost.valor,
                tasa_exito=_percent(won.cuenta, won.cuenta + lost.cuenta),
                dias_medios_hasta_ganar=_days(won),
            )
        )
    shown.sort(key=lambda row: (-row.valor_ganado, -row.ganadas, row.responsable or ""))
    return shown[:MOST]


def _by_stage(rows: Sequence[_Row], names: Mapping[str, tuple[int, str]]) -> list[PorEtapa]:
    lost = sorted(
        (row for row in rows if row.resultado == _LOST), key=lambda row: (names[row.clave], row.clave)
    )
    return [
        PorEtapa(etapa_id=row.clave, etapa=names[row.clave][1], oportunidades=row.cuenta, valor=row.valor)
        for row in lost[:MOST]
    ]


def _conversion(rows: Sequence[_Row], names: Mapping[str, tuple[int, str]]) -> list[Conversion]:
    grouped = sorted(_by_key(rows).items(), key=lambda each: (names[each[0]], each[0]))
    shown = []
    for etapa_id, own in grouped[:MOST]:
        ways = {row.resultado: row.cuenta for row in own}
        everything = _sum(own, *ways)
        shown.append(
            Conversion(
                etapa_id=etapa_id,
                etapa=names[etapa_id][1],
                salidas=everything.cuenta,
                avanzan=ways.get("avanza", 0),
                retroceden=ways.get("retrocede", 0),
                a_otro_embudo=ways.get("otro_embudo", 0),
                ganadas=ways.get(_WON, 0),
                perdidas=ways.get(_LOST, 0),
                tasa=_percent(_sum(own, *_FORWARD).cuenta, everything.cuenta),
                dias_medios=_days(everything),
            )
        )
    return shown


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(_TENTH, ROUND_HALF_UP) if whole else None


def _days(row: _Row) -> Decimal | None:
    if not row.cuenta:
        return None
    return (Decimal(row.segundos) / (row.cuenta * DAY)).quantize(_TENTH, ROUND_HALF_UP)


def _velocity(won: _Row) -> Decimal | None:
    """Euros a day: what was won × how many ÷ Σ days that each took, which is won ÷ mean days."""
    if not won.segundos:
        return None
    return (won.valor * won.cuenta * DAY / won.segundos).quantize(_CENT, ROUND_HALF_UP)
