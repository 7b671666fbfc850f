"""Use cases of the timeline room."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import delete, exists
from sqlmodel import Session, SQLModel, col

from crm.auditoria import Acto
from crm.db import later
from crm.db.rows import write, written
from http_rules import new_id

from .models import Suceso


class Told(Protocol):
    """What the timeline reads of an activity."""

    empresa_id: str
    id: str
    cliente_id: str
    tipo: str
    fecha: datetime
    titulo: str
    descripcion: str | None


def anotar(
    session: Session,
    acto: Acto,
    cliente_id: str,
    tipo: str,
    titulo: str,
    *,
    recurso: tuple[str, str],
    descripcion: str | None = None,
) -> None:
    """Tell in the client's timeline what happens now, to a `recurso` of that kind and id."""
    suceso = Suceso(
        empresa_id=acto.empresa_id,
        id=new_id("his"),
        cliente_id=cliente_id,
        tipo=tipo,
        fecha=acto.ahora,
        titulo=titulo,
        descripcion=descripcion,
        recurso_tipo=recurso[0],
        recurso_id=recurso[1],
    )
    write(session, suceso)


def de_actividad(session: Session, actividad: Told) -> None:
    """Put an activity in the timeline, at its own instant."""
    suceso = Suceso(
        empresa_id=actividad.empresa_id,
        id=_entry_of(actividad.id),
        cliente_id=actividad.cliente_id,
        tipo=actividad.tipo,
        fecha=actividad.fecha,
        titulo=actividad.titulo,
        descripcion=actividad.descripcion,
        recurso_tipo="actividad",
        recurso_id=actividad.id,
    )
    write(session, suceso)


def quitar_actividad(session: Session, empresa_id: str, actividad_id: str) -> None:
    """Take an activity out of the timeline."""
    later.settle(session, written)
    here = (col(Suceso.empresa_id) == empresa_id, col(Suceso.id) == _entry_of(actividad_id))
    session.execute(delete(Suceso).where(*here))


def cuenta_actividad(session: Session, empresa_id: str, actividad_id: str) -> bool:
    """Whether a timeline tells of an activity."""
    later.settle(session, written)
    return session.get(Suceso, (empresa_id, _entry_of(actividad_id))) is not None


def quitar_sin_actividad(session: Session, empresa_id: str, cliente_id: str, fecha: datetime) -> None:
    """Take out of a client's timeline what it tells at that instant of activities that are no more.

    The service deletes no activity that stands alone: somebody did it behind its back.
    """
    later.settle(session, written)
    activities = SQLModel.metadata.tables["actividades"].c
    there = exists().where(activities.empresa_id == Suceso.empresa_id, activities.id == Suceso.recurso_id)
    session.execute(
        delete(Suceso).where(
            col(Suceso.empresa_id) == empresa_id,
            col(Suceso.cliente_id) == cliente_id,
            col(Suceso.fecha) == fecha,
            col(Suceso.recurso_tipo) == "actividad",
            ~there,
        )
    )


def _entry_of(actividad_id: str) -> str:
    """An activity has one entry, whose id follows from its own."""
    return "his_" + actividad_id.partition("_")[2]
