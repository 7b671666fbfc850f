"""What an activity names beside its client: contacts of the company, and an opportunity of the client's."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from contratos import NotFound, invalid
from crm.contactos import Contacto


def comprobar(session: Session, empresa_id: str, cliente_id: str, valores: Mapping[str, Any]) -> None:
    """See that what `valores` name is there.

    Raises NotFound, for another company's too, or InvalidData for an opportunity of another client's.
    """
    ids = {each["contacto_id"] for each in valores.get("participantes") or ()}
    ids |= {valores.get("contacto_id")}
    _contacts(session, empresa_id, ids - {None})
    if oportunidad_id := valores.get("oportunidad_id"):
        _opportunity(session, empresa_id, cliente_id, oportunidad_id)


def _contacts(session: Session, empresa_id: str, ids: set[str]) -> None:
    if not ids:
        return
    query = select(Contacto.id).where(Contacto.empresa_id == empresa_id, col(Contacto.id).in_(ids))
    if set(session.exec(query)) != ids:
        raise NotFound("No hay ningún contacto con ese identificador.")


def _opportunity(session: Session, empresa_id: str, cliente_id: str, oportunidad_id: str) -> None:
    """By the table alone: the opportunities room looks at activities, and no two rooms at each other."""
    table = SQLModel.metadata.tables["oportunidades"].c
    query = select(table.cliente_id).where(table.empresa_id == empresa_id, table.id == oportunidad_id)
    owner = session.execute(query).scalar_one_or_none()
    if owner is None:
        raise NotFound("No hay ninguna oportunidad con ese identificador.")
    if owner != cliente_id:
        raise invalid("oportunidad_id", "de_otro_cliente", "Es de otro cliente: elige una de este.")
