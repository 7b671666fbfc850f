"""Reads of the contacts room."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound
from http_rules import Orden

from .models import Contacto

_BY_DATE = (col(Contacto.creado), col(Contacto.id))
ORDENES: Mapping[str, Orden] = {
    "-creado": Orden(_BY_DATE, lambda row: (row.creado, row.id)),
    "creado": Orden(_BY_DATE, lambda row: (row.creado, row.id), descending=False),
}


def lista(empresa_id: str, cliente_id: str | None, *, archivados: bool) -> SelectOfScalar[Contacto]:
    """The contacts of a client, or of all."""
    query = select(Contacto).where(Contacto.empresa_id == empresa_id)
    if cliente_id is not None:
        query = query.where(Contacto.cliente_id == cliente_id)
    return query if archivados else query.where(~col(Contacto.archivado))


def existente(session: Session, empresa_id: str, contacto_id: str, *, lock: bool = False) -> Contacto:
    """The contact, locked until the transaction ends if asked. Raises NotFound, for another company's too."""
    how = {"key_share": True} if lock else None
    contacto = session.get(Contacto, (empresa_id, contacto_id), with_for_update=how, populate_existing=lock)
    if contacto is None:
        raise NotFound("No hay ningún contacto con ese identificador.")
    return contacto


def con_correo(session: Session, empresa_id: str, correos: Collection[str]) -> Sequence[Contacto]:
    """The live contacts with one of these e-mails, given without capitals (index `idx_contactos_email`)."""
    query = select(Contacto).where(
        Contacto.empresa_id == empresa_id,
        func.lower(col(Contacto.email)).in_(list(correos)),
        ~col(Contacto.archivado),
    )
    return session.exec(query.order_by(col(Contacto.id))).all()
