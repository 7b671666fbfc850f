"""Which clients are due, and the lease that gives one to one worker only.

Guarantee: no two workers visit a client at once, and no company waits for another's backlog. Kept by: a lease
with an end on the client's row, taken under its lock (SKIP LOCKED on PostgreSQL; on SQLite one process
writes); an index led by the company, of which each gets its share. Leases of workers that are no more end
early: see `presence`.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_, update
from sqlmodel import Session, col

from .models import PENDIENTE, DestinoCrm, EntregaFactura, MensajeCrm, PausaCrm
from .outbox import SIN_IDENTIFICAR
from .visits import Pendiente, Visita

LEASE = timedelta(seconds=30)
BATCH = 20
"""Messages of one client that a visit takes up at most."""


def is_due(session: Session, now: datetime) -> bool:
    """Whether any client waits for a visit."""
    return session.execute(_companies(now).limit(1)).first() is not None


def claim(session: Session, owner: str, now: datetime, slots: int, after: str) -> list[Visita]:
    """Lease up to `slots` due clients to `owner`, each company a share, starting past the company `after`."""
    companies = sorted(
        session.scalars(_companies(now)), key=lambda empresa_id: (empresa_id <= after, empresa_id)
    )
    share = -(-slots // max(1, min(len(companies), slots)))
    claimed: list[Visita] = []
    for empresa_id in companies:
        wanted = min(share, slots - len(claimed))
        if wanted <= 0:
            break
        claimed += _lease(session, owner, now, empresa_id, wanted)
    return claimed


def holders(session: Session) -> set[str]:
    """Who has leases."""
    leased = select(col(DestinoCrm.arrendado_por)).where(col(DestinoCrm.arrendado_por).is_not(None))
    return set(session.scalars(leased.distinct()))


def free_leases(session: Session, owners: Collection[str]) -> int:
    """End the leases of `owners`, who are no more; how many were.

    Those of clients that somebody is writing to are left for the next time.
    """
    rows = session.execute(
        select(col(DestinoCrm.empresa_id), col(DestinoCrm.clave))
        .where(col(DestinoCrm.arrendado_por).in_(owners))
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        here = tuple_(col(DestinoCrm.empresa_id), col(DestinoCrm.clave)).in_([tuple(row) for row in rows])
        session.execute(update(DestinoCrm).where(here).values(arrendado_por=None, arrendado_hasta=None))
    return len(rows)


def _lease(session: Session, owner: str, now: datetime, empresa_id: str, wanted: int) -> list[Visita]:
    until = now + LEASE
    due = (
        select(col(DestinoCrm.clave), col(DestinoCrm.cliente_id))
        .where(col(DestinoCrm.empresa_id) == empresa_id, *_due(now))
        .order_by(col(DestinoCrm.proximo))
        .limit(wanted)
        .with_for_update(skip_locked=True)
    )
    found = session.execute(due).all()
    if not found:
        return []
    session.execute(
        update(DestinoCrm)
        .where(
            col(DestinoCrm.empresa_id) == empresa_id, col(DestinoCrm.clave).in_([clave for clave, _ in found])
        )
        .values(arrendado_por=owner, arrendado_hasta=until)
    )
    return [
        Visita(empresa_id, clave, cliente_id, until, _messages(session, empresa_id, clave))
        for clave, cliente_id in found
    ]


def _messages(session: Session, empresa_id: str, clave: str) -> list[Pendiente]:
    rows = session.execute(
        select(
            col(MensajeCrm.id),
            col(MensajeCrm.factura_id),
            col(MensajeCrm.cliente),
            col(MensajeCrm.actividad),
            col(MensajeCrm.intentos),
            col(MensajeCrm.creado),
            col(MensajeCrm.peticion),
        )
        .where(
            col(MensajeCrm.empresa_id) == empresa_id,
            col(MensajeCrm.destino) == clave,
            PENDIENTE,
        )
        .order_by(col(MensajeCrm.orden))
        .limit(BATCH)
    ).all()
    following = [row.factura_id for row in rows if row.cliente is None or clave == SIN_IDENTIFICAR]
    known = _clients_of(session, empresa_id, following) if following else {}
    return [replace(Pendiente(*row), cliente_id=known.get(row.factura_id)) for row in rows]


def _clients_of(session: Session, empresa_id: str, facturas: Sequence[str]) -> dict[str, str | None]:
    """Which CRM client each invoice was told of: the unidentified have one each."""
    rows = session.execute(
        select(col(EntregaFactura.factura_id), col(EntregaFactura.cliente_id)).where(
            col(EntregaFactura.empresa_id) == empresa_id, col(EntregaFactura.factura_id).in_(facturas)
        )
    )
    return {row.factura_id: row.cliente_id for row in rows}


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(col(DestinoCrm.arrendado_hasta).is_(None), col(DestinoCrm.arrendado_hasta) <= now)
    return (and_(col(DestinoCrm.proximo).is_not(None), col(DestinoCrm.proximo) <= now), free)


def _companies(now: datetime) -> Select[Any]:
    """The companies with a client to visit and no pause.

    Each costs one look at the index, however many clients it has.
    """
    waiting = col(DestinoCrm.proximo).is_not(None)
    first = select(func.min(col(DestinoCrm.empresa_id)).label("id")).where(waiting)
    companies = first.cte("empresas", recursive=True)
    following = (
        select(func.min(col(DestinoCrm.empresa_id)))
        .where(waiting, col(DestinoCrm.empresa_id) > companies.c.id)
        .scalar_subquery()
    )
    companies = companies.union_all(select(following).where(companies.c.id.is_not(None)))
    due = exists().where(col(DestinoCrm.empresa_id) == companies.c.id, *_due(now))
    paused = exists().where(col(PausaCrm.empresa_id) == companies.c.id, col(PausaCrm.hasta) > now)
    return select(companies.c.id).where(companies.c.id.is_not(None), due, ~paused)
