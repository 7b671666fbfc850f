"""The database: two doors, one to change it and one to look at it.

Guarantee: what was committed survives a power cut; a reader waits for no writer and changes nothing.
Kept by: SQLite in WAL with every commit synced, one fair in-process lock before BEGIN IMMEDIATE, and
query-only connections for reads; PostgreSQL's own durability and read-only transactions.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from .fair_lock import FairLock

_EVERY_SQLITE_CONNECTION = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "recursive_triggers=ON",  # without it, INSERT OR REPLACE deletes a row and its triggers never hear of it
)
WRITE_WAIT = 10.0
"""Seconds that a write waits for its turn before it gives up."""

THREADS = 16
"""Threads of the pool that serves sync routes. Connections outnumber them, so a thread never waits for one
that only another thread's clean-up would free."""


_POOL = {"sqlite": (THREADS, THREADS), "postgresql": (4, THREADS + 8)}
"""Connections that an engine keeps open, and how many more it opens when they are wanted."""


class Database:
    """SQLite or PostgreSQL at `url`; a write waits `write_wait` seconds for its turn."""

    def __init__(self, url: str, *, write_wait: float = WRITE_WAIT) -> None:
        self.write_wait = write_wait
        self.engine = _engine(url, write_wait)
        self.dialect = self.engine.dialect.name
        self._readers = self.engine
        self._lock: FairLock | None = None
        if self.dialect == "sqlite":
            self._lock = FairLock()
            self._readers = _engine(url, write_wait)
            _configure_sqlite(self.engine, "BEGIN IMMEDIATE", "journal_mode=WAL")
            _configure_sqlite(self._readers, "BEGIN", "query_only=ON")

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """A session whose work is kept whole when the block ends well, and not at all otherwise.

        Raises Overloaded when a write's turn does not come in time.
        """
        if self._lock is None:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
            return
        with (
            self._lock.held(self.write_wait),
            Session(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the database and cannot change it. It waits for no writer."""
        with Session(self._readers, expire_on_commit=False) as session, session.begin():
            if self.dialect == "postgresql":
                options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                session.connection(execution_options=options)
            yield session

    def ping(self) -> None:
        """Raises sqlalchemy.exc.OperationalError when the database does not answer."""
        with self._readers.connect() as connection:
            connection.execute(text("SELECT 1"))

    @property
    def file(self) -> Path | None:
        """Where SQLite keeps it; None on PostgreSQL."""
        name = self.engine.url.database
        return Path(name) if self.dialect == "sqlite" and name else None

    def connections(self) -> tuple[int, int]:
        """How many connections are in use, and how many may be."""
        engines = {self.engine, self._readers}
        in_use = sum(engine.pool.checkedout() for engine in engines)  # type: ignore[attr-defined]
        return in_use, sum(_POOL[self.dialect]) * len(engines)

    def close(self) -> None:
        """Close every connection."""
        self._readers.dispose()
        self.engine.dispose()


def insert_or_ignore(session: Session, table: type[SQLModel], values: Any, returning: Any = None) -> Any:
    """`INSERT … ON CONFLICT DO NOTHING` for the session's database; `values` as for SQLAlchemy's insert."""
    statement = _INSERT[session.get_bind().dialect.name](table).values(values).on_conflict_do_nothing()
    return statement if returning is None else statement.returning(returning)


def upsert(
    session: Session,
    table: type[SQLModel],
    values: Any,
    *,
    keys: Sequence[str],
    add: Sequence[str] = (),
    replace: Sequence[str] = (),
    where: Any = None,
) -> Any:
    """Insert rows; where one has the same `keys`, add to its columns `add` and replace those in `replace`.

    `where` is the condition of the unique index on `keys`, where it does not know all rows. With no `values`,
    which then come with the execution, the statement is made once.
    """
    dialect = session.get_bind().dialect.name
    if not values:
        return _upsert_of_any(dialect, table, tuple(keys), tuple(add), tuple(replace), where)
    return _upsert(dialect, table, values, keys, add, replace, where)


@lru_cache(maxsize=64)
def _upsert_of_any(
    dialect: str,
    table: type[SQLModel],
    keys: Sequence[str],
    add: Sequence[str],
    replace: Sequence[str],
    where: Any,
) -> Any:
    return _upsert(dialect, table, {}, keys, add, replace, where)


def _upsert(  # noqa: PLR0917 - those of `upsert`
    dialect: str,
    table: type[SQLModel],
    values: Any,
    keys: Sequence[str],
    add: Sequence[str],
    replace: Sequence[str],
    where: Any,
) -> Any:
    statement = _INSERT[dialect](table).values(values)
    columns = inspect(table).local_table.c
    new = statement.excluded
    changes = {name: columns[name] + new[name] for name in add} | {name: new[name] for name in replace}
    return statement.on_conflict_do_update(index_elements=list(keys), index_where=where, set_=changes)


_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def _engine(url: str, write_wait: float) -> Engine:
    size, overflow = _POOL["sqlite" if url.startswith("sqlite") else "postgresql"]
    if url.startswith("sqlite"):
        return create_engine(
            url,
            pool_size=size,
            max_overflow=overflow,
            hide_parameters=True,  # what people wrote is not for the log
            connect_args={"timeout": 5},
        )
    options = f"-c lock_timeout={int(write_wait * 1000)} -c timezone=UTC"
    return create_engine(
        url,
        pool_size=size,
        max_overflow=overflow,
        pool_timeout=write_wait,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": options, "connect_timeout": 5, "prepare_threshold": 5},
    )


def _configure_sqlite(engine: Engine, begin: str, setting: str) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        connection.isolation_level = None  # sqlite3 must not begin transactions on its own
        for pragma in (setting, *_EVERY_SQLITE_CONNECTION):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
