"""What requests ask the database, and how it means to answer: what the service does of itself is left out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Engine, event, text

from http_rules import current_request_id
from storage import Database


class Statement(NamedTuple):
    """One statement, as the driver got it."""

    sql: str
    values: Any


@contextmanager
def asked() -> Iterator[list[Statement]]:
    """The statements of the requests that are answered meanwhile."""
    statements: list[Statement] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        if current_request_id() is not None:
            statements.append(Statement(sql, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def plans(
    database: Database, statements: Sequence[Statement], *, off: Sequence[str] = ("seqscan", "bitmapscan")
) -> list[str]:
    """How the database means to answer each; PostgreSQL without the ways that a table of few rows gets."""
    with database.engine.connect() as connection:
        if database.dialect == "postgresql":
            for way in off:
                connection.execute(text(f"SET enable_{way} = off"))
        explain = "EXPLAIN QUERY PLAN " if database.dialect == "sqlite" else "EXPLAIN "
        found = [connection.exec_driver_sql(explain + each.sql, each.values) for each in statements]
        return ["\n".join(str(row[-1]) for row in rows) for rows in found]
