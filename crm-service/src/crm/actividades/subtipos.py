"""A company's own types of activity: made by naming one, spelt as the first who did, and gone with their use.

One that no activity has is spelt as whoever names it next, so that a slip of the pen goes when it is put
right.
"""

from collections.abc import Mapping

from sqlalchemy import exists
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from crm.busqueda import fold
from http_rules import Orden
from storage import insert_or_ignore

from .models import Actividad, Subtipo

_BY_NAME = (col(Subtipo.tipo), col(Subtipo.clave))
ORDENES: Mapping[str, Orden] = {
    "nombre": Orden(_BY_NAME, lambda row: (row.tipo, row.clave), descending=False),
    "-nombre": Orden(_BY_NAME, lambda row: (row.tipo, row.clave)),
}


def lista(empresa_id: str, tipo: str | None) -> SelectOfScalar[Subtipo]:
    """The own types that a company's activities have, those put away apart; or those of one type."""
    has_it = exists().where(
        col(Actividad.empresa_id) == empresa_id,
        col(Actividad.tipo) == Subtipo.tipo,
        col(Actividad.subtipo) == Subtipo.nombre,
        col(Actividad.archivado).is_(False),
    )
    query = select(Subtipo).where(Subtipo.empresa_id == empresa_id, has_it)
    return query if tipo is None else query.where(Subtipo.tipo == tipo)


def escrito(
    session: Session, empresa_id: str, tipo: str, nombre: str, *, actividad_id: str | None = None
) -> str:
    """The own type as the company spells it; as given when it is new or no other activity has it.

    `actividad_id`: the activity that names it now, whose own use does not count. Until the transaction ends
    nobody spells it otherwise.
    """
    key = {"empresa_id": empresa_id, "tipo": tipo, "clave": fold(nombre)}
    identity = tuple(key.values())
    known = session.get(Subtipo, identity)
    if known is None:
        session.execute(insert_or_ignore(session, Subtipo, key | {"nombre": nombre}))
        known = session.get_one(Subtipo, identity)
    free = known.nombre != nombre and not _used(session, known, actividad_id)
    known = session.get_one(Subtipo, identity, with_for_update={"read": not free}, populate_existing=True)
    if free and not _used(session, known, actividad_id):
        known.nombre = nombre
        session.flush()
    return known.nombre


def _used(session: Session, subtipo: Subtipo, but: str | None) -> bool:
    """Whether an activity has it, also one put away, `but` apart."""
    query = select(Actividad.id).where(
        Actividad.empresa_id == subtipo.empresa_id,
        Actividad.tipo == subtipo.tipo,
        Actividad.subtipo == subtipo.nombre,
        Actividad.id != (but or ""),
    )
    return session.exec(query.limit(1)).first() is not None


def grafias(session: Session, empresa_id: str, nombre: str) -> list[str]:
    """How the company spells an own type, of whatever type it is."""
    query = select(Subtipo.nombre).where(Subtipo.empresa_id == empresa_id, Subtipo.clave == fold(nombre))
    return list(session.exec(query.distinct()))
