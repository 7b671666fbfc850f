"""What a list that is exported is made of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, create_model
from sqlmodel import Session

from crm import campos
from http_rules import Orden

_AT_ONCE = 500

Rows = Callable[[Session, str, Any, datetime], Iterator[BaseModel]]
"""The rows of a company's list that its filters let through, as the API shows them at an instant."""

Show = Callable[[Session, Sequence[Any], datetime], Sequence[BaseModel]]
"""How some rows of a query are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lista:
    """A list that is exported: its query, its rows, and the shape of one, whose fields are the columns."""

    rutas: tuple[str, ...]
    """The routes whose rows the file has, under `/api/crm/`; the first is the one that it is the file of."""
    filtros: type[BaseModel]
    shown: type[BaseModel]
    rows: Rows
    de: campos.Entidad | None = None
    """Whose custom fields its rows have, each a column."""
    que: str = "todas sus filas"
    """What of the route the file has, in Spanish."""


def queried(query: Callable[..., Any], ordenes: Mapping[str, Orden], show: Show) -> Rows:
    """The rows of a query in the order asked for, read some at a time."""

    def rows(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Iterator[BaseModel]:
        orden = ordenes[filtros.orden]
        found = query(session, empresa_id, filtros, ahora)
        ordered = found.order_by(*(c.desc() if orden.descending else c.asc() for c in orden.columns))
        result = session.execute(ordered, execution_options={"yield_per": _AT_ONCE})
        single = len(found.column_descriptions) == 1
        for part in (result.scalars() if single else result).partitions(_AT_ONCE):
            yield from show(session, part, ahora)

    return rows


def each(show: Callable[[Any], BaseModel]) -> Show:
    """Every row is shown by itself."""
    return lambda _, rows, __: [show(row) for row in rows]


def of_one(filtros: type[BaseModel], campo: str, de: str) -> type[BaseModel]:
    """The query of a list that is of one thing, whose id `campo` must say; `de` is what it is, in Spanish."""
    named: Any = (Annotated[str, Query(max_length=64, description=f"De qué {de}.")], ...)
    return create_model(f"{filtros.__name__}De", __base__=filtros, **{campo: named})
