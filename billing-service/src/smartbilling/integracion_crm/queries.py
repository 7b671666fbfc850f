"""Reads of the delivery to the CRM."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from .models import FALLIDO, PENDIENTE, DestinoCrm, MensajeCrm, PausaCrm

SHOWN = 20
"""Messages of each kind that are shown."""


def pendientes(session: Session, empresa_id: str | None = None) -> int:
    """How many messages wait, of one company or of all."""
    return _count(session, PENDIENTE, empresa_id)


def fallidos(session: Session, empresa_id: str | None = None) -> int:
    """How many messages the CRM refused for good, of one company or of all."""
    return _count(session, FALLIDO, empresa_id)


def mas_antiguo(session: Session, empresa_id: str) -> datetime | None:
    """Since when the company's oldest message waits; None when none does (index `idx_mensajes_antiguos`)."""
    mine = col(MensajeCrm.empresa_id) == empresa_id
    return session.scalar(select(func.min(col(MensajeCrm.creado))).where(PENDIENTE, mine))


def mas_antiguo_de_todas(session: Session) -> datetime | None:
    """Since when the oldest message of all waits: two looks at an index for each company that has one."""
    company = col(MensajeCrm.empresa_id)
    companies = select(func.min(company).label("id")).where(PENDIENTE).cte("empresas", recursive=True)
    following = select(func.min(company)).where(PENDIENTE, company > companies.c.id).scalar_subquery()
    companies = companies.union_all(select(following).where(companies.c.id.is_not(None)))
    oldest = select(func.min(col(MensajeCrm.creado))).where(PENDIENTE, company == companies.c.id)
    return session.scalar(select(func.min(oldest.scalar_subquery())).where(companies.c.id.is_not(None)))


def pausadas(session: Session) -> int:
    """How many companies' credentials the CRM refuses."""
    return session.scalar(select(func.count()).select_from(PausaCrm)) or 0


def _count(session: Session, which: ColumnElement[bool], empresa_id: str | None) -> int:
    query = select(func.count()).select_from(MensajeCrm).where(which, *_of(empresa_id))
    return session.scalar(query) or 0


def _of(empresa_id: str | None) -> list[ColumnElement[bool]]:
    return [] if empresa_id is None else [col(MensajeCrm.empresa_id) == empresa_id]


def ultimos_fallidos(session: Session, empresa_id: str) -> Sequence[MensajeCrm]:
    """The company's last dead letters, newest first (index `idx_mensajes_fallidos`)."""
    return session.scalars(
        select(MensajeCrm)
        .where(col(MensajeCrm.empresa_id) == empresa_id, FALLIDO)
        .order_by(col(MensajeCrm.id).desc())
        .limit(SHOWN)
    ).all()


def en_espera(session: Session, empresa_id: str, ahora: datetime) -> Sequence[MensajeCrm]:
    """The messages that were tried in vain and wait, those that wait less first."""
    return session.scalars(
        select(MensajeCrm)
        .join(
            DestinoCrm,
            (col(DestinoCrm.empresa_id) == MensajeCrm.empresa_id)
            & (col(DestinoCrm.clave) == MensajeCrm.destino),
        )
        .where(
            col(DestinoCrm.empresa_id) == empresa_id,
            col(DestinoCrm.proximo) > ahora,
            PENDIENTE,
            col(MensajeCrm.intentos) > 0,
        )
        .order_by(col(DestinoCrm.proximo))
        .limit(SHOWN)
    ).all()


def pausa(session: Session, empresa_id: str) -> PausaCrm | None:
    """Why nothing of the company is sent; None when it is."""
    return session.get(PausaCrm, empresa_id)
