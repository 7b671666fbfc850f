"""Rows changed behind the services' backs, by somebody who owns their databases."""

import contextlib
import sqlite3
from contextlib import closing

import psycopg


def behind(database, sql, *values):
    """Run `sql` (parameters as `?`) with foreign keys out of the way; how many rows it changed."""
    if database.is_postgresql:
        with psycopg.connect(database.address) as connection:
            connection.execute("SET LOCAL session_replication_role = replica")
            return connection.execute(sql.replace("?", "%s"), values).rowcount
    with closing(sqlite3.connect(database.address, timeout=30, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        return connection.execute(sql, values).rowcount


def change(database, table, where, **values):
    """Give columns these values in the rows that have those."""
    to = ", ".join(f"{name} = ?" for name in values)
    condition = " AND ".join(f"{name} = ?" for name in where)
    changed = behind(
        database, f"UPDATE {table} SET {to} WHERE {condition}", *values.values(), *where.values()
    )
    assert changed, (table, where)


def delete(database, table, **where):
    """Delete the rows that have these values."""
    condition = " AND ".join(f"{name} = ?" for name in where)
    assert behind(database, f"DELETE FROM {table} WHERE {condition}", *where.values()), (table, where)


def double(database, table, where, **changes):
    """Add a copy of the only row that has these values, but for `changes`."""
    (row,) = database.rows(table, **where)
    names = ", ".join(changes.get(name, name) for name in row)
    condition = " AND ".join(f"{name} = ?" for name in where)
    behind(
        database,
        f"INSERT INTO {table} ({', '.join(row)}) SELECT {names} FROM {table} WHERE {condition}",
        *where.values(),
    )


@contextlib.contextmanager
def without_index(database, name, on):
    """A unique index is not there while the block runs."""
    behind(database, f"DROP INDEX {name}")
    try:
        yield
    finally:
        behind(database, f"CREATE UNIQUE INDEX {name} ON {on}")
