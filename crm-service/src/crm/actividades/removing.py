"""An activity taken away as if it had not been: for an import that is undone."""

from sqlalchemy import delete
from sqlmodel import Session, col

from crm import busqueda, cifras, empresas, historial
from crm.auditoria import Acto, anotar

from . import figures
from .models import Actividad


def borrar(session: Session, acto: Acto, actividad: Actividad) -> None:
    """Delete the activity, with who takes part in it and what its client's timeline tells of it."""
    empresa_id, actividad_id = actividad.empresa_id, actividad.id
    busqueda.indexar(session, empresa_id, actividad_id, actividad.tokens(), frozenset())
    historial.quitar_actividad(session, empresa_id, actividad_id)
    cifras.sumar(session, empresa_id, actividad.figures(), {})
    zona = empresas.zona(session, empresa_id)
    figures.move(session, empresa_id, figures.of_row(actividad, zona), {})
    session.expunge(actividad)
    row = (col(Actividad.empresa_id) == empresa_id, col(Actividad.id) == actividad_id)
    session.execute(delete(Actividad).where(*row))
    anotar(session, acto, "actividad_borrada", actividad_id, {"motivo": "importación revertida"})
