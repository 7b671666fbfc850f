"""Reads of the duplicates room."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from contratos import NotFound
from crm.clientes import Cliente, actual
from crm.coincidencias import Duplicado
from http_rules import Orden

from .models import Descarte
from .schemas import FiltrosDuplicados

_FIRST: Any = aliased(Cliente)
_SECOND: Any = aliased(Cliente)
_BY_SCORE = (col(Duplicado.puntos), col(Duplicado.id))
_BY_DATE = (col(Descarte.creado), col(Descarte.id))
ORDENES: Mapping[str, Orden] = {
    "-puntuacion": Orden(_BY_SCORE, lambda row: (row[0].puntos, row[0].id)),
    "puntuacion": Orden(_BY_SCORE, lambda row: (row[0].puntos, row[0].id), descending=False),
}
DE_DESCARTES: Mapping[str, Orden] = {
    "-creado": Orden(_BY_DATE, lambda row: (row[0].creado, row[0].id)),
    "creado": Orden(_BY_DATE, lambda row: (row[0].creado, row[0].id), descending=False),
}


def lista(session: Session, empresa_id: str, filtros: FiltrosDuplicados) -> Any:
    """The pairs that the filters let through, each with both clients (index `idx_duplicados_puntos`)."""
    query = _with_both(Duplicado).where(
        col(Duplicado.empresa_id) == empresa_id,
        col(Duplicado.puntos) >= round(filtros.minimo * 1000),
        ~exists().where(
            col(Descarte.empresa_id) == col(Duplicado.empresa_id),
            col(Descarte.cliente_a) == col(Duplicado.cliente_a),
            col(Descarte.cliente_b) == col(Duplicado.cliente_b),
        ),
    )
    if filtros.razon is not None:
        query = query.where(getattr(Duplicado, f"por_{filtros.razon}"))
    if filtros.cliente_id is not None:
        query = query.where(_names(Duplicado, actual(session, empresa_id, filtros.cliente_id)))
    if not filtros.archivados:
        query = query.where(~_FIRST.archivado, ~_SECOND.archivado)
    return query


def descartes(session: Session, empresa_id: str, cliente_id: str | None) -> Any:
    """The pairs that somebody said are none, each with both clients."""
    query = _with_both(Descarte).where(col(Descarte.empresa_id) == empresa_id)
    if cliente_id is None:
        return query
    return query.where(_names(Descarte, actual(session, empresa_id, cliente_id)))


def descarte(session: Session, empresa_id: str, descarte_id: str) -> Sequence[Any]:
    """One of them, with both clients. Raises NotFound, for another company's too."""
    this = (col(Descarte.empresa_id) == empresa_id, col(Descarte.id) == descarte_id)
    row = session.execute(_with_both(Descarte).where(*this)).one_or_none()
    if row is None:
        raise NotFound("No hay ningún descarte con ese identificador.")
    return row


def de_ids(session: Session, empresa_id: str, ids: Sequence[str]) -> Sequence[Sequence[Any]]:
    """Those of them with these ids that there are, each with both clients."""
    these = (col(Descarte.empresa_id) == empresa_id, col(Descarte.id).in_(ids))
    return session.execute(_with_both(Descarte).where(*these)).all()


def de_pareja(session: Session, empresa_id: str, cliente_a: str, cliente_b: str) -> Descarte | None:
    """What somebody said of these two, in their order."""
    return session.execute(
        select(Descarte).where(
            col(Descarte.empresa_id) == empresa_id,
            col(Descarte.cliente_a) == cliente_a,
            col(Descarte.cliente_b) == cliente_b,
        )
    ).scalar_one_or_none()


def _with_both(table: type[Duplicado] | type[Descarte]) -> Any:
    first = and_(_FIRST.empresa_id == col(table.empresa_id), _FIRST.id == col(table.cliente_a))
    second = and_(_SECOND.empresa_id == col(table.empresa_id), _SECOND.id == col(table.cliente_b))
    return select(table, _FIRST, _SECOND).join(_FIRST, first).join(_SECOND, second)


def _names(table: type[Duplicado] | type[Descarte], cliente_id: str) -> ColumnElement[bool]:
    return or_(col(table.cliente_a) == cliente_id, col(table.cliente_b) == cliente_id)
