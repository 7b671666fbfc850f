"""Use cases of the activities room: each runs in its caller's transaction."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col

from contratos.crm import ActividadNueva
from crm import cifras, clientes, historial
from crm.auditoria import Acto, anotar
from http_rules import check_version, new_id
from storage import insert_or_ignore

from . import queries
from .models import Actividad

_TOLD = {"tipo", "titulo", "descripcion", "fecha", "archivado"}


def crear(session: Session, acto: Acto, cliente_id: str, nueva: ActividadNueva) -> tuple[Actividad, bool]:
    """Add an activity to a client, archived or not, and whether it was added now.

    A fact of another program (`origen` and `referencia_externa`) that was told before is not added again:
    the answer is the activity that tells of it. Raises NotFound.
    """
    clientes.existente(session, acto.empresa_id, cliente_id)
    values = nueva.model_dump() | {
        "empresa_id": acto.empresa_id,
        "id": new_id("act"),
        "cliente_id": cliente_id,
        "agenda": nueva.vence or nueva.fecha,
        "version": 1,
        "archivado": False,
        "creado": acto.ahora,
        "actualizado": acto.ahora,
    }
    statement = insert_or_ignore(session, Actividad, values, returning=col(Actividad.id))
    if session.connection().execute(statement).first() is None:
        return _told_before(session, acto.empresa_id, nueva), False
    actividad = queries.existente(session, acto.empresa_id, values["id"])
    _tell(session, actividad)
    cifras.sumar(session, acto.empresa_id, {}, actividad.figures())
    anotar(session, acto, "actividad_creada", actividad.id, nueva.model_dump(exclude_none=True))
    return actividad, True


def modificar(
    session: Session, acto: Acto, actividad_id: str, valores: Mapping[str, Any], if_match: str | None
) -> Actividad:
    """Change the fields given; `archivado` puts it away or brings it back.

    Raises NotFound or StaleVersion.
    """
    actividad = queries.existente(session, acto.empresa_id, actividad_id, lock=True)
    check_version(if_match, actividad.version)
    figures = actividad.figures()
    agenda = valores.get("vence", actividad.vence) or valores.get("fecha", actividad.fecha)
    changed = actividad.change({**valores, "agenda": agenda}, acto.ahora)
    if not changed:
        return actividad
    session.flush()
    if not _TOLD.isdisjoint(changed):
        _tell(session, actividad)
    cifras.sumar(session, acto.empresa_id, figures, actividad.figures())
    anotar(session, acto, "actividad_modificada", actividad.id, changed)
    return actividad


def archivar(session: Session, acto: Acto, actividad_id: str, if_match: str | None) -> None:
    """Put an activity away; one that is away stays so. Raises NotFound or StaleVersion."""
    modificar(session, acto, actividad_id, {"archivado": True}, if_match)


def _told_before(session: Session, empresa_id: str, nueva: ActividadNueva) -> Actividad:
    origen, referencia = nueva.origen, nueva.referencia_externa
    if origen is None or referencia is None:
        raise RuntimeError("an activity without reference was not inserted")
    return queries.con_referencia(session, empresa_id, origen, referencia)


def _tell(session: Session, actividad: Actividad) -> None:
    """Put the activity in its client's timeline, as it now is."""
    if actividad.archivado:
        historial.quitar_actividad(session, actividad.empresa_id, actividad.id)
    else:
        historial.de_actividad(session, actividad)
