"""Reads of the attachments room."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound
from http_rules import Orden

from .models import Adjunto
from .schemas import FiltrosAdjuntos

_BY_DATE = (col(Adjunto.creado), col(Adjunto.id))
ORDENES: Mapping[str, Orden] = {
    "-creado": Orden(_BY_DATE, lambda row: (row.creado, row.id)),
    "creado": Orden(_BY_DATE, lambda row: (row.creado, row.id), descending=False),
}


def de_cliente(empresa_id: str, cliente_id: str, filtros: FiltrosAdjuntos) -> SelectOfScalar[Adjunto]:
    """The attachments of a client that the filters let through."""
    query = select(Adjunto).where(Adjunto.empresa_id == empresa_id, Adjunto.cliente_id == cliente_id)
    if filtros.actividad_id is not None:
        query = query.where(Adjunto.actividad_id == filtros.actividad_id)
    return query if filtros.archivados else query.where(~col(Adjunto.archivado))


def de_actividad(session: Session, empresa_id: str, actividad_id: str) -> Sequence[Adjunto]:
    """The attachments of an activity, archived ones too."""
    here = (Adjunto.empresa_id == empresa_id, Adjunto.actividad_id == actividad_id)
    return session.exec(select(Adjunto).where(*here)).all()


def existente(session: Session, empresa_id: str, adjunto_id: str, *, lock: bool = False) -> Adjunto:
    """The attachment, locked until the transaction ends if asked.

    Raises NotFound, for another company's too.
    """
    how = {"key_share": True} if lock else None
    adjunto = session.get(Adjunto, (empresa_id, adjunto_id), with_for_update=how, populate_existing=lock)
    if adjunto is None:
        raise NotFound("No hay ningún adjunto con ese identificador.")
    return adjunto


def que_estan(session: Session, empresa_id: str, ids: Sequence[str]) -> set[str]:
    """Which of these ids are of attachments."""
    query = select(Adjunto.id).where(Adjunto.empresa_id == empresa_id, col(Adjunto.id).in_(ids))
    return set(session.exec(query))
