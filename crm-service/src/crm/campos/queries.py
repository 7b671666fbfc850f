"""Reads of the custom fields room."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound
from crm.db import later
from http_rules import Orden

from .models import Campo
from .schemas import FiltrosCampos
from .tipos import Entidad

_BY_PLACE = (col(Campo.posicion), col(Campo.id))
_LIVE = (
    select(Campo)
    .where(
        col(Campo.empresa_id) == bindparam("empresa"),
        col(Campo.entidad) == bindparam("entidad"),
        ~col(Campo.archivado),
    )
    .order_by(col(Campo.clave))
)
"""Made once: it is read for every client and contact that is written."""

ORDENES: Mapping[str, Orden] = {
    "posicion": Orden(_BY_PLACE, lambda row: (row.posicion, row.id), descending=False),
    "-posicion": Orden(_BY_PLACE, lambda row: (row.posicion, row.id)),
}


def lista(empresa_id: str, filtros: FiltrosCampos) -> SelectOfScalar[Campo]:
    """The custom fields of a company that the filters let through (index `idx_campos_posicion`)."""
    query = select(Campo).where(Campo.empresa_id == empresa_id)
    if not filtros.archivados:
        query = query.where(~col(Campo.archivado))
    return query if filtros.entidad is None else query.where(Campo.entidad == filtros.entidad)


def existente(session: Session, empresa_id: str, campo_id: str, *, lock: bool = False) -> Campo:
    """The custom field, locked until the transaction ends if asked. Raises NotFound."""
    how = {"key_share": True} if lock else None
    found = session.get(Campo, (empresa_id, campo_id), with_for_update=how, populate_existing=lock)
    if found is None:
        raise NotFound("No hay ningún campo con ese identificador.")
    return found


def con_clave(session: Session, empresa_id: str, entidad: str, clave: str) -> Campo | None:
    """The custom field of that key, archived or not."""
    query = select(Campo).where(
        Campo.empresa_id == empresa_id, Campo.entidad == entidad, Campo.clave == clave
    )
    return session.exec(query).one_or_none()


def vivos(session: Session, empresa_id: str, entidad: Entidad) -> Sequence[Campo]:
    """The custom fields that clients, or contacts, have now (index `uq_campos_clave`)."""
    values = {"empresa": empresa_id, "entidad": entidad}
    return later.once(
        session, f"campos {empresa_id} {entidad}", lambda: session.exec(_LIVE, params=values).all()
    )


def cuantos(session: Session, empresa_id: str, entidad: str) -> int:
    """How many custom fields clients, or contacts, have had, archived ones too."""
    query = select(func.count()).where(col(Campo.empresa_id) == empresa_id, col(Campo.entidad) == entidad)
    return session.exec(query).one()
