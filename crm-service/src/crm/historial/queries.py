"""Reads of the timeline room."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from http_rules import Orden

from .models import Suceso
from .schemas import FAMILIAS, FiltrosHistorial

_BY_DATE = (col(Suceso.fecha), col(Suceso.id))
ORDENES: Mapping[str, Orden] = {
    "-fecha": Orden(_BY_DATE, lambda row: (row.fecha, row.id)),
    "fecha": Orden(_BY_DATE, lambda row: (row.fecha, row.id), descending=False),
}


def de_cliente(
    empresa_id: str, cliente_id: str, filtros: FiltrosHistorial, zona: ZoneInfo
) -> SelectOfScalar[Suceso]:
    """The timeline of one client that the filters let through; days begin and end in `zona`.

    Goes by `idx_historial_cliente_fecha` or, for one kind, by `idx_historial_cliente_tipo`.
    """
    query = select(Suceso).where(Suceso.empresa_id == empresa_id, Suceso.cliente_id == cliente_id)
    kinds = filtros.tipos()
    if kinds:
        exact = col(Suceso.tipo).in_(kinds - FAMILIAS)
        families = (col(Suceso.tipo).startswith(f"{kind}_", autoescape=True) for kind in kinds & FAMILIAS)
        query = query.where(or_(exact, *families) if kinds & FAMILIAS else exact)
    if filtros.desde is not None:
        query = query.where(col(Suceso.fecha) >= datetime.combine(filtros.desde, time(), zona))
    if filtros.hasta is not None:
        after = datetime.combine(filtros.hasta + timedelta(days=1), time(), zona)
        query = query.where(col(Suceso.fecha) < after)
    return query
