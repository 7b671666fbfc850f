"""An opportunity taken away as if it had not been: for an import that is undone."""

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, select

from contratos import DomainError
from crm import busqueda, cifras, empresas
from crm.auditoria import Acto, anotar
from crm.db import later
from crm.db.rows import written
from crm.historial import Suceso

from . import figures, stays
from .models import Oportunidad, Paso


class OportunidadConActividades(DomainError):
    """Activities tell of the opportunity."""

    code = "oportunidad_con_actividades"
    status = 409


def borrar(session: Session, acto: Acto, oportunidad: Oportunidad) -> None:
    """Delete the opportunity with what tells of it, as if it had not been.

    Raises OportunidadConActividades.
    """
    empresa_id, oportunidad_id = oportunidad.empresa_id, oportunidad.id
    activities = SQLModel.metadata.tables["actividades"].c  # by the table: no two rooms look at each other
    named = select(activities.id).where(
        activities.empresa_id == empresa_id, activities.oportunidad_id == oportunidad_id
    )
    if session.execute(named.limit(1)).first() is not None:
        raise OportunidadConActividades("Ya tiene actividades: se queda.")
    later.settle(session, written)
    busqueda.indexar(session, empresa_id, oportunidad_id, oportunidad.tokens(), frozenset())
    cifras.sumar(session, empresa_id, oportunidad.figures(), {})
    zona = empresas.zona(session, empresa_id)
    figures.move(session, empresa_id, figures.of_row(oportunidad, zona), {})
    if not oportunidad.archivado:
        figures.move(session, empresa_id, figures.of_stays(stays.of(session, oportunidad), zona), {})
    told = (
        col(Suceso.empresa_id) == empresa_id,
        col(Suceso.cliente_id) == oportunidad.cliente_id,
        col(Suceso.recurso_id) == oportunidad_id,
    )
    stayed = (col(Paso.empresa_id) == empresa_id, col(Paso.oportunidad_id) == oportunidad_id)
    row = (col(Oportunidad.empresa_id) == empresa_id, col(Oportunidad.id) == oportunidad_id)
    session.expunge(oportunidad)
    for statement in (
        delete(Suceso).where(*told),
        delete(Paso).where(*stayed),
        delete(Oportunidad).where(*row),
    ):
        session.execute(statement)
    anotar(session, acto, "oportunidad_borrada", oportunidad_id, {"motivo": "importación revertida"})
