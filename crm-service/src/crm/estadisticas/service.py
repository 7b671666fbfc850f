"""Use cases of the statistics room."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from crm import actividades, cifras, empresas

from . import conversion, team, volumes
from .periods import elegido
from .schemas import Resumen
from .team_schemas import ConversionDeClientes, FiltrosConversion, FiltrosResponsables, Responsables
from .volume_schemas import FiltrosVolumen, Volumen

_MONTH, _YEAR = 30, 365
"""The days of which figures are, unless others are asked for."""


def resumen(session: Session, empresa_id: str, ahora: datetime) -> Resumen:
    """The company's figures at the instant `ahora`."""
    totals = cifras.leer(session, empresa_id)
    return Resumen(
        total_clientes=totals.prospectos + totals.activos + totals.inactivos,
        clientes_activos=totals.activos,
        clientes_prospectos=totals.prospectos,
        clientes_inactivos=totals.inactivos,
        actividades_pendientes=totals.actividades_pendientes,
        actividades_vencidas=actividades.vencidas(session, empresa_id, ahora),
        oportunidades_abiertas=totals.oportunidades_abiertas,
        oportunidades_ganadas=totals.oportunidades_ganadas,
        oportunidades_perdidas=totals.oportunidades_perdidas,
        valor_oportunidades_abiertas=totals.valor_abiertas,
        valor_oportunidades_ganadas=totals.valor_ganadas,
    )


def responsables(
    session: Session, empresa_id: str, filtros: FiltrosResponsables, ahora: datetime
) -> Responsables:
    """What each owner does, at the instant `ahora`. Raises InvalidData for days that cannot be."""
    days, zona = _days(session, empresa_id, filtros, ahora, _MONTH)
    return team.responsables(session, empresa_id, filtros, days, zona, ahora)


def volumen(session: Session, empresa_id: str, filtros: FiltrosVolumen, ahora: datetime) -> Volumen:
    """How many activities there are. Raises InvalidData for days that cannot be."""
    days, _ = _days(session, empresa_id, filtros, ahora, _MONTH)
    return volumes.volumen(session, empresa_id, filtros, *days)


def conversion_de_clientes(
    session: Session, empresa_id: str, filtros: FiltrosConversion, ahora: datetime
) -> ConversionDeClientes:
    """How prospects become clients. Raises InvalidData for days that cannot be."""
    days, zona = _days(session, empresa_id, filtros, ahora, _YEAR)
    return conversion.conversion(session, empresa_id, filtros, days, zona)


def _days(
    session: Session,
    empresa_id: str,
    filtros: FiltrosResponsables | FiltrosVolumen | FiltrosConversion,
    ahora: datetime,
    usual: int,
) -> tuple[tuple[date, date], ZoneInfo]:
    zona = empresas.zona(session, empresa_id)
    return elegido(filtros.desde, filtros.hasta, ahora.astimezone(zona).date(), usual), zona
