"""Reads of the clients room."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from crm import busqueda, empresas
from http_rules import Orden

from .columns import source_key
from .fusionados import ClienteFusionado, no_esta
from .models import Cliente
from .schemas import FiltrosClientes

_BY_DATE = (col(Cliente.creado), col(Cliente.id))
_BY_NAME = (col(Cliente.nombre_orden), col(Cliente.id))
_BY_CHANGE = (col(Cliente.actualizado), col(Cliente.id))
ORDENES: Mapping[str, Orden] = {
    "-creado": Orden(_BY_DATE, lambda row: (row.creado, row.id)),
    "creado": Orden(_BY_DATE, lambda row: (row.creado, row.id), descending=False),
    "nombre": Orden(_BY_NAME, lambda row: (row.nombre_orden, row.id), descending=False),
    "-nombre": Orden(_BY_NAME, lambda row: (row.nombre_orden, row.id)),
    "-actualizado": Orden(_BY_CHANGE, lambda row: (row.actualizado, row.id)),
    "actualizado": Orden(_BY_CHANGE, lambda row: (row.actualizado, row.id), descending=False),
}


def lista(session: Session, empresa_id: str, filtros: FiltrosClientes) -> tuple[SelectOfScalar[Cliente], Any]:
    """The clients that the filters let through, and a query that counts the same ones sooner."""
    found = _searched(session, empresa_id, filtros)
    company = Cliente.empresa_id == empresa_id
    narrowed = _narrowing(session, empresa_id, filtros)
    conditions = [*narrowed, *([] if filtros.archivados else [~col(Cliente.archivado)])]
    query = select(Cliente).where(company if found is None else found.rows, *conditions)
    if found is None:
        return query, query
    counted = found.firsts if found.ids is None else found.ids
    if counted is not None and not narrowed:
        return query, select(counted.subquery())
    if found.ids is None:
        return query, query
    return query, select(Cliente).where(company, col(Cliente.id).in_(found.ids), *conditions)


def _narrowing(session: Session, empresa_id: str, filtros: FiltrosClientes) -> list[ColumnElement[bool]]:
    """The conditions that the filters of columns are; days begin and end where the company is."""
    exact = {
        **{
            name: getattr(filtros, name)
            for name in ("estado", "tipo_cliente", "responsable", "origen", "referencia_externa")
        },
        "fuente_clave": source_key(filtros.fuente),
    }
    conditions = [getattr(Cliente, name) == wanted for name, wanted in exact.items() if wanted is not None]
    return conditions + empresas.dias(
        session, empresa_id, col(Cliente.creado), filtros.creado_desde, filtros.creado_hasta
    )


def _searched(session: Session, empresa_id: str, filtros: FiltrosClientes) -> busqueda.Found | None:
    key = (col(Cliente.empresa_id), col(Cliente.id))
    key = (col(Cliente.empresa_id), col(Cliente.id))
    searcher = busqueda.Searcher(
        session, empresa_id, busqueda.Tipo.CLIENTE, key, archivados=filtros.archivados
    )
    return searcher.search(filtros.buscar, filtros.etiqueta)


def existente(
    session: Session, empresa_id: str, cliente_id: str, *, lock: bool = False, hold: bool = False
) -> Cliente:
    """The client, archived or not, locked until the transaction ends if asked.

    `hold` keeps it from being merged into another meanwhile: for whoever adds something to it.
    Raises NotFound, for another company's too, and ClienteFusionado for one that is another now.
    """
    how = {"key_share": True} if lock else {"read": True, "key_share": True} if hold else None
    fresh = how is not None
    cliente = session.get(Cliente, (empresa_id, cliente_id), with_for_update=how, populate_existing=fresh)
    if cliente is None:
        raise no_esta(session, empresa_id, cliente_id)
    return cliente


def nombrado(
    session: Session, empresa_id: str, cliente_id: str, *, lock: bool = False, hold: bool = False
) -> Cliente:
    """The client that an id in a body or a filter names: of one that was merged, the one that it is now.

    Otherwise as `existente`, which is for the client that the address of a request names. Raises NotFound.
    """
    try:
        return existente(session, empresa_id, cliente_id, lock=lock, hold=hold)
    except ClienteFusionado as moved:
        return nombrado(session, empresa_id, moved.ahora, lock=lock, hold=hold)


def con_correo(session: Session, empresa_id: str, correos: Collection[str]) -> Sequence[Cliente]:
    """The live clients with one of these e-mails, given without capitals (index `idx_clientes_email`)."""
    query = select(Cliente).where(
        Cliente.empresa_id == empresa_id, col(Cliente.email_clave).in_(list(correos)), ~col(Cliente.archivado)
    )
    return session.exec(query.order_by(col(Cliente.id))).all()
