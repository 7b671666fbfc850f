"""What is open now: summed in indexes of the open opportunities, none being read."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, or_, select
from sqlmodel import Session, col

from crm.etapas import Etapa
from crm.oportunidades import DAY, Oportunidad

Sum = tuple[int, Decimal]
"""How many, worth how many euros."""
NOTHING: Sum = (0, Decimal(0))
_OPEN: Any = literal_column("'abierta'")
"""Literally, as in the condition of the indexes: a bound value would not be known to match."""


def by_owner(session: Session, empresa_id: str, embudo_id: str | None) -> Mapping[str, Sum]:
    """Of each owner, '' being nobody (index `idx_oportunidades_abiertas_responsable`)."""
    owner = col(Oportunidad.responsable)
    return _summed(session, owner, empresa_id, *_of_pipeline(embudo_id))


def by_stage(session: Session, empresa_id: str, embudo_id: str | None) -> Mapping[str, Sum]:
    """Of each stage (index `idx_oportunidades_abiertas_etapa`)."""
    return _summed(session, col(Oportunidad.etapa_id), empresa_id, *_of_stages(empresa_id, embudo_id))


def stuck(session: Session, empresa_id: str, embudo_id: str | None, ahora: datetime) -> Mapping[str, Sum]:
    """Of each stage, those that have stood in it for longer than its days (the same index)."""
    query = select(col(Etapa.id), col(Etapa.dias_maximos)).where(
        col(Etapa.empresa_id) == empresa_id, col(Etapa.dias_maximos).is_not(None)
    )
    if embudo_id is not None:
        query = query.where(col(Etapa.embudo_id) == embudo_id)
    late = [
        (col(Oportunidad.etapa_id) == etapa_id)
        & (col(Oportunidad.etapa_desde) <= ahora - timedelta(seconds=days * DAY + 1))
        for etapa_id, days in session.execute(query)
    ]
    return _summed(session, col(Oportunidad.etapa_id), empresa_id, or_(*late)) if late else {}


def count(session: Session, empresa_id: str, embudo_id: str | None, responsable: str | None) -> int:
    """How many there are, of a pipeline or an owner if these are named."""
    query = select(func.count()).select_from(Oportunidad).where(*_open(empresa_id), *_of_pipeline(embudo_id))
    if responsable is not None:
        query = query.where(col(Oportunidad.responsable) == responsable)
    return int(session.execute(query).scalar_one())


def _summed(session: Session, key: Any, empresa_id: str, *which: ColumnElement[bool]) -> Mapping[str, Sum]:
    rows = session.execute(
        select(key, func.count(), func.sum(col(Oportunidad.valor)))
        .where(*_open(empresa_id), *which)
        .group_by(key)
    )
    return {each or "": (many, valor) for each, many, valor in rows}


def _open(empresa_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Oportunidad.empresa_id) == empresa_id,
        col(Oportunidad.estado) == _OPEN,
        ~col(Oportunidad.archivado),
    )


def _of_pipeline(embudo_id: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if embudo_id is None else (col(Oportunidad.embudo_id) == embudo_id,)


def _of_stages(empresa_id: str, embudo_id: str | None) -> tuple[ColumnElement[bool], ...]:
    if embudo_id is None:
        return ()
    stages = select(col(Etapa.id)).where(
        col(Etapa.empresa_id) == empresa_id, col(Etapa.embudo_id) == embudo_id
    )
    return (col(Oportunidad.etapa_id).in_(stages),)
