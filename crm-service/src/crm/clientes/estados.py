"""The states that a client has been in: a row for each, since when and why.

The company's turn is taken by whoever changes a client, so that one state ends as the next begins.
"""

from collections.abc import Mapping

from sqlalchemy import Update, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from crm.auditoria import Acto
from crm.db import later
from crm.db.rows import write_values, written
from http_rules import Orden

from .models import Cliente, EstadoVivido

_BY_NUMBER = (col(EstadoVivido.numero),)
ORDENES: Mapping[str, Orden] = {
    "-desde": Orden(_BY_NUMBER, lambda row: (row.numero,)),
    "desde": Orden(_BY_NUMBER, lambda row: (row.numero,), descending=False),
}


def begin(session: Session, acto: Acto, cliente: Cliente, numero: int = 1) -> None:
    """The client comes into the state that it has now."""
    state = {
        "empresa_id": acto.empresa_id,
        "cliente_id": cliente.id,
        "numero": numero,
        "estado": cliente.estado,
        "desde": acto.ahora,
        "hasta": None,
        "motivo": cliente.motivo_estado,
        "actor": acto.actor,
    }
    write_values(session, EstadoVivido, state)


def change(session: Session, acto: Acto, cliente: Cliente) -> None:
    """The state that the client was in ends, and another begins."""
    later.settle(session, written)
    ended = _now(cliente).values(hasta=acto.ahora).returning(col(EstadoVivido.numero))
    begin(session, acto, cliente, session.execute(ended).scalar_one() + 1)


def correct(session: Session, cliente: Cliente) -> None:
    """The reason for the state that the client is in is another one."""
    later.settle(session, written)
    session.execute(_now(cliente).values(motivo=cliente.motivo_estado))


def of_client(empresa_id: str, cliente_id: str) -> SelectOfScalar[EstadoVivido]:
    """The states of a client, the one it is in now too (the primary key)."""
    return select(EstadoVivido).where(
        EstadoVivido.empresa_id == empresa_id, EstadoVivido.cliente_id == cliente_id
    )


def _now(cliente: Cliente) -> Update:
    return update(EstadoVivido).where(
        col(EstadoVivido.empresa_id) == cliente.empresa_id,
        col(EstadoVivido.cliente_id) == cliente.id,
        col(EstadoVivido.hasta).is_(None),
    )
