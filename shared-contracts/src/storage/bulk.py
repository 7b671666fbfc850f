"""Many rows into one table, at little more than what the driver itself costs.

SQLAlchemy binds each value of each row by name; here the statement, and what turns each column's values into
the driver's, are made once, and rows go to the driver as tuples.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert

Row = Mapping[str, Any]
_NAMED = re.compile(r"%\((\w+)\)s")


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert `rows`, at least one, all with the same two or more columns; defaults are the database's own.

    Raises what the driver does, in SQLAlchemy's words.
    """
    statement, values, binds = _prepared(connection.dialect, table, tuple(rows[0]))
    bound = []
    for row in rows:
        mutable = list(values(row))
        for place, bind in binds:
            mutable[place] = bind(mutable[place])
        bound.append(tuple(mutable))
    connection.exec_driver_sql(statement, bound)


@lru_cache(maxsize=1024)
def _prepared(
    dialect: Dialect, table: Table, names: tuple[str, ...]
) -> tuple[str, Callable[[Row], tuple[Any, ...]], Sequence[tuple[int, Callable[[Any], Any]]]]:
    """The statement with places in order, what takes a row's values in that order, what binds them."""
    statement = str(insert(table).compile(dialect=dialect, column_keys=list(names)))
    order = _NAMED.findall(statement) or [column.name for column in table.columns if column.name in names]
    processors = [table.columns[name].type.dialect_impl(dialect).bind_processor(dialect) for name in order]
    binds = [(place, bind) for place, bind in enumerate(processors) if bind is not None]
    return _NAMED.sub("%s", statement), itemgetter(*order), binds
