"""Make the demo's past by the services' own use cases."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, select

from crm import clientes, empresas
from crm.auditoria import Acto
from storage import Database

from .seed import Semilla
from .story import Story

_ACTOR = "demo"


def build(
    database: Database,
    empresa_id: str,
    semilla: Semilla,
    ahora: datetime,
    progress: Callable[[int, int], None],
) -> None:
    """All of it in one transaction, or nothing; and nothing for a company that has clients already."""
    with database.unit_of_work() as session:
        if _has_clients(session, empresa_id):
            return
        facts = Story(semilla, empresas.zona(session, empresa_id), ahora).facts()
        for done, fact in enumerate(facts, 1):
            fact.deed(session, Acto(empresa_id, _ACTOR, fact.when))
            if done % 25 == 0 or done == len(facts):
                progress(done, len(facts))


def _has_clients(session: Session, empresa_id: str) -> bool:
    any_client = select(clientes.Cliente.id).where(clientes.Cliente.empresa_id == empresa_id).limit(1)
    return session.exec(any_client).first() is not None
