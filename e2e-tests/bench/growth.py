"""Lists, search and dashboard as data grow: the same questions at 10,000, 100,000 and 1,000,000 rows.

The rows are those of one invoice and one client that the services made, multiplied by the database itself.
"""

import json
import re
import sqlite3
import statistics
import time
from contextlib import closing
from datetime import datetime

import psycopg
from deployment import Deployment, said

from .report import Figure

SIZES = (10_000, 100_000, 1_000_000)
ASKED = 60
"""How often each question is put."""

_FIRST = 10**7  # numbers that no row of the service has
_PEOPLE = 97  # different customers
_DAYS = 700
_COMMON = "talleres"
"""A word that every row is found by."""

_GROW = (
    *("facturas", "facturas_situacion", "palabras_facturas", "lineas", "desgloses", "entregas_crm"),
    *("clientes", "busqueda", "actividades", "historial"),
)
_ID = re.compile(r"[a-z]{3}_[0-9a-f]{32}")
_SHARED = ("empresa_id", "instalacion")
_CASTS = {bool: "::boolean", int: "::bigint", str: "::text", bytes: "::bytea", datetime: "::timestamptz"}


def _columns(identity, day, person):
    """What row `i` holds in the columns that tell one row from another."""
    unique = ("numero", "huella", "huella_anterior", "email_clave", "referencia_externa")
    days = ("fecha", "fecha_expedicion", "vencimiento", "fecha_vencimiento")
    customer = f"CASE WHEN {person} = 0 THEN 'B10000008' ELSE 'C' || {person} END"
    return {
        **dict.fromkeys(("secuencia", "orden"), "i"),
        **dict.fromkeys(unique, "'N-' || i"),
        **dict.fromkeys(days, day),
        "cif_nif": "'X' || i",
        "cliente_cif": customer,
        "nombre_orden": "'talleres ' || i",
        "id": identity,
    }


_SQLITE = _columns("printf('%032x', i)", f"date('2027-01-01', -(i % {_DAYS}) || ' days')", f"(i % {_PEOPLE})")
_POSTGRESQL = _columns(  # psycopg reads a single % as the mark of a place
    "lpad(to_hex(i::bigint), 32, '0')", f"DATE '2027-01-01' - (i %% {_DAYS})::int", f"(i %% {_PEOPLE})"
)

BILLING = {
    "list, newest first": "/api/facturas?limite=50",
    "list, by state": "/api/facturas?limite=50&estado=emitida",
    "list, by customer": "/api/facturas?limite=50&cif=B10000008",
    "list, overdue": "/api/facturas?limite=50&vencidas=true",
    "list, by date": "/api/facturas?limite=50&orden=-fecha_expedicion&desde=2026-01-01",
    "search, a word all have": "/api/facturas?limite=50&buscar=talleres",
    "search, a number": f"/api/facturas?limite=50&buscar=n{_FIRST + 77}",
    "dashboard": "/api/dashboard/resumen",
}
CRM = {
    "clients, newest first": "/api/crm/clientes?limite=50",
    "clients, by name": "/api/crm/clientes?limite=50&orden=nombre",
    "clients, search a word all have": "/api/crm/clientes?limite=50&buscar=talleres",
    "clients, search two words": f"/api/crm/clientes?limite=50&buscar=talleres%20n{_FIRST + 77}",
    "activities, newest first": "/api/crm/actividades?limite=50",
    "summary": "/api/crm/resumen",
}


def measure(kind, folder, sizes=SIZES):
    """Figures of one kind of database: each question, with its growth from the first size to the last."""
    databases = kind.fresh(folder)
    deployment = Deployment(databases, folder)
    try:
        deployment.start()
        company = deployment.company()
        company.issue()
        company.wait_until_delivered()
        growers = [Growth(databases.billing, company.id), Growth(databases.crm, company.id)]
        waits = {}
        for size in sizes:
            for growth in growers:
                growth.grow(size)
            for client, questions in ((company.billing, BILLING), (company.crm, CRM)):
                for name, path in questions.items():
                    waits.setdefault(name, []).append(_median_ms(client, path))
        for name, found in waits.items():
            yield Figure(
                f"{kind.name}: {name}, {sizes[-1]:,} rows",
                found[-1],
                "ms",
                floor=found[0],
                floor_is=f"with {sizes[0]:,}",
                goal=2.0,
                at_most=True,
                more={f"ms with {size:,}": ms for size, ms in zip(sizes, found, strict=True)},
            )
    finally:
        deployment.close()
        kind.drop(databases)


def _median_ms(client, path):
    for _ in range(5):
        said(200, client.get(path))
    waits = []
    for _ in range(ASKED):
        began = time.perf_counter()
        said(200, client.get(path))
        waits.append(time.perf_counter() - began)
    return statistics.median(waits) * 1000


class Growth:
    """A database whose company has one row of each kind, and gets as many as are wanted."""

    def __init__(self, database, empresa_id):
        self._database, self._size = database, 0
        self._dialect = _POSTGRESQL if database.is_postgresql else _SQLITE
        self._templates = [
            (table, row)
            for table in database.tables()
            if table in _GROW
            for row in database.rows(table, empresa_id=empresa_id)
            if row.get("palabra", row.get("token", _COMMON)) == _COMMON
        ]

    def grow(self, size):
        """Up to `size` rows of each kind; each is found by a word that all have and by one of its own."""
        with closing(self._connect()) as connection:
            for table, row in self._templates:
                columns = {name: self._column(name, value) for name, value in row.items()}
                self._insert(connection, table, columns, size)
                word = {"palabra", "token"} & columns.keys()
                if word:
                    self._insert(connection, table, columns | {word.pop(): ("'n' || i", ())}, size)
            connection.execute("ANALYZE")
        self._size = size

    def _insert(self, connection, table, columns, size):
        first, last = _FIRST + self._size, _FIRST + size - 1
        numbers = (
            f"SELECT i FROM generate_series({first}, {last}) AS g(i)"
            if self._database.is_postgresql
            else f"WITH RECURSIVE g(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM g WHERE i < {last}) "
            "SELECT i FROM g"
        )
        chosen = ", ".join(expression for expression, _ in columns.values())
        values = [value for _, given in columns.values() for value in given]
        names = ", ".join(columns)
        connection.execute(f"INSERT INTO {table} ({names}) SELECT {chosen} FROM ({numbers}) AS n", values)

    def _column(self, name, value):
        """What column `name` of row `i` holds: an expression, and the values of its places."""
        if isinstance(value, str) and _ID.fullmatch(value) and name not in _SHARED:
            return f"'{value[:4]}' || {self._dialect['id']}", ()
        if name in self._dialect:
            return self._dialect[name], ()
        if not self._database.is_postgresql:
            return "?", (json.dumps(value) if isinstance(value, dict | list) else value,)
        if isinstance(value, dict | list):
            return "%s::json", (json.dumps(value),)
        return f"%s{_CASTS.get(type(value), '')}", (value,)

    def _connect(self):
        if self._database.is_postgresql:
            connection = psycopg.connect(self._database.address, autocommit=True)
            connection.execute("SET session_replication_role = replica")  # no foreign keys looked up
            return connection
        connection = sqlite3.connect(self._database.address, timeout=60, isolation_level=None)
        connection.execute("PRAGMA synchronous = OFF")
        return connection
