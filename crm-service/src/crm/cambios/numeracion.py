"""The numbers of changes: given after their commit, so that a reader who has seen one has seen all before it.

Guarantee: the numbers of a company are 1, 2, 3… without gaps; a transaction that is slow to commit gets later
numbers, and never one that a reader has passed; changes of one resource are numbered as they were committed.
Kept by: only committed rows are numbered, by one at a time in each company, in the order they were written.
"""

import hashlib
from typing import Any

from sqlalchemy import literal_column, text, update
from sqlmodel import Session, col, func, select

from crm.auditoria import Cambio

AT_ONCE = 2_000
"""How many changes are numbered in one transaction."""


def numerar(session: Session, empresa_id: str) -> None:
    """Number up to AT_ONCE changes of the company that have no number yet, in the caller's transaction.

    On PostgreSQL whoever comes second waits for the first: the transaction should end soon.
    """
    order: list[Any] = [col(Cambio.orden)]
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _lock(empresa_id)})
    else:
        order.append(literal_column("rowid"))
    base = select(func.coalesce(func.max(Cambio.numero), 0)).where(
        Cambio.empresa_id == empresa_id, col(Cambio.numero) > 0
    )
    first = (
        select(col(Cambio.id), func.row_number().over(order_by=order).label("place"))
        .where(Cambio.empresa_id == empresa_id, col(Cambio.numero).is_(None))
        .order_by(*order)
        .limit(AT_ONCE)
        .subquery()
    )
    waiting = select(first.c.id, (first.c.place + base.scalar_subquery()).label("numero")).subquery()
    numbered = update(Cambio).where(col(Cambio.empresa_id) == empresa_id, col(Cambio.id) == waiting.c.id)
    session.connection().execute(numbered.values(numero=waiting.c.numero))


def al_dia(session: Session, empresa_id: str) -> None:
    """Number all that is committed, in the caller's transaction."""
    while sin_numerar(session, empresa_id):
        numerar(session, empresa_id)


def sin_numerar(session: Session, empresa_id: str) -> bool:
    """Whether a change of the company waits for its number (index `idx_cambios_sin_numero`)."""
    query = select(Cambio.id).where(Cambio.empresa_id == empresa_id, col(Cambio.numero).is_(None))
    return session.exec(query.limit(1)).first() is not None


def ultimo(session: Session, empresa_id: str) -> int:
    """The last number that was given in the company; 0 before the first (index `uq_cambios_numero`)."""
    query = select(Cambio.numero).where(Cambio.empresa_id == empresa_id, col(Cambio.numero) > 0)
    return session.exec(query.order_by(col(Cambio.numero).desc()).limit(1)).first() or 0


def _lock(empresa_id: str) -> int:
    digest = hashlib.sha256(f"cambios de {empresa_id}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
