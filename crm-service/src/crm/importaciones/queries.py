"""Reads of the imports room."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Update, delete, literal_column, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound
from http_rules import Orden

from .models import FilaImportada, Importacion
from .schemas import FiltrosFilas, FiltrosImportaciones
from .states import DONE

_BY_DATE = (col(Importacion.creado), col(Importacion.id))
ORDENES: Mapping[str, Orden] = {
    "-creado": Orden(_BY_DATE, lambda row: (row.creado, row.id)),
    "creado": Orden(_BY_DATE, lambda row: (row.creado, row.id), descending=False),
}
_BY_NUMBER = (col(FilaImportada.numero),)
DE_FILAS: Mapping[str, Orden] = {
    "numero": Orden(_BY_NUMBER, lambda row: (row.numero,), descending=False),
    "-numero": Orden(_BY_NUMBER, lambda row: (row.numero,)),
}
_AT_ONCE = 50
_ROWS_AT_ONCE = 5_000
_UNDER_WAY: list[ColumnElement[str]] = [literal_column(f"'{estado}'") for estado in DONE]
"""Literally, as in the condition of the index: a bound value would not be known to match."""


def lista(empresa_id: str, filtros: FiltrosImportaciones) -> SelectOfScalar[Importacion]:
    """The imports of a company (index `idx_importaciones_fecha`)."""
    query = select(Importacion).where(Importacion.empresa_id == empresa_id)
    return query if filtros.estado is None else query.where(Importacion.estado == filtros.estado)


def existente(session: Session, empresa_id: str, importacion_id: str, *, lock: bool = False) -> Importacion:
    """The import, locked until the transaction ends if asked. Raises NotFound, for another company's too."""
    found = session.get(
        Importacion, (empresa_id, importacion_id), with_for_update=lock or None, populate_existing=lock
    )
    if found is None:
        raise NotFound("No hay ninguna importación con ese identificador.")
    return found


def filas(empresa_id: str, importacion_id: str, filtros: FiltrosFilas) -> SelectOfScalar[FilaImportada]:
    """The report of an import that the filters let through (index `idx_importaciones_filas_resultado`)."""
    query = select(FilaImportada).where(
        FilaImportada.empresa_id == empresa_id, FilaImportada.importacion_id == importacion_id
    )
    if filtros.resultado is not None:
        query = query.where(FilaImportada.resultado == filtros.resultado)
    return query if filtros.deshecha is None else query.where(FilaImportada.deshecha == filtros.deshecha)


def por_deshacer(importacion: Importacion, limite: int) -> SelectOfScalar[FilaImportada]:
    """The next rows to be undone, the last one first; `posicion` is the number of the last that was.

    So nobody passes again over the rows that are undone already.
    """
    query = select(FilaImportada).where(
        FilaImportada.empresa_id == importacion.empresa_id,
        FilaImportada.importacion_id == importacion.id,
        col(FilaImportada.resultado).in_(("creada", "actualizada")),
        col(FilaImportada.deshecha).is_(None),
    )
    if importacion.posicion:
        query = query.where(FilaImportada.numero < importacion.posicion)
    return query.order_by(col(FilaImportada.numero).desc()).limit(limite)


def no_deshechas(importacion: Importacion) -> Update:
    """A change of the rows that could not be undone."""
    return update(FilaImportada).where(
        col(FilaImportada.empresa_id) == importacion.empresa_id,
        col(FilaImportada.importacion_id) == importacion.id,
        col(FilaImportada.deshecha).is_(False),
    )


def olvidar_filas(session: Session, empresa_id: str, importacion_id: str) -> bool:
    """Delete some thousand rows of a report, so that no transaction takes long; whether there may be more."""
    here = (FilaImportada.empresa_id == empresa_id, FilaImportada.importacion_id == importacion_id)
    first = select(FilaImportada.numero).where(*here).order_by(col(FilaImportada.numero))
    last = session.exec(first.offset(_ROWS_AT_ONCE - 1).limit(1)).first()
    some = delete(FilaImportada).where(
        col(FilaImportada.empresa_id) == empresa_id, col(FilaImportada.importacion_id) == importacion_id
    )
    session.execute(some if last is None else some.where(col(FilaImportada.numero) <= last))
    return last is not None


def en_curso(session: Session) -> Sequence[tuple[str, str]]:
    """The imports of all companies that are under way, for who works on them: whose they are, and their ids.

    The index `idx_importaciones_en_curso` has no others.
    """
    query = select(Importacion.empresa_id, Importacion.id).where(col(Importacion.estado).in_(_UNDER_WAY))
    return session.exec(query.order_by(col(Importacion.actualizado)).limit(_AT_ONCE)).all()


def caducada(session: Session, empresa_id: str, ahora: datetime) -> str | None:
    """The import whose time was up first (index `idx_importaciones_caduca`)."""
    query = select(Importacion.id).where(
        Importacion.empresa_id == empresa_id,
        col(Importacion.caduca) <= ahora,
        col(Importacion.estado).not_in(list(DONE)),
    )
    return session.exec(query.order_by(col(Importacion.caduca)).limit(1)).first()


def que_estan(session: Session, empresa_id: str, ids: Sequence[str]) -> set[str]:
    """Which of these ids are of imports."""
    query = select(Importacion.id).where(
        Importacion.empresa_id == empresa_id, col(Importacion.id).in_(list(ids))
    )
    return set(session.exec(query))
