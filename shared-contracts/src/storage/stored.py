"""Columns read as they stand: SQLite lets whoever writes in the file leave a value of any kind in them.

A column's own type raises for such a value, and with it the whole answer fails. What must speak of damaged
rows asks for `as_stored` columns, which never raise, and makes typed values of them one by one. Everybody
else lets the error pass: `met_another_kind` tells it from the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from traceback import walk_tb
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Dialect, LargeBinary, String, type_coerce

_SHOWN = 40
_CONVERTS = "_apply_processors"
"""Where SQLAlchemy gives each value of a row to its column's type; it wraps no error of theirs."""

_STAND_INS: Mapping[type, Any] = {
    int: -1,
    bytes: b"",
    date: date.min,
    datetime: datetime.min.replace(tzinfo=UTC),
    Decimal: Decimal("-0.001"),
}


def as_stored(column: Any) -> ColumnElement[Any]:
    """`column` as the driver gives it, whatever is in it."""
    return type_coerce(column, String)


def typed(dialect: Dialect, column: Column[Any], stored: Any) -> Any:
    """What `column`, without JSON, makes of a value that was read `as_stored`; null stays None.

    Raises ValueError when it is of another kind than the column's.
    """
    if stored is None:
        return None
    if isinstance(stored, float) or isinstance(stored, bytes) is not isinstance(column.type, LargeBinary):
        raise ValueError(f"{column.name} holds {describe(stored)}")
    process = _processor(dialect, column)
    try:
        value = process(stored) if process else stored
    except (ValueError, TypeError, ArithmeticError) as error:
        raise ValueError(f"{column.name} holds {describe(stored)}") from error
    if not isinstance(value, column.type.python_type):
        raise ValueError(f"{column.name} holds {describe(stored)}")  # noqa: TRY004 - its kind is its value
    return value


def damaged(dialect: Dialect, columns: Sequence[Column[Any]], row: Sequence[Any]) -> list[str]:
    """The names of the columns, none of JSON, of a row read `as_stored` that hold another kind of value."""
    found = []
    for column, stored in zip(columns, row, strict=True):
        try:
            typed(dialect, column, stored)
        except ValueError:
            found.append(column.name)
    return found


def legible(dialect: Dialect, columns: Sequence[Column[Any]], row: Sequence[Any]) -> dict[str, Any]:
    """A row read `as_stored`, by name; for a value of another kind, one that no sound row bears."""
    values = {}
    for column, stored in zip(columns, row, strict=True):
        try:
            values[column.name] = typed(dialect, column, stored)
        except ValueError:
            values[column.name] = _STAND_INS.get(column.type.python_type, describe(stored))
    return values


def describe(stored: Any) -> str:
    """A value of another kind as a text that says so: `bytes b'x'`."""
    return f"{type(stored).__name__} {repr(stored)[:_SHOWN]}"


def met_another_kind(error: BaseException) -> bool:
    """Whether `error` came of reading, by its column's own type, a value of another kind."""
    return isinstance(error, ValueError | TypeError | ArithmeticError) and any(
        frame.f_code.co_name.endswith(_CONVERTS) for frame, _ in walk_tb(error.__traceback__)
    )


def _processor(dialect: Dialect, column: Column[Any]) -> Callable[[Any], Any] | None:
    if isinstance(column.type, JSON):
        raise TypeError(f"{column.name} is JSON")
    process: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return process
