"""Keyset lists: stable under inserts, and the last page as fast as the first."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.exc import DataError, DBAPIError, StatementError
from sqlmodel import Session

from contratos import invalid

from .strict import UNREADABLE

Out = TypeVar("Out", bound=BaseModel)
Row = TypeVar("Row")

COUNTED = 10_000
"""Up to how many rows `total` is exact."""

_LONGEST_CURSOR = 4_000  # a text of 500 characters, each of four bytes, in base64, and an id
_CHECK = 16
_AS_TEXT: dict[type, Callable[[str], Any]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: Decimal,
}


class Page(BaseModel, Generic[Out]):
    """One page of a list; `siguiente` is null on the last."""

    datos: list[Out]
    siguiente: str | None = Field(description="Cursor de la página siguiente.", examples=[None])
    total: int
    total_exacto: bool


class Paging(BaseModel):
    """The query parameters of every list. A route's own model adds `orden` and its filters."""

    limite: Annotated[int, Query(ge=1, le=200, description="Filas por página.")] = 50
    cursor: Annotated[
        str | None, Query(max_length=_LONGEST_CURSOR, description="`siguiente` de la página anterior.")
    ] = None


@dataclass(frozen=True, slots=True)
class Orden:
    """An order that a list offers: columns unique together, an index, none of them nullable.

    `values` reads from a row what `columns` hold in it.
    """

    columns: Sequence[Any]
    values: Callable[[Any], Sequence[Any]]
    descending: bool = True


def page(
    session: Session,
    query: Any,
    orden: Orden,
    paging: Paging,
    show: Callable[[Any], Out] | None = None,
    *,
    show_all: Callable[[Sequence[Any]], list[Out]] | None = None,
    count: Any = None,
) -> Page[Out]:
    """The rows of `query` in `orden`, one page of them, each as `show` shows it, or all as `show_all` does.

    `count` is a query with as many rows that is sooner counted, where there is one.
    Raises InvalidData (`cursor_invalido`) when the cursor was not made by this list with these filters.
    """
    total = _count(session, query if count is None else count)
    columns = orden.columns
    seal = _seal(paging, columns)
    keyed = query
    if paging.cursor is not None:
        here, after = tuple_(*columns), tuple_(*_decode(paging.cursor, seal, columns))
        keyed = query.where(here < after if orden.descending else here > after)
    ordered = keyed.order_by(*(c.desc() if orden.descending else c.asc() for c in columns))
    try:
        result = session.execute(ordered.limit(paging.limite + 1))
    except (StatementError, OverflowError) as error:
        unbindable = isinstance(error, DataError) or not isinstance(error, DBAPIError)
        if paging.cursor is None or not unbindable:
            raise
        raise _bad_cursor() from None
    rows = list(result.scalars() if len(query.column_descriptions) == 1 else result)
    shown = rows[: paging.limite]
    siguiente = _encode(orden.values(shown[-1]), seal) if len(rows) > paging.limite else None
    return Page(
        datos=show_all(shown) if show_all else [show(row) for row in shown] if show else [],
        siguiente=siguiente,
        total=min(total, COUNTED),
        total_exacto=total <= COUNTED,
    )


def page_of(
    rows: Sequence[Row],
    place: Callable[[Row], tuple[int | str, ...]],
    paging: Paging,
    show_all: Callable[[Sequence[Row]], list[Out]],
    *,
    complete: bool,
) -> Page[Out]:
    """One page of `rows`, which are all here, the greatest `place` first; `place` is one row's alone.

    `complete`: there are no more than these. Raises InvalidData (`cursor_invalido`) as `page` does.
    """
    seal = _seal(paging, ())
    left = rows
    if paging.cursor is not None:
        last = _place(paging.cursor, seal, [type(each) for each in place(rows[0])] if rows else [])
        left = [row for row in rows if place(row) < last]
    shown = left[: paging.limite]
    return Page(
        datos=show_all(shown),
        siguiente=_encode(place(shown[-1]), seal) if len(left) > len(shown) else None,
        total=min(len(rows), COUNTED),
        total_exacto=complete and len(rows) <= COUNTED,
    )


def cursor_after(row: Any, orden: Orden, paging: Paging) -> str:
    """The cursor of the page that follows `row` in the list of `orden` and the filters of `paging`.

    For what shows the beginning of a list that has an address of its own.
    """
    return _encode(orden.values(row), _seal(paging, orden.columns))


def _count(session: Session, query: Any) -> int:
    rows = query.order_by(None).with_only_columns(literal(1), maintain_column_froms=True).limit(COUNTED + 1)
    counted: int = session.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
    return counted


def _seal(paging: Paging, columns: Sequence[Any]) -> str:
    """What ties a cursor to its list: the same kind of list, the same order, the same filters."""
    same = paging.model_dump_json(exclude={"limite", "cursor"})
    return f"{type(paging).__qualname__}{same}{'|'.join(map(str, columns))}"


def _encode(values: Sequence[Any], seal: str) -> str:
    plain = json.dumps([_plain(value) for value in values], separators=(",", ":"), ensure_ascii=False)
    return _as_text(f"{_check(plain, seal)}{plain}".encode())


def _as_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value


def _check(plain: str, seal: str) -> str:
    return hashlib.sha256(f"{seal}\n{plain}".encode()).hexdigest()[:_CHECK]


def _place(cursor: str, seal: str, kinds: Sequence[type]) -> tuple[Any, ...]:
    values = _opened(cursor, seal)
    if kinds and [type(value) for value in values] != list(kinds):
        raise _bad_cursor()
    return tuple(values)


def _decode(cursor: str, seal: str, columns: Sequence[Any]) -> list[Any]:
    values = _opened(cursor, seal)
    try:
        return [_typed(value, column) for value, column in zip(values, columns, strict=True)]
    except (ValueError, TypeError, ArithmeticError):
        raise _bad_cursor() from None


def _opened(cursor: str, seal: str) -> list[Any]:
    """The values in a cursor that this list made. Raises InvalidData."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        check, plain = raw[:_CHECK].decode(), raw[_CHECK:].decode()
        if _as_text(raw) != cursor or check != _check(plain, seal):
            raise _bad_cursor()
        values: list[Any] = json.loads(plain)
    except (ValueError, RecursionError):
        raise _bad_cursor() from None
    else:
        return values


def _typed(value: Any, column: Any) -> Any:
    kind = column.type.python_type
    read = _AS_TEXT.get(kind)
    if type(value) is not (str if read else kind) or (isinstance(value, str) and UNREADABLE.search(value)):
        raise TypeError(kind.__name__)
    return literal(read(value) if read else value, column.type)


def _bad_cursor() -> Exception:
    return invalid(
        "cursor", "cursor_invalido", "El cursor no es de esta lista: pide la primera página, sin cursor."
    )
