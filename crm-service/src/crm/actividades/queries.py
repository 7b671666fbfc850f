"""Reads of the activities room."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, literal_column, not_, or_, union
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound, invalid
from crm.busqueda import Tipo, con_palabras
from crm.clientes import actual
from http_rules import Orden

from . import subtipos
from .models import Actividad, Participante
from .schemas import (
    FiltrosActividades,
    FiltrosAgenda,
    FiltrosDelCliente,
    FiltrosRecordatorios,
    Prioridad,
)

_A_FEW = 200
_BY_DATE = (col(Actividad.fecha), col(Actividad.id))
_BY_AGENDA = (col(Actividad.agenda), col(Actividad.id))
ORDENES: Mapping[str, Orden] = {
    "-fecha": Orden(_BY_DATE, lambda row: (row.fecha, row.id)),
    "fecha": Orden(_BY_DATE, lambda row: (row.fecha, row.id), descending=False),
    "vence": Orden(_BY_AGENDA, lambda row: (row.agenda, row.id), descending=False),
    "-vence": Orden(_BY_AGENDA, lambda row: (row.agenda, row.id)),
}
DE_AGENDA: Mapping[str, Orden] = {name: ORDENES[name] for name in ("vence", "-vence")}
_BY_REMINDER = (col(Actividad.recordatorio), col(Actividad.id))
DE_RECORDATORIOS: Mapping[str, Orden] = {
    "recordatorio": Orden(_BY_REMINDER, lambda row: (row.recordatorio, row.id), descending=False),
    "-recordatorio": Orden(_BY_REMINDER, lambda row: (row.recordatorio, row.id)),
}
_TO_BE_DONE: list[ColumnElement[str]] = [
    literal_column(f"'{tipo}'") for tipo in ("llamada", "email", "reunion", "tarea")
]
"""Literally, as in the condition of the indexes of the agenda: a bound value would not be known to match."""


def de_cliente(
    session: Session, empresa_id: str, cliente_id: str, filtros: FiltrosDelCliente | FiltrosActividades
) -> SelectOfScalar[Actividad]:
    """The activities of a client that the filters let through (index `idx_actividades_cliente_fecha`)."""
    return _filtered(session, empresa_id, filtros).where(Actividad.cliente_id == cliente_id)


def de_todos(
    session: Session, empresa_id: str, filtros: FiltrosActividades, zona: ZoneInfo, ahora: datetime
) -> SelectOfScalar[Actividad]:
    """The activities of all clients that the filters let through; days begin and end in `zona`."""
    query = (
        _filtered(session, empresa_id, filtros)
        if filtros.cliente_id is None
        else de_cliente(session, empresa_id, actual(session, empresa_id, filtros.cliente_id), filtros)
    )
    if filtros.vencidas is not None:
        overdue = _overdue(ahora)
        query = query.where(overdue if filtros.vencidas else not_(overdue))
    for name in ("origen", "referencia_externa"):
        if (wanted := getattr(filtros, name)) is not None:
            query = query.where(getattr(Actividad, name) == wanted)
    if filtros.desde is not None:
        query = query.where(col(Actividad.fecha) >= _midnight(filtros.desde, zona))
    if filtros.hasta is not None:
        query = query.where(col(Actividad.fecha) < _midnight(filtros.hasta + timedelta(days=1), zona))
    return query


def notas(empresa_id: str, cliente_id: str, *, archivados: bool) -> SelectOfScalar[Actividad]:
    """The notes of a client (index `idx_actividades_cliente_fecha`)."""
    query = select(Actividad).where(
        Actividad.empresa_id == empresa_id, Actividad.cliente_id == cliente_id, Actividad.tipo == "nota"
    )
    return query if archivados else query.where(~col(Actividad.archivado))


def agenda(
    empresa_id: str, filtros: FiltrosAgenda, zona: ZoneInfo, ahora: datetime
) -> SelectOfScalar[Actividad]:
    """What is to be done on some days of `zona` and, unless it is left out, what should have been already.

    What is late comes before, being earlier (indexes `idx_actividades_agenda_…`). What is a note, a sale or a
    payment without a deadline is nothing to do. Raises InvalidData when the days end before they begin.
    """
    first = filtros.desde or filtros.hasta or ahora.astimezone(zona).date()
    last = filtros.hasta or first
    if last < first:
        raise invalid("hasta", "periodo_al_reves", "El último día es anterior al primero: cámbialos.")
    start, end = _midnight(first, zona), _midnight(last + timedelta(days=1), zona)
    due = col(Actividad.agenda)
    when = (
        (or_(due >= start, due < ahora), due < max(end, ahora))
        if filtros.atrasadas
        else (due >= start, due < end)
    )
    to_do = or_(col(Actividad.vence).is_not(None), col(Actividad.tipo).in_(_TO_BE_DONE))
    query = _pending(empresa_id).where(to_do, *when)
    return query if filtros.responsable is None else query.where(Actividad.responsable == filtros.responsable)


def recordatorios(
    empresa_id: str, filtros: FiltrosRecordatorios, ahora: datetime
) -> SelectOfScalar[Actividad]:
    """What is to be done and whose reminder is due (index `idx_actividades_recordatorio`)."""
    when = col(Actividad.recordatorio)
    query = _pending(empresa_id).where(when.is_not(None), when <= ahora)
    return query if filtros.responsable is None else query.where(Actividad.responsable == filtros.responsable)


def vencidas(session: Session, empresa_id: str, ahora: datetime) -> int:
    """How many activities are not done though their time is up (index `idx_actividades_pendientes`)."""
    live = (Actividad.empresa_id == empresa_id, ~col(Actividad.archivado))
    return session.exec(select(func.count()).select_from(Actividad).where(*live, _overdue(ahora))).one()


def vencidas_por_responsable(
    session: Session, empresa_id: str, dias: tuple[date, date], zona: ZoneInfo, ahora: datetime
) -> dict[str, int]:
    """Of each owner, '' being nobody, how many dated on these days, both in, are late.

    Counted in the index `idx_actividades_pendientes`, no row being read.
    """
    first, last = dias
    owner = func.coalesce(col(Actividad.responsable), "")
    dated = func.coalesce(
        col(Actividad.fecha), col(Actividad.vence)
    )  # else SQLite would read all of these days
    rows = session.exec(
        select(owner, func.count())
        .where(Actividad.empresa_id == empresa_id, ~col(Actividad.archivado), _overdue(ahora))
        .where(dated >= _midnight(first, zona), dated < _midnight(last + timedelta(days=1), zona))
        .group_by(owner)
    )
    return dict(rows.all())


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


def de_referencia(session: Session, empresa_id: str, origen: str, referencia: str) -> Actividad | None:
    """The activity, archived or not, that another program calls so, if there is one."""
    return session.exec(
        select(Actividad).where(
            Actividad.empresa_id == empresa_id,
            Actividad.origen == origen,
            Actividad.referencia_externa == referencia,
        )
    ).first()


def en_fecha(
    session: Session, empresa_id: str, cliente_id: str, fecha: datetime, titulo: str
) -> Sequence[Actividad]:
    """The first few of a client with that title at that instant (index `idx_actividades_cliente_fecha`)."""
    query = select(Actividad).where(
        Actividad.empresa_id == empresa_id,
        Actividad.cliente_id == cliente_id,
        Actividad.fecha == fecha,
        Actividad.titulo == titulo,
    )
    return session.exec(query.order_by(col(Actividad.id)).limit(_A_FEW)).all()


def con_referencia(session: Session, empresa_id: str, origen: str, referencia: str) -> Actividad:
    """The activity that tells of a fact of another program."""
    return session.exec(
        select(Actividad).where(
            Actividad.empresa_id == empresa_id,
            Actividad.origen == origen,
            Actividad.referencia_externa == referencia,
        )
    ).one()


def _filtered(
    session: Session, empresa_id: str, filtros: FiltrosDelCliente | FiltrosActividades
) -> SelectOfScalar[Actividad]:
    query = select(Actividad).where(Actividad.empresa_id == empresa_id)
    if not filtros.archivados:
        query = query.where(~col(Actividad.archivado))
    if filtros.completada is not None:
        done = col(Actividad.completada)
        query = query.where(done if filtros.completada else ~done)
    if filtros.prioridad is not None:
        level = None if filtros.prioridad is Prioridad.NORMAL else filtros.prioridad
        query = query.where(col(Actividad.prioridad) == level)
    for name in ("tipo", "responsable", "oportunidad_id"):
        if (wanted := getattr(filtros, name)) is not None:
            query = query.where(getattr(Actividad, name) == wanted)
    if filtros.subtipo is not None:
        spelt = subtipos.grafias(session, empresa_id, filtros.subtipo)
        query = query.where(col(Actividad.subtipo).in_(spelt))
    if filtros.contacto_id is not None:
        query = query.where(_with_contact(empresa_id, filtros.contacto_id))
    key = (col(Actividad.empresa_id), col(Actividad.id))
    asked, archivados = filtros.buscar, filtros.archivados
    return query.where(*con_palabras(session, empresa_id, Tipo.ACTIVIDAD, key, asked, archivados=archivados))


def _with_contact(empresa_id: str, contacto_id: str) -> ColumnElement[bool]:
    """Of this contact's, or those it takes part in: as many as one person's, then put in order."""
    own = select(Actividad.id).where(Actividad.empresa_id == empresa_id, Actividad.contacto_id == contacto_id)
    taking_part = select(Participante.actividad_id).where(
        Participante.empresa_id == empresa_id, Participante.contacto_id == contacto_id
    )
    return col(Actividad.id).in_(union(own, taking_part))


def _pending(empresa_id: str) -> SelectOfScalar[Actividad]:
    return select(Actividad).where(
        Actividad.empresa_id == empresa_id, ~col(Actividad.completada), ~col(Actividad.archivado)
    )


def _overdue(ahora: datetime) -> ColumnElement[bool]:
    return and_(~col(Actividad.completada), col(Actividad.vence).is_not(None), col(Actividad.vence) < ahora)


def _midnight(day: date, zona: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zona)
