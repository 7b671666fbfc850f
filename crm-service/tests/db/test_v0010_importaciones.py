"""A database of the release before imports takes tables, and what it had is as it was."""

import re
from uuid import uuid4

import pytest
from old_schema import at_revision, insert
from sqlalchemy import text

from crm.db.schema import is_current, migrate
from storage import Database

MOMENT = "2026-11-24 09:30:00.000000"


@pytest.fixture
def database(database_url, tmp_path):
    """A database without tables."""
    if database_url.startswith("sqlite"):
        address = f"sqlite:///{tmp_path}/empty.db"
    else:
        name, admin = f"empty_{uuid4().hex}", Database(database_url)
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.close()
        address = re.sub(r"/crm_[0-9a-f]+", f"/{name}", database_url)
    made = Database(address)
    yield made
    made.close()


def test_imports_come_to_a_company_that_was_there(database):
    at_revision(database, "0009")
    moment = MOMENT + ("+00:00" if database.dialect == "postgresql" else "")
    insert(database, "empresas", id="emp_1", zona_horaria="Europe/Madrid", creada=moment)
    migrate(database)
    assert is_current(database)
    row = {"empresa_id": "emp_1", "id": "imp_1", "version": 1}
    row |= dict.fromkeys(("creado", "actualizado", "caduca"), moment)
    row |= dict.fromkeys(("entidad", "nombre", "formato", "sha256", "clave", "si_existe", "actor"), "x")
    row |= dict.fromkeys(("tamano", "posicion", "filas", "procesadas", "creadas", "actualizadas"), 0)
    row |= dict.fromkeys(("sin_cambios", "errores", "deshechas", "no_deshechas"), 0)
    insert(database, "importaciones", **row, estado="analizada", columnas="[]", forzar=False)
    told = {"empresa_id": "emp_1", "importacion_id": "imp_1", "numero": 2, "posicion": 0}
    insert(database, "importaciones_filas", **told, resultado="creada", motivos="[]")
    with database.unit_of_work() as session:
        assert session.execute(text("SELECT id FROM empresas")).scalars().all() == ["emp_1"]
        session.execute(text("DELETE FROM importaciones"))
        assert session.execute(text("SELECT count(*) FROM importaciones_filas")).scalar_one() == 0
