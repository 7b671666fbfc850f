"""Reads of the reasons room."""

from collections.abc import Mapping

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound
from crm.busqueda import fold
from http_rules import Orden

from .models import Motivo
from .schemas import FiltrosMotivos

_BY_NAME = (col(Motivo.nombre_clave), col(Motivo.id))
ORDENES: Mapping[str, Orden] = {
    "nombre": Orden(_BY_NAME, lambda row: (row.nombre_clave, row.id), descending=False),
    "-nombre": Orden(_BY_NAME, lambda row: (row.nombre_clave, row.id)),
}


def lista(empresa_id: str, filtros: FiltrosMotivos) -> SelectOfScalar[Motivo]:
    """The reasons of a company that the filters let through (index `idx_motivos_nombre`)."""
    query = select(Motivo).where(Motivo.empresa_id == empresa_id)
    if not filtros.archivados:
        query = query.where(~col(Motivo.archivado))
    return query if filtros.estado is None else query.where(Motivo.estado == filtros.estado)


def existente(session: Session, empresa_id: str, motivo_id: str, *, lock: bool = False) -> Motivo:
    """The reason, locked until the transaction ends if asked. Raises NotFound, for another company's too."""
    how = {"key_share": True} if lock else None
    found = session.get(Motivo, (empresa_id, motivo_id), with_for_update=how, populate_existing=lock)
    if found is None:
        raise NotFound("No hay ningún motivo con ese identificador.")
    return found


def gemelo(session: Session, empresa_id: str, estado: str, nombre: str) -> Motivo | None:
    """The live reason of that kind and name, however it is spelled."""
    return session.exec(
        select(Motivo).where(
            Motivo.empresa_id == empresa_id,
            Motivo.estado == estado,
            Motivo.nombre_clave == fold(nombre),
            ~col(Motivo.archivado),
        )
    ).one_or_none()


def como_en_catalogo(session: Session, empresa_id: str, estado: str, motivo: str) -> str:
    """`motivo` as the company's catalogue spells it, or as it is when the catalogue does not have it."""
    known = gemelo(session, empresa_id, estado, motivo)
    return motivo if known is None else known.nombre
