"""A client's figures, each by an index of its rows: as much is read as there is of the client."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, or_, select, union_all
from sqlmodel import Session, col

from contratos.crm import TipoActividad
from crm import clientes, empresas
from crm.actividades import Actividad
from crm.oportunidades import Oportunidad

from . import accounts
from .client_schemas import (
    ActividadesDeTipo,
    EstadisticasDelCliente,
    MotivoDePuntos,
    OportunidadesDelCliente,
    ProximoPaso,
    Puntuacion,
    UltimoContacto,
)
from .rates import percent
from .score import Datos, puntuar

_CONTACT = ("llamada", "email", "reunion")
_TO_BE_DONE: list[ColumnElement[str]] = [
    literal_column(f"'{tipo}'") for tipo in ("llamada", "email", "reunion", "tarea")
]
"""Literally, as in the condition of the index: a bound value would not be known to match."""


def estadisticas(
    session: Session, empresa_id: str, cliente_id: str, ahora: datetime
) -> EstadisticasDelCliente:
    """The client's figures at the instant `ahora`. Raises NotFound."""
    clientes.existente(session, empresa_id, cliente_id)
    zona = empresas.zona(session, empresa_id)
    here = (col(Actividad.empresa_id) == empresa_id, col(Actividad.cliente_id) == cliente_id)
    money = accounts.de_cliente(session, empresa_id, cliente_id, zona)
    contact, step = _last_contact(session, here, ahora), _next_step(session, here, ahora)
    deals = _deals(session, empresa_id, cliente_id)
    since = None if contact is None else ahora.astimezone(zona).date() - contact.fecha.astimezone(zona).date()
    known = Datos(
        dias_sin_contacto=None if since is None else since.days,
        paso_atrasado=None if step is None else step.atrasada,
        oportunidades_abiertas=deals.abiertas,
        facturas=money.facturas,
        dias_medios_pago=money.dias_medios_pago,
        ganadas=deals.ganadas,
        perdidas=deals.perdidas,
    )
    parts = [MotivoDePuntos.model_validate(part) for part in puntuar(known)]
    return EstadisticasDelCliente(
        cliente_id=cliente_id,
        facturas=money.facturas,
        facturado=money.facturado,
        pagos=money.pagos,
        pagado=money.pagado,
        pendiente=money.facturado - money.pagado,
        dias_medios_pago=money.dias_medios_pago,
        ultimo_contacto=contact,
        proximo_paso=step,
        actividades=_by_kind(session, here),
        actividades_vencidas=_overdue(session, here, ahora),
        oportunidades=deals,
        puntuacion=Puntuacion(valor=sum(part.puntos for part in parts), motivos=parts),
    )


def _last_contact(session: Session, here: Any, ahora: datetime) -> UltimoContacto | None:
    """The latest of each kind (index `idx_actividades_cliente_tipo`), and of these the latest."""
    order = (col(Actividad.fecha).desc(), col(Actividad.id).desc())
    latest = [
        select(
            select(col(Actividad.empresa_id), col(Actividad.id))
            .where(*here, col(Actividad.tipo) == tipo)
            .where(col(Actividad.completada), ~col(Actividad.archivado), col(Actividad.fecha) <= ahora)
            .order_by(*order)
            .limit(1)
            .subquery()
        )
        for tipo in _CONTACT
    ]
    chosen = union_all(*latest).subquery()
    this = (chosen.c.empresa_id == col(Actividad.empresa_id)) & (chosen.c.id == col(Actividad.id))
    row = session.execute(select(Actividad).join(chosen, this).order_by(*order).limit(1)).scalar_one_or_none()
    return None if row is None else UltimoContacto.model_validate(_shown(row))


def _next_step(session: Session, here: Any, ahora: datetime) -> ProximoPaso | None:
    """What comes first in the client's agenda (index `idx_actividades_agenda_cliente`)."""
    order = (col(Actividad.agenda), col(Actividad.id))
    row = session.execute(
        select(Actividad).where(*here, *_pending()).order_by(*order).limit(1)
    ).scalar_one_or_none()
    if row is None:
        return None
    return ProximoPaso.model_validate(_shown(row) | {"cuando": row.agenda, "atrasada": row.agenda < ahora})


def _overdue(session: Session, here: Any, ahora: datetime) -> int:
    query = select(func.count()).select_from(Actividad).where(*here, *_pending())
    return int(session.execute(query.where(col(Actividad.vence) < ahora)).scalar_one())


def _pending() -> tuple[ColumnElement[bool], ...]:
    to_do = or_(col(Actividad.vence).is_not(None), col(Actividad.tipo).in_(_TO_BE_DONE))
    return ~col(Actividad.completada), ~col(Actividad.archivado), to_do


def _by_kind(session: Session, here: Any) -> list[ActividadesDeTipo]:
    """Counted in the index `idx_actividades_cliente_tipo`, no row being read."""
    tipo, done = col(Actividad.tipo), col(Actividad.completada)
    rows = session.execute(
        select(tipo, done, func.count()).where(*here, ~col(Actividad.archivado)).group_by(tipo, done)
    )
    counts: defaultdict[str, dict[bool, int]] = defaultdict(dict)
    for kind, completada, many in rows:
        counts[kind][bool(completada)] = many
    return [
        ActividadesDeTipo(tipo=kind, hechas=found.get(True, 0), pendientes=found.get(False, 0))
        for kind in TipoActividad
        if (found := counts.get(kind))
    ]


def _deals(session: Session, empresa_id: str, cliente_id: str) -> OportunidadesDelCliente:
    """By the client's opportunities (index `idx_oportunidades_cliente`).

    They are not grouped in SQL: an index by state would save a sort, and read the whole company.
    """
    rows = session.execute(
        select(col(Oportunidad.estado), col(Oportunidad.valor))
        .where(col(Oportunidad.empresa_id) == empresa_id, col(Oportunidad.cliente_id) == cliente_id)
        .where(~col(Oportunidad.archivado))
    )
    sums: dict[str, tuple[int, Decimal]] = {}
    for state, valor in rows:
        many, worth = sums.get(state, (0, Decimal(0)))
        sums[state] = (many + 1, worth + valor)
    (opened, worth), (won, gained), (lost, missed) = (
        sums.get(state, (0, Decimal(0))) for state in ("abierta", "ganada", "perdida")
    )
    return OportunidadesDelCliente(
        abiertas=opened,
        valor_abiertas=worth,
        ganadas=won,
        valor_ganadas=gained,
        perdidas=lost,
        valor_perdidas=missed,
        tasa_exito=percent(won, won + lost),
    )


def _shown(row: Actividad) -> dict[str, Any]:
    return row.model_dump() | {"actividad_id": row.id}
