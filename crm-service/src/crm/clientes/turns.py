"""A company's clients are decided on one at a time: whoever looks whether one exists also makes it.

Guarantee: of two writes of a company's clients, the second sees what the first did, so no NIF, and no e-mail
that was not to be shared, comes to be twice.
Kept by: on PostgreSQL, a lock of the company's that lasts as long as the transaction, and that comes before
any row's, so that no two wait for each other; on SQLite, by its writes, which are one at a time anyway.
"""

import hashlib

from sqlalchemy import text
from sqlmodel import Session


def take(session: Session, empresa_id: str) -> None:
    """Wait for the turn to change the company's clients."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _number(empresa_id)})


def _number(empresa_id: str) -> int:
    digest = hashlib.sha256(f"clientes de {empresa_id}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
