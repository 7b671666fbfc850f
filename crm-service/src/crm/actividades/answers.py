"""How an activity is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from http_rules import Answer

from . import participantes, queries
from .models import Actividad
from .schemas import ActividadEnAgenda, ActividadVista

PATH = "/api/crm/actividades"


def vistas(session: Session, actividades: Sequence[Actividad]) -> list[ActividadVista]:
    """Activities of one company as the API shows them, with one look at who takes part."""
    return [ActividadVista.model_validate(fields) for fields in _fields(session, actividades)]


def en_agenda(session: Session, actividades: Sequence[Actividad], ahora: datetime) -> list[ActividadEnAgenda]:
    """Activities of the agenda as the API shows them at the instant `ahora`."""
    return [
        ActividadEnAgenda.model_validate({**fields, "atrasada": fields["agenda"] < ahora})
        for fields in _fields(session, actividades)
    ]


def answer(session: Session, actividad: Actividad) -> Answer:
    """An activity with its version."""
    (vista,) = vistas(session, [actividad])
    return Answer(vista, recurso=actividad.id, version=actividad.version)


def answers(session: Session, actividades: Sequence[Actividad]) -> list[Answer]:
    """Activities of one company, each with its version, with one look at who takes part."""
    shown = zip(vistas(session, actividades), actividades, strict=True)
    return [Answer(vista, recurso=row.id, version=row.version) for vista, row in shown]


def created(session: Session, actividad: Actividad, now: bool) -> Answer:  # noqa: FBT001 - the second half of what `crear` gives
    """An activity just added or, 200, the one that was there."""
    if not now:
        return answer(session, actividad)
    return replace(answer(session, actividad), status=201, location=f"{PATH}/{actividad.id}")


def reread(session: Session, empresa_id: str, actividad_id: str) -> Answer:
    """An activity as it stands, for a key whose first answer is forgotten."""
    return answer(session, queries.existente(session, empresa_id, actividad_id))


def _fields(session: Session, actividades: Sequence[Actividad]) -> list[Mapping[str, Any]]:
    """What each is shown from: the row, and who takes part."""
    if not actividades:
        return []
    empresa_id, ids = actividades[0].empresa_id, [each.id for each in actividades]
    people = participantes.de_actividades(session, empresa_id, ids)
    return [each.model_dump() | {"participantes": people.get(each.id, [])} for each in actividades]
