"""A database of an earlier release is brought up to date, and what it kept goes on working."""

import hashlib
import re
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from sqlalchemy import text

from crm.app import create_app
from crm.db.schema import SCRIPTS, is_current, migrate
from crm.settings import Settings
from storage import Database

MOMENT = {"sqlite": "2026-11-24 09:30:00.000000", "postgresql": "2026-11-24 09:30:00+00:00"}


@pytest.fixture
def empty(database_url, tmp_path):
    """The address of a database without tables."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/empty.db"
    name, admin = f"empty_{uuid4().hex}", Database(database_url)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.close()
    return re.sub(r"/crm_[0-9a-f]+", f"/{name}", database_url)


def at_revision(database, revision):
    """Bring an empty database to an earlier revision."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    with database.unit_of_work() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, revision)


def insert(database, table, **values):
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    with database.unit_of_work() as session:
        session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def test_api_keys_of_the_first_release_go_on_working(empty, reloj):
    database = Database(empty)
    at_revision(database, "0001")
    moment = MOMENT[database.dialect]
    insert(database, "empresas", id="emp_1", zona_horaria="Europe/Madrid", creada=moment)
    huella = hashlib.sha256(b"crm_de_antes").hexdigest()
    insert(
        database,
        "claves_api",
        empresa_id="emp_1",
        id="cla_1",
        nombre="web",
        huella=huella,
        scopes='["crm:leer"]',
        creada=moment,
    )
    assert not is_current(database)
    migrate(database)
    assert is_current(database)
    with TestClient(create_app(Settings(database_url=empty), database, reloj)) as client:
        answer = client.get("/api/crm/clientes", headers={"X-API-Key": "crm_de_antes"})
        assert (answer.status_code, answer.json()["total"]) == (200, 0)


def test_what_was_told_before_the_comparison_by_day_is_compared(empty, reloj):
    database = Database(empty)
    at_revision(database, "0002")
    moment = MOMENT[database.dialect]
    insert(database, "empresas", id="emp_1", zona_horaria="Europe/Madrid", creada=moment)
    huella = hashlib.sha256(b"crm_de_antes").hexdigest()
    key = {"empresa_id": "emp_1", "id": "cla_1", "nombre": "web", "huella": huella, "creada": moment}
    insert(database, "claves_api", **key, scopes='["crm:leer"]')
    row = {"empresa_id": "emp_1", "version": 1, "creado": moment, "actualizado": moment, "archivado": False}
    named = {"nombre_completo": "Ruiz", "nombre_orden": "ruiz", "etiquetas": "[]"}
    insert(database, "clientes", **row, **named, id="cli_1", tipo_cliente="empresa", estado="activo")
    told = {"tipo": "venta", "titulo": "Factura #1", "fecha": moment, "agenda": moment, "completada": True}
    told |= {"cliente_id": "cli_1", "origen": "smartbilling", "referencia_externa": "fac_1"}
    insert(database, "actividades", **row, **told, id="act_1")
    assert not is_current(database)
    migrate(database)
    assert is_current(database)
    with TestClient(create_app(Settings(database_url=empty), database, reloj)) as client:
        answer = client.get("/api/crm/conciliacion", headers={"X-API-Key": "crm_de_antes"})
        assert [(each["dia"], each["referencias"]) for each in answer.json()["datos"]] == [("2026-11-24", 1)]
