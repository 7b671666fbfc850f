"""Use cases of the activities room: each runs in its caller's transaction."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col

from contratos.crm import ActividadNueva
from crm import cifras, clientes, historial
from crm.auditoria import Acto, anotar
from http_rules import check_version, new_id
from storage import insert_or_ignore

from . import queries
from .models import Actividad

_TOLD = {"tipo", "titulo", "descripcion", "fecha", "archivado"}
_INSERTS: dict[str, Any] = {}


def crear(session: Session, acto: Acto, cliente_id: str, nueva: ActividadNueva) -> tuple[Actividad, bool]:
    """Add an activity to a client, archived or not, and whether it was added now.

    A fact of another program (`origen` and `referencia_externa`) that was told before is not added again:
    the answer is the activity that tells of it. Raises NotFound.
    """
    clientes.existente(session, acto.empresa_id, cliente_id)
    values = in_utc(nueva.model_dump()) | {
        "empresa_id": acto.empresa_id,
        "id": new_id("act"),
        "cliente_id": cliente_id,
        "version": 1,
        "archivado": False,
        "creado": acto.ahora,
        "actualizado": acto.ahora,
    }
    values["agenda"] = values["vence"] or values["fecha"]
    if session.connection().execute(_insert_once(session), values).first() is None:
        return _told_before(session, acto.empresa_id, nueva), False
    actividad = Actividad(**values)
    historial.de_actividad(session, actividad)
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
    valores = in_utc(valores)
    agenda = valores.get("vence", actividad.vence) or valores.get("fecha", actividad.fecha)
    changed = actividad.change({**valores, "agenda": agenda}, acto.ahora)
    if not changed:
        return actividad
    session.flush()
    if not _TOLD.isdisjoint(changed):
        tell_anew(session, actividad)
    cifras.sumar(session, acto.empresa_id, figures, actividad.figures())
    anotar(session, acto, "actividad_modificada", actividad.id, changed)
    return actividad


def archivar(session: Session, acto: Acto, actividad_id: str, if_match: str | None) -> None:
    """Put an activity away; one that is away stays so. Raises NotFound or StaleVersion."""
    modificar(session, acto, actividad_id, {"archivado": True}, if_match)


def in_utc(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values`, their instants as the database will give them back."""
    return {n: v.astimezone(UTC) if isinstance(v, datetime) else v for n, v in values.items()}


def _insert_once(session: Session) -> Any:
    """Made once for each kind of database: it is what billing's deliveries spend their time on."""
    dialect = session.get_bind().dialect.name
    if dialect not in _INSERTS:
        columns: dict[str, Any] = {name: bindparam(name) for name in Actividad.model_fields}
        _INSERTS[dialect] = insert_or_ignore(session, Actividad, columns, returning=col(Actividad.id))
    return _INSERTS[dialect]


def _told_before(session: Session, empresa_id: str, nueva: ActividadNueva) -> Actividad:
    origen, referencia = nueva.origen, nueva.referencia_externa
    if origen is None or referencia is None:
        raise RuntimeError("an activity without reference was not inserted")
    return queries.con_referencia(session, empresa_id, origen, referencia)


def tell_anew(session: Session, actividad: Actividad) -> None:
    """Put the activity in its client's timeline as it now is, and not where it was."""
    historial.quitar_actividad(session, actividad.empresa_id, actividad.id)
    if not actividad.archivado:
        historial.de_actividad(session, actividad)
