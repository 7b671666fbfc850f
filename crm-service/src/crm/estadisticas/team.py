"""The figures of owners and stages, and the velocity: running figures of days, and what is open now."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session, col

from crm import actividades, etapas
from crm.etapas import Etapa
from crm.oportunidades import DAY

from . import open_deals, sums, volumes
from .analysis import FiltrosAnalisis
from .rates import mean_days, mean_euros, percent
from .team_schemas import (
    ActividadesDeResponsable,
    CifrasDeEtapa,
    Etapas,
    FiltrosResponsables,
    FiltrosVelocidad,
    OportunidadesDeResponsable,
    Responsable,
    Responsables,
    Velocidad,
)
from .ventas import conversion

MOST = 100
"""Owners that are shown."""
_CENT = Decimal("0.01")
_BY_OWNER, _BY_STAY = "responsable", "paso"


def responsables(
    session: Session,
    empresa_id: str,
    filtros: FiltrosResponsables,
    dias: tuple[date, date],
    zona: ZoneInfo,
    ahora: datetime,
) -> Responsables:
    """What each owner has done and has to do of those days, what is open, and what was won and lost."""
    which = sums.Which(*dias, filtros.embudo_id)
    ended = sums.by_key(sums.rows(session, empresa_id, which, _BY_OWNER)[_BY_OWNER])
    opened = open_deals.by_owner(session, empresa_id, filtros.embudo_id)
    done = volumes.por_responsable(session, empresa_id, *dias)
    overdue = actividades.vencidas_por_responsable(session, empresa_id, dias, zona, ahora)
    names = {*ended, *opened, *done, *overdue}
    if filtros.responsable is not None:
        names &= {filtros.responsable}
    shown = [
        Responsable(
            responsable=name or None,
            actividades=_activities(done.get(name, (0, 0)), overdue.get(name, 0)),
            oportunidades=_deals(ended.get(name, []), opened.get(name, open_deals.NOTHING)),
        )
        for name in names
    ]
    shown.sort(
        key=lambda row: (-row.oportunidades.valor_ganado, -row.actividades.hechas, row.responsable or "")
    )
    desde, hasta = dias
    return Responsables(desde=desde, hasta=hasta, embudo_id=filtros.embudo_id, responsables=shown[:MOST])


def cifras_de_etapas(session: Session, empresa_id: str, filtros: FiltrosAnalisis, ahora: datetime) -> Etapas:
    """What stands in each stage, how much of it is stuck, and how it was left."""
    query = etapas.de_empresa(empresa_id, filtros.embudo_id)
    rows = session.exec(query.order_by(col(Etapa.embudo_id), col(Etapa.posicion), col(Etapa.id))).all()
    which = sums.Which(filtros.desde, filtros.hasta, filtros.embudo_id)
    left = sums.by_key(sums.rows(session, empresa_id, which, _BY_STAY)[_BY_STAY])
    opened = open_deals.by_stage(session, empresa_id, filtros.embudo_id)
    stuck = open_deals.stuck(session, empresa_id, filtros.embudo_id, ahora)
    names = {etapa.id: (etapa.posicion, etapa.nombre) for etapa in rows}
    shown = []
    for etapa in rows:
        many, valor = opened.get(etapa.id, open_deals.NOTHING)
        late, value_late = stuck.get(etapa.id, open_deals.NOTHING)
        shown.append(
            CifrasDeEtapa(
                etapa_id=etapa.id,
                etapa=etapa.nombre,
                embudo_id=etapa.embudo_id,
                dias_maximos=etapa.dias_maximos,
                abiertas=many,
                valor_abiertas=valor,
                atascadas=late,
                valor_atascadas=value_late,
                salidas=conversion(etapa.id, left[etapa.id], names) if etapa.id in left else None,
            )
        )
    return Etapas(desde=filtros.desde, hasta=filtros.hasta, embudo_id=filtros.embudo_id, etapas=shown)


def velocidad(session: Session, empresa_id: str, filtros: FiltrosVelocidad) -> Velocidad:
    """Open × win rate × mean value won ÷ mean days to win, in euros a day, rounded once."""
    which = sums.Which(filtros.desde, filtros.hasta, filtros.embudo_id)
    ended = sums.rows(session, empresa_id, which, _BY_OWNER)[_BY_OWNER]
    if filtros.responsable is not None:
        ended = [row for row in ended if row.clave == filtros.responsable]
    won, lost = (sums.total(ended, end) for end in (sums.WON, sums.LOST))
    opened = open_deals.count(session, empresa_id, filtros.embudo_id, filtros.responsable)
    closed = won.cuenta + lost.cuenta
    speed = (
        (opened * won.valor * won.cuenta * DAY / (closed * won.segundos)).quantize(_CENT, ROUND_HALF_UP)
        if won.segundos
        else None
    )
    return Velocidad(
        desde=filtros.desde,
        hasta=filtros.hasta,
        embudo_id=filtros.embudo_id,
        responsable=filtros.responsable,
        abiertas=opened,
        tasa_exito=percent(won.cuenta, closed),
        valor_medio=mean_euros(won.valor, won.cuenta),
        dias_medios_hasta_ganar=mean_days(won.segundos, won.cuenta),
        velocidad=speed,
    )


def _activities(counts: tuple[int, int], vencidas: int) -> ActividadesDeResponsable:
    hechas, pendientes = counts
    return ActividadesDeResponsable(hechas=hechas, pendientes=pendientes, vencidas=vencidas)


def _deals(ended: list[sums.Row], opened: open_deals.Sum) -> OportunidadesDeResponsable:
    won, lost = (sums.total(ended, end) for end in (sums.WON, sums.LOST))
    return OportunidadesDeResponsable(
        abiertas=opened[0],
        valor_abiertas=opened[1],
        ganadas=won.cuenta,
        valor_ganado=won.valor,
        perdidas=lost.cuenta,
        valor_perdido=lost.valor,
        tasa_exito=percent(won.cuenta, won.cuenta + lost.cuenta),
        dias_medios_hasta_ganar=mean_days(won.segundos, won.cuenta),
    )
