"""Reads of the clients room."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound
from crm import busqueda
from http_rules import Orden

from .models import Cliente
from .schemas import FiltrosClientes

_BY_DATE = (col(Cliente.creado), col(Cliente.id))
_BY_NAME = (col(Cliente.nombre_orden), col(Cliente.id))
ORDENES: Mapping[str, Orden] = {
    "-creado": Orden(_BY_DATE, lambda row: (row.creado, row.id)),
    "creado": Orden(_BY_DATE, lambda row: (row.creado, row.id), descending=False),
    "nombre": Orden(_BY_NAME, lambda row: (row.nombre_orden, row.id), descending=False),
    "-nombre": Orden(_BY_NAME, lambda row: (row.nombre_orden, row.id)),
}


def lista(session: Session, empresa_id: str, filtros: FiltrosClientes) -> tuple[SelectOfScalar[Cliente], Any]:
    """The clients that the filters let through, and a query that counts the same ones sooner."""
    found = _searched(session, empresa_id, filtros)
    company = Cliente.empresa_id == empresa_id
    conditions = []
    if not filtros.archivados:
        conditions.append(~col(Cliente.archivado))
    if filtros.estado is not None:
        conditions.append(col(Cliente.estado) == filtros.estado)
    if filtros.tipo_cliente is not None:
        conditions.append(col(Cliente.tipo_cliente) == filtros.tipo_cliente)
    query = select(Cliente).where(company if found is None else found.rows, *conditions)
    if found is None:
        return query, query
    counted = found.firsts if found.ids is None else found.ids
    if counted is not None and filtros.estado is None and filtros.tipo_cliente is None:
        return query, select(counted.subquery())
    if found.ids is None:
        return query, query
    return query, select(Cliente).where(company, col(Cliente.id).in_(found.ids), *conditions)


def _searched(session: Session, empresa_id: str, filtros: FiltrosClientes) -> busqueda.Found | None:
    key = (col(Cliente.empresa_id), col(Cliente.id))
    searcher = busqueda.Searcher(session, empresa_id, key, archivados=filtros.archivados)
    return searcher.search(filtros.buscar, filtros.etiqueta)


def existente(session: Session, empresa_id: str, cliente_id: str, *, lock: bool = False) -> Cliente:
    """The client, archived or not, locked until the transaction ends if asked.

    Raises NotFound, for another company's too.
    """
    how = {"key_share": True} if lock else None  # activities may go on being added to it
    cliente = session.get(Cliente, (empresa_id, cliente_id), with_for_update=how, populate_existing=lock)
    if cliente is None:
        raise NotFound("No hay ningún cliente con ese identificador.")
    return cliente


def con_correo(session: Session, empresa_id: str, correos: Collection[str]) -> Sequence[Cliente]:
    """The live clients with one of these e-mails, given without capitals (index `idx_clientes_email`)."""
    query = select(Cliente).where(
        Cliente.empresa_id == empresa_id, col(Cliente.email_clave).in_(list(correos)), ~col(Cliente.archivado)
    )
    return session.exec(query.order_by(col(Cliente.id))).all()
