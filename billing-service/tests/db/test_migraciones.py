"""A database of an earlier release is brought up to date, and what it kept goes on working."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from sqlalchemy import inspect, text

from smartbilling.app import create_app
from smartbilling.db import HEAD, SCRIPTS
from smartbilling.settings import Settings
from storage import Database, migrations

TABLAS = ("mensajes_crm", "destinos_crm")
EMPIEZA = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def vacia(request, tmp_path):
    """The URL of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/vacia.db"
        return
    server, name = request.getfixturevalue("servidor_postgresql"), f"vacia_{uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server.get_uri(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def en_revision(database, revision):
    """Bring an empty database to an earlier revision."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    with database.unit_of_work() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, revision)


def insertar(database, table, **values):
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    with database.unit_of_work() as session:
        session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def test_messages_and_leases_of_before_the_outbox_was_watched_are_found_and_delivered_on(vacia):
    settings = Settings(database_url=vacia)
    database = Database(settings.url)
    en_revision(database, "0002")
    ahora = "2026-11-24 09:30:00+00:00" if database.dialect == "postgresql" else "2026-11-24 09:30:00.000000"
    insertar(
        database,
        "destinos_crm",
        empresa_id="emp_1",
        clave="nif:B12345674",
        orden=1,
        proximo=ahora,
        arrendado_por="rep_antes",
        arrendado_hasta=ahora,
    )
    insertar(
        database,
        "mensajes_crm",
        empresa_id="emp_1",
        id="msj_1",
        destino="nif:B12345674",
        orden=1,
        factura_id="fac_1",
        actividad='{"tipo": "venta"}',
        estado="pendiente",
        intentos=0,
        creado=ahora,
    )
    database.close()
    with TestClient(create_app(settings, lambda: EMPIEZA + timedelta(minutes=2), migrate=True)) as http:
        told = http.get("/metrics").text
    assert "crm_messages_pending 1.0" in told
    assert "crm_oldest_pending_seconds 120.0" in told
    database = Database(settings.url)
    names = {index["name"] for table in TABLAS for index in inspect(database.engine).get_indexes(table)}
    database.close()
    assert names >= {"idx_mensajes_antiguos", "idx_destinos_arrendados"}


def test_keys_users_and_sessions_of_the_first_release_go_on_working(vacia):
    settings = Settings(database_url=vacia)
    database = Database(settings.url)
    en_revision(database, "0001")
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    ahora = "2026-11-24 09:30:00+00:00" if database.dialect == "postgresql" else "2026-11-24 09:30:00.000000"
    insertar(database, "despliegue", id=1, emisor="urn:smartbilling:la-de-antes", creado=ahora)
    insertar(
        database,
        "claves_firma",
        kid="fir_antes",
        privada=pem.decode(),
        activa=True,
        creada=ahora,
        retirada=None,
    )
    insertar(database, "usuarios", id="usr_1", usuario="ana", clave_hash="x", plataforma=False, creado=ahora)
    assert not migrations.is_current(database, HEAD)
    database.close()
    with TestClient(create_app(settings, lambda: EMPIEZA, migrate=True)) as http:
        document = http.get("/.well-known/jwks.json").json()
        login = http.post("/api/auth/login", json={"usuario": "luis", "clave": "una que no es"})
        assert http.get("/health/ready").status_code == 200
    assert (document["issuer"], document["revocaciones"]) == ("urn:smartbilling:la-de-antes", {})
    assert [key["kid"] for key in document["keys"]] == ["fir_antes"]
    assert login.status_code == 401
