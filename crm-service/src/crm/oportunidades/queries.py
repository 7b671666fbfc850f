"""Reads of the opportunities room."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound
from crm.busqueda import Tipo, con_palabras
from crm.clientes import actual
from crm.etapas import Etapa
from http_rules import Orden

from .models import Oportunidad, Paso
from .schemas import FiltrosDelCliente, FiltrosOportunidades
from .states import EstadoOportunidad

_A_FEW = 20
_BY_DATE = (col(Oportunidad.creado), col(Oportunidad.id))
_BY_VALUE = (col(Oportunidad.valor), col(Oportunidad.id))
_BY_NUMBER = (col(Paso.numero),)
ORDENES_DE_PASOS: Mapping[str, Orden] = {
    "-desde": Orden(_BY_NUMBER, lambda row: (row.numero,)),
    "desde": Orden(_BY_NUMBER, lambda row: (row.numero,), descending=False),
}
ORDENES: Mapping[str, Orden] = {
    "-creado": Orden(_BY_DATE, lambda row: (row[0].creado, row[0].id)),
    "creado": Orden(_BY_DATE, lambda row: (row[0].creado, row[0].id), descending=False),
    "-valor": Orden(_BY_VALUE, lambda row: (row[0].valor, row[0].id)),
    "valor": Orden(_BY_VALUE, lambda row: (row[0].valor, row[0].id), descending=False),
}


def lista(
    session: Session,
    empresa_id: str,
    cliente_id: str | None,
    filtros: FiltrosDelCliente | FiltrosOportunidades,
) -> Any:
    """The opportunities, each with its stage, of a client or of all, that the filters let through."""
    query = _with_stage().where(col(Oportunidad.empresa_id) == empresa_id)
    if cliente_id is not None:
        query = query.where(col(Oportunidad.cliente_id) == actual(session, empresa_id, cliente_id))
    if not filtros.archivados:
        query = query.where(~col(Oportunidad.archivado))
    if filtros.estado is not None:
        query = query.where(col(Oportunidad.estado) == filtros.estado)
    for name in ("etapa_id", "embudo_id", "responsable", "origen", "referencia_externa"):
        if getattr(filtros, name) is not None:
            query = query.where(getattr(Oportunidad, name) == getattr(filtros, name))
    if filtros.cierre_desde is not None:
        query = query.where(col(Oportunidad.cierre_previsto) >= filtros.cierre_desde)
    if filtros.cierre_hasta is not None:
        query = query.where(col(Oportunidad.cierre_previsto) <= filtros.cierre_hasta)
    key = (col(Oportunidad.empresa_id), col(Oportunidad.id))
    asked, archivados = filtros.buscar, filtros.archivados
    return query.where(
        *con_palabras(session, empresa_id, Tipo.OPORTUNIDAD, key, asked, archivados=archivados)
    )


def abiertas(empresa_id: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a company's open opportunities that are not archived."""
    return (
        col(Oportunidad.empresa_id) == empresa_id,
        col(Oportunidad.estado) == EstadoOportunidad.ABIERTA,
        ~col(Oportunidad.archivado),
    )


def hay_abiertas(session: Session, empresa_id: str, embudo_id: str) -> bool:
    """Whether open opportunities stand in a pipeline."""
    here = select(Oportunidad.id).where(*abiertas(empresa_id), Oportunidad.embudo_id == embudo_id)
    return session.exec(here.limit(1)).first() is not None


def etapas_de(session: Session, found: Sequence[Oportunidad]) -> dict[str, Etapa]:
    """The stages in which these opportunities of one company stand, by id."""
    if not found:
        return {}
    ids = {each.etapa_id for each in found}
    here = (Etapa.empresa_id == found[0].empresa_id, col(Etapa.id).in_(ids))
    return {etapa.id: etapa for etapa in session.exec(select(Etapa).where(*here))}


def pasos(empresa_id: str, oportunidad_id: str) -> SelectOfScalar[Paso]:
    """The stays of an opportunity in stages (the primary key)."""
    return select(Paso).where(Paso.empresa_id == empresa_id, Paso.oportunidad_id == oportunidad_id)


def existente(session: Session, empresa_id: str, oportunidad_id: str, *, lock: bool = False) -> Oportunidad:
    """The opportunity, locked until the transaction ends if asked.

    Raises NotFound, for another company's too.
    """
    how = {"key_share": True} if lock else None
    found = session.get(
        Oportunidad, (empresa_id, oportunidad_id), with_for_update=how, populate_existing=lock
    )
    if found is None:
        raise NotFound("No hay ninguna oportunidad con ese identificador.")
    return found


def con_titulo(
    session: Session, empresa_id: str, cliente_id: str, titulo: str, cierre: date | None
) -> Sequence[Oportunidad]:
    """The first few opportunities of a client with that title, archived or not.

    Those that are to close that day, or on none, come before the others.
    """
    query = select(Oportunidad).where(
        Oportunidad.empresa_id == empresa_id,
        Oportunidad.cliente_id == cliente_id,
        Oportunidad.titulo == titulo,
    )
    first = col(Oportunidad.cierre_previsto).is_not_distinct_from(cierre).desc()
    order = (first, col(Oportunidad.creado), col(Oportunidad.id))
    return session.exec(query.order_by(*order).limit(_A_FEW)).all()


def con_etapa(session: Session, empresa_id: str, oportunidad_id: str) -> tuple[Oportunidad, Etapa]:
    """The opportunity and its stage. Raises NotFound."""
    this = (col(Oportunidad.empresa_id) == empresa_id, col(Oportunidad.id) == oportunidad_id)
    row = session.execute(_with_stage().where(*this)).one_or_none()
    if row is None:
        raise NotFound("No hay ninguna oportunidad con ese identificador.")
    return row[0], row[1]


def _with_stage() -> Any:
    same = and_(
        col(Etapa.empresa_id) == col(Oportunidad.empresa_id), col(Etapa.id) == col(Oportunidad.etapa_id)
    )
    # each has its stage; an outer join keeps SQLite from beginning with stages, and sorting what they have
    return select(Oportunidad, Etapa).outerjoin(Etapa, same)
