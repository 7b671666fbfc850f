"""Who takes part in an activity."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from crm.contactos import Contacto
from crm.db import later
from crm.db.rows import write, written

from .models import Participante

_GIVEN = ("contacto_id", "email", "nombre")


def de_actividades(
    session: Session, empresa_id: str, ids: Iterable[str]
) -> Mapping[str, list[dict[str, Any]]]:
    """Who takes part in each of these activities, in order; a contact by the name and e-mail it has now."""
    query = (
        select(Participante, Contacto.nombre, Contacto.email)
        .outerjoin(
            Contacto,
            (col(Contacto.empresa_id) == col(Participante.empresa_id))
            & (col(Contacto.id) == col(Participante.contacto_id)),
        )
        .where(Participante.empresa_id == empresa_id, col(Participante.actividad_id).in_(list(ids)))
        .order_by(col(Participante.actividad_id), col(Participante.orden))
    )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row, nombre, email in session.execute(query):
        shown = {"contacto_id": row.contacto_id, "email": row.email or email, "nombre": row.nombre or nombre}
        found[row.actividad_id].append(shown)
    return found


def dados(session: Session, empresa_id: str, actividad_id: str) -> list[dict[str, Any]]:
    """Who takes part in an activity, as they were given."""
    later.settle(session, written)
    query = select(Participante).where(
        Participante.empresa_id == empresa_id, Participante.actividad_id == actividad_id
    )
    rows = session.exec(query.order_by(col(Participante.orden)))
    return [row.model_dump(include=set(_GIVEN)) for row in rows]


def sin_repetir(participantes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same people, each once: a contact by its id, others by their e-mail whatever its capitals."""
    first: dict[tuple[str | None, str], dict[str, Any]] = {}
    for each in participantes:
        key = (each["contacto_id"], "" if each["contacto_id"] else (each["email"] or "").casefold())
        first.setdefault(key, {name: each[name] for name in _GIVEN})
    return list(first.values())


def poner(
    session: Session, empresa_id: str, actividad_id: str, participantes: Sequence[Mapping[str, Any]]
) -> None:
    """These take part in an activity that nobody took part in."""
    key = {"empresa_id": empresa_id, "actividad_id": actividad_id}
    rows = [Participante(**key, orden=orden, **each) for orden, each in enumerate(participantes)]
    if rows:
        write(session, *rows)


def quitar(session: Session, empresa_id: str, actividad_id: str) -> None:
    """Nobody takes part in the activity any more."""
    later.settle(session, written)
    here = (col(Participante.empresa_id) == empresa_id, col(Participante.actividad_id) == actividad_id)
    session.execute(delete(Participante).where(*here))
