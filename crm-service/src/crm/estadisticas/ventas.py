"""What became of the opportunities of a period, from the running figures of each day."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from sqlmodel import Session

from crm.oportunidades import DAY, EstadoOportunidad

from .analysis import Analisis, Conversion, FiltrosAnalisis, PorEtapa, PorMotivo, PorResponsable
from .rates import mean_days, percent
from .sums import LOST, WON, Row, Which, by_key, rows, stage_names, total

MOST = 100
"""Rows of each table of the analysis."""

_CENT = Decimal("0.01")
_FORWARD = ("avanza", WON)


def analisis(session: Session, empresa_id: str, filtros: FiltrosAnalisis) -> Analisis:
    """What was won and lost on the days from `desde` to `hasta`, and how stages were left on them.

    Averages are rounded half up, days to one decimal, percentages to one, euros to cents; null without data.
    """
    by = rows(session, empresa_id, Which(filtros.desde, filtros.hasta, filtros.embudo_id))
    won, lost = (total(by["responsable"], end) for end in (WON, LOST))
    names = stage_names(session, empresa_id, {row.clave for row in (*by["etapa"], *by["paso"])})
    return Analisis(
        desde=filtros.desde,
        hasta=filtros.hasta,
        embudo_id=filtros.embudo_id,
        ganadas=won.cuenta,
        perdidas=lost.cuenta,
        valor_ganado=won.valor,
        valor_perdido=lost.valor,
        tasa_exito=percent(won.cuenta, won.cuenta + lost.cuenta),
        dias_medios_hasta_ganar=mean_days(won.segundos, won.cuenta),
        velocidad=_velocity(won),
        por_motivo=_by_reason(by["motivo"]),
        por_responsable=_by_owner(by["responsable"]),
        perdidas_por_etapa=_by_stage(by["etapa"], names),
        conversion=[conversion(*each, names) for each in _in_place(by["paso"], names)[:MOST]],
    )


def _by_reason(rows: Sequence[Row]) -> list[PorMotivo]:
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


def _by_owner(rows: Sequence[Row]) -> list[PorResponsable]:
    shown = []
    for name, own in by_key(rows).items():
        won, lost = total(own, WON), total(own, LOST)
        shown.append(
            PorResponsable(
                responsable=name or None,
                ganadas=won.cuenta,
                perdidas=lost.cuenta,
                valor_ganado=won.valor,
                valor_perdido=lost.valor,
                tasa_exito=percent(won.cuenta, won.cuenta + lost.cuenta),
                dias_medios_hasta_ganar=mean_days(won.segundos, won.cuenta),
            )
        )
    shown.sort(key=lambda row: (-row.valor_ganado, -row.ganadas, row.responsable or ""))
    return shown[:MOST]


def _by_stage(rows: Sequence[Row], names: Mapping[str, tuple[int, str]]) -> list[PorEtapa]:
    lost = sorted(
        (row for row in rows if row.resultado == LOST), key=lambda row: (names[row.clave], row.clave)
    )
    return [
        PorEtapa(etapa_id=row.clave, etapa=names[row.clave][1], oportunidades=row.cuenta, valor=row.valor)
        for row in lost[:MOST]
    ]


def conversion(etapa_id: str, own: Sequence[Row], names: Mapping[str, tuple[int, str]]) -> Conversion:
    """How the stays in a stage ended."""
    ways = {row.resultado: row.cuenta for row in own}
    everything = total(own)
    return Conversion(
        etapa_id=etapa_id,
        etapa=names[etapa_id][1],
        salidas=everything.cuenta,
        avanzan=ways.get("avanza", 0),
        retroceden=ways.get("retrocede", 0),
        a_otro_embudo=ways.get("otro_embudo", 0),
        ganadas=ways.get(WON, 0),
        perdidas=ways.get(LOST, 0),
        tasa=percent(total(own, *_FORWARD).cuenta, everything.cuenta),
        dias_medios=mean_days(everything.segundos, everything.cuenta),
    )


def _in_place(rows: Sequence[Row], names: Mapping[str, tuple[int, str]]) -> list[tuple[str, list[Row]]]:
    return sorted(by_key(rows).items(), key=lambda each: (names[each[0]], each[0]))


def _velocity(won: Row) -> Decimal | None:
    """Euros a day: what was won × how many ÷ Σ days that each took, which is won ÷ mean days."""
    if not won.segundos:
        return None
    return (won.valor * won.cuenta * DAY / won.segundos).quantize(_CENT, ROUND_HALF_UP)
