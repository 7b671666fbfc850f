"""A company's own types of activity: made by naming one, and spelt as the first who did."""

from collections.abc import Mapping

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from crm.busqueda import fold
from http_rules import Orden
from storage import insert_or_ignore

from .models import Subtipo

_BY_NAME = (col(Subtipo.tipo), col(Subtipo.clave))
ORDENES: Mapping[str, Orden] = {
    "nombre": Orden(_BY_NAME, lambda row: (row.tipo, row.clave), descending=False),
    "-nombre": Orden(_BY_NAME, lambda row: (row.tipo, row.clave)),
}


def lista(empresa_id: str, tipo: str | None) -> SelectOfScalar[Subtipo]:
    """The own types of a company, or those of one type."""
    query = select(Subtipo).where(Subtipo.empresa_id == empresa_id)
    return query if tipo is None else query.where(Subtipo.tipo == tipo)


def escrito(session: Session, empresa_id: str, tipo: str, nombre: str) -> str:
    """The own type as the company spells it; named for the first time, it is made."""
    key = {"empresa_id": empresa_id, "tipo": tipo, "clave": fold(nombre)}
    identity = tuple(key.values())
    known = session.get(Subtipo, identity)
    if known is None:
        session.execute(insert_or_ignore(session, Subtipo, key | {"nombre": nombre}))
        known = session.get_one(Subtipo, identity)
    return known.nombre


def grafias(session: Session, empresa_id: str, nombre: str) -> list[str]:
    """How the company spells an own type, of whatever type it is."""
    query = select(Subtipo.nombre).where(Subtipo.empresa_id == empresa_id, Subtipo.clave == fold(nombre))
    return list(session.exec(query.distinct()))
