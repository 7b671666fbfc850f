"""What the database itself takes: durable transactions by its driver alone, on one connection.

`one_invoice`: the very rows of an invoice that the service issued, table by table, in one transaction each.
`one_row`: one row of the size of a record.
"""

import itertools
import json
import sqlite3
import time
from contextlib import closing, contextmanager

import psycopg
from deployment import Deployment, invoice, said

LAST = 10**9
"""Numbers and places that no invoice of the service has."""

_FIRST = ("registros", "facturas")  # what the other tables refer to
_SHARED = ("cabezas", "contadores", "cifras_diarias", "destinos_crm")  # one row for many invoices: it moves
_SQLITE = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON")


@contextmanager
def standing(kind, folder):
    """The floor of a kind of database, in one of its own: it writes what no service would understand."""
    folder.mkdir()
    databases = kind.fresh(folder)
    deployment = Deployment(databases, folder)
    try:
        deployment.billing.start()
        first = databases.first
        with deployment.client(deployment.billing, {"X-API-Key": first["clave_api"]}) as client:
            factura_id = said(201, client.post("/api/facturas", json=invoice()))["id"]
        deployment.billing.stop()
        yield Floor(databases.billing, first["empresa_id"], factura_id)
    finally:
        deployment.close()
        kind.drop(databases)


class Floor:
    """The raw side of a database in which the service has issued the invoice `factura_id`."""

    def __init__(self, database, empresa_id, factura_id):
        self._database, self._empresa_id = database, empresa_id
        self._mark = "%s" if database.is_postgresql else "?"
        self._rows = list(self._rows_of(factura_id))
        self._numbers = itertools.count(LAST)

    def one_invoice(self, seconds):
        """Invoices a second."""
        head = f"SELECT * FROM cabezas WHERE empresa_id = {self._mark}"
        head += " FOR UPDATE" if self._database.is_postgresql else ""
        moves = [
            f"UPDATE {table} SET {column} = {column} + 1 WHERE empresa_id = {self._mark}"
            for table, column in (("cabezas", "secuencia"), ("contadores", "ultimo"))
        ]
        mine = (self._empresa_id,)

        def write(connection):
            connection.execute(head, mine).fetchall()
            for statement, values in self._next_invoice():
                connection.execute(statement, values)
            for move in moves:
                connection.execute(move, mine)

        return self._rate(write, seconds)

    def one_row(self, seconds):
        """Transactions a second."""
        statement = f"INSERT INTO suelo VALUES ({self._mark}, {self._mark})"

        def write(connection):
            connection.execute(statement, (next(self._numbers), "x" * 1500))

        with closing(self._connect()) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS suelo (id BIGINT PRIMARY KEY, texto TEXT)")
        return self._rate(write, seconds)

    def _rate(self, write, seconds):
        begin = "BEGIN" if self._database.is_postgresql else "BEGIN IMMEDIATE"
        done, durations = 0, []
        with closing(self._connect()) as connection:
            began = time.perf_counter()
            while time.perf_counter() - began < seconds:
                sent = time.perf_counter()
                connection.execute(begin)
                write(connection)
                connection.execute("COMMIT")
                durations.append(time.perf_counter() - sent)
                done += 1
        return done / sum(durations)

    def _connect(self):
        if self._database.is_postgresql:
            return psycopg.connect(self._database.address, autocommit=True)
        connection = sqlite3.connect(self._database.address, timeout=30, isolation_level=None)
        for pragma in _SQLITE:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _rows_of(self, factura_id):
        """Every row that belongs to the invoice alone: table, row."""
        audit = {row["id"] for row in self._database.rows("auditoria", recurso=factura_id)}
        tables = [t for t in self._database.tables() if t not in _SHARED and t != "alembic_version"]
        for table in sorted(tables, key=lambda name: (name not in _FIRST, name != _FIRST[0], name)):
            for row in self._database.rows(table):
                if factura_id in row.values() or row.get("id") in audit:
                    yield table, row

    def _next_invoice(self):
        """The statements that insert the same rows once more, under another name."""
        n = next(self._numbers)
        for k, (table, row) in enumerate(self._rows):
            values = [_renamed(name, value, n, k) for name, value in row.items()]
            marks = ", ".join([self._mark] * len(row))
            yield f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", values


def _renamed(name, value, n, k):
    """A value of invoice `n`, so that no key is there twice."""
    if name in {"secuencia", "orden"}:
        return n
    if name == "numero":
        return f"F-2026-{n}"
    if name in {"huella", "huella_anterior"}:
        return f"{n:064X}"
    if isinstance(value, str) and value[3:4] == "_" and name not in {"empresa_id", "instalacion"}:
        own = k if value.startswith("aud_") else 0
        return f"{value[:4]}{n:024x}{own:08x}"
    return json.dumps(value) if isinstance(value, dict | list) else value
