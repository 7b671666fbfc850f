"""Clients of an earlier release meet their duplicates, and can be merged."""

import json
import re
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from crm.db.schema import SCRIPTS, is_current, migrate
from storage import Database


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


def test_clients_that_are_there_get_their_keys_and_their_pairs(empty):
    database = Database(empty)
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    with database.unit_of_work() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0008")
    moment = "2026-11-24 09:30:00.000000" + ("+00:00" if database.dialect == "postgresql" else "")
    common = {
        "empresa_id": "emp_1",
        "version": 1,
        "creado": moment,
        "actualizado": moment,
        "archivado": False,
    }
    common |= {"tipo_cliente": "empresa", "estado": "activo", "etiquetas": "[]", "nombre_orden": ""}
    rows = [
        {
            "id": "cli_1",
            "nombre_completo": "Talleres Ruiz, S.L.",
            "telefono": "+34912345678",
            "correos": "[]",
        },
        {"id": "cli_2", "nombre_completo": "RUIZ TALLERES", "telefono": "+34912345678", "correos": "[]"},
        {
            "id": "cli_3",
            "nombre_completo": "Ana",
            "telefono": None,
            "correos": json.dumps([{"email": "a@b.es"}]),
        },
    ]
    with database.unit_of_work() as session:
        company = "INSERT INTO empresas (id, zona_horaria, creada) VALUES ('emp_1', 'Europe/Madrid', :m)"
        session.execute(text(company), {"m": moment})
        for row in rows:
            values = common | row
            names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
            session.execute(text(f"INSERT INTO clientes ({names}) VALUES ({marks})"), values)
    migrate(database)
    assert is_current(database)
    with database.reading() as session:
        pairs = session.execute(text("SELECT cliente_a, cliente_b, puntos, razon FROM duplicados")).all()
        keys = session.execute(text("SELECT clave FROM coincidencias WHERE clase = 'email'")).scalars().all()
    assert [tuple(pair) for pair in pairs] == [("cli_1", "cli_2", 950, "telefono")]
    assert keys == ["a@b.es"]
    database.close()
