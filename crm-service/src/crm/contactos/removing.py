"""A contact taken away as if it had not been: for an import that is undone."""

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, select

from contratos import DomainError
from crm import busqueda
from crm.auditoria import Acto, anotar
from crm.db import later
from crm.db.rows import written
from crm.historial import Suceso

from .links import RESOURCE
from .models import Contacto, Vinculo


class ContactoConActividades(DomainError):
    """Activities are with the contact."""

    code = "contacto_con_actividades"
    status = 409


def borrar(session: Session, acto: Acto, contacto: Contacto) -> None:
    """Delete the contact with what tells of it, but for the proof of its consents.

    The database refuses where there is such a proof, or where it takes part in something.
    Raises ContactoConActividades.
    """
    empresa_id, contacto_id = contacto.empresa_id, contacto.id
    activities = SQLModel.metadata.tables["actividades"].c  # by the table: no two rooms look at each other
    named = select(activities.id).where(
        activities.empresa_id == empresa_id, activities.contacto_id == contacto_id
    )
    if session.execute(named.limit(1)).first() is not None:
        raise ContactoConActividades("Ya tiene actividades: se queda.")
    later.settle(session, written)
    busqueda.indexar(session, empresa_id, contacto_id, contacto.tokens(), frozenset())
    linked = (col(Vinculo.empresa_id) == empresa_id, col(Vinculo.contacto_id) == contacto_id)
    session.execute(delete(Vinculo).where(*linked))
    told = (
        col(Suceso.empresa_id) == empresa_id,
        col(Suceso.cliente_id) == contacto.cliente_id,
        col(Suceso.recurso_tipo) == RESOURCE,
        col(Suceso.recurso_id) == contacto_id,
    )
    session.execute(delete(Suceso).where(*told))
    session.expunge(contacto)
    row = (col(Contacto.empresa_id) == empresa_id, col(Contacto.id) == contacto_id)
    session.execute(delete(Contacto).where(*row))
    anotar(session, acto, "contacto_borrado", contacto_id, {"motivo": "importación revertida"})
