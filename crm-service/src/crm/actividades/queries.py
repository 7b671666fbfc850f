"""Reads of the activities room."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, not_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound
from http_rules import Orden

from .models import Actividad
from .schemas import FiltrosActividades, FiltrosDelCliente

_BY_DATE = (col(Actividad.fecha), col(Actividad.id))
_BY_AGENDA = (col(Actividad.agenda), col(Actividad.id))
ORDENES: Mapping[str, Orden] = {
    "-fecha": Orden(_BY_DATE, lambda row: (row.fecha, row.id)),
    "fecha": Orden(_BY_DATE, lambda row: (row.fecha, row.id), descending=False),
    "vence": Orden(_BY_AGENDA, lambda row: (row.agenda, row.id), descending=False),
    "-vence": Orden(_BY_AGENDA, lambda row: (row.agenda, row.id)),
}


def de_cliente(
    empresa_id: str, cliente_id: str, filtros: FiltrosDelCliente | FiltrosActividades
) -> SelectOfScalar[Actividad]:
    """The activities of a client that the filters let through (index `idx_actividades_cliente_fecha`)."""
    return _filtered(empresa_id, filtros).where(Actividad.cliente_id == cliente_id)


def de_todos(
    empresa_id: str, filtros: FiltrosActividades, zona: ZoneInfo, ahora: datetime
) -> SelectOfScalar[Actividad]:
    """The activities of all clients that the filters let through; days begin and end in `zona`."""
    query = (
        _filtered(empresa_id, filtros)
        if filtros.cliente_id is None
        else de_cliente(empresa_id, filtros.cliente_id, filtros)
    )
    if filtros.vencidas is not None:
        overdue = _overdue(ahora)
        query = query.where(overdue if filtros.vencidas else not_(overdue))
    if filtros.desde is not None:
        query = query.where(col(Actividad.fecha) >= _midnight(filtros.desde, zona))
    if filtros.hasta is not None:
        query = query.where(col(Actividad.fecha) < _midnight(filtros.hasta + timedelta(days=1), zona))
    return query


def vencidas(session: Session, empresa_id: str, ahora: datetime) -> int:
    """How many activities are not done though their time is up (index `idx_actividades_pendientes`)."""
    live = (Actividad.empresa_id == empresa_id, ~col(Actividad.archivado))
    return session.exec(select(func.count()).select_from(Actividad).where(*live, _overdue(ahora))).one()


def existente(session: Session, empresa_id: str, actividad_id: str, *, lock: bool = False) -> Actividad:
    """The activity, locked until the transaction ends if asked.

    Raises NotFound, for another company's too.
    """
    how = {"key_share": True} if lock else None
    actividad = session.get(
        Actividad, (empresa_id, actividad_id), with_for_update=how, populate_existing=lock
    )
    if actividad is None:
        raise NotFound("No hay ninguna actividad con ese identificador.")
    return actividad


def con_referencia(session: Session, empresa_id: str, origen: str, referencia: str) -> Actividad:
    """The activity that tells of a fact of another program."""
    return session.exec(
        select(Actividad).where(
            Actividad.empresa_id == empresa_id,
            Actividad.origen == origen,
            Actividad.referencia_externa == referencia,
        )
    ).one()


def _filtered(empresa_id: str, filtros: FiltrosDelCliente | FiltrosActividades) -> SelectOfScalar[Actividad]:
    query = select(Actividad).where(Actividad.empresa_id == empresa_id)
    if not filtros.archivados:
        query = query.where(~col(Actividad.archivado))
    if filtros.tipo is not None:
        query = query.where(Actividad.tipo == filtros.tipo)
    if filtros.completada is not None:
        done = col(Actividad.completada)
        query = query.where(done if filtros.completada else ~done)
    return query


def _overdue(ahora: datetime) -> ColumnElement[bool]:
    return and_(~col(Actividad.completada), col(Actividad.vence).is_not(None), col(Actividad.vence) < ahora)


def _midnight(day: date, zona: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zona)
