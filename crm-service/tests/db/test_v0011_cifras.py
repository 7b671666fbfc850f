"""What billing told before amounts were kept is counted, and so is every day."""

import hashlib
import re
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from sqlalchemy import text

from contratos import textos
from crm.app import create_app
from crm.db.schema import SCRIPTS, is_current, migrate
from crm.settings import Settings
from storage import Database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MORE_THAN_A_BATCH = 2_100


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


def insert(database, table, *rows):
    names = ", ".join(rows[0])
    marks = ", ".join(f":{name}" for name in rows[0])
    with database.unit_of_work() as session:
        session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), list(rows))


def test_what_billing_told_before_is_in_the_figures(empty, reloj):
    database = Database(empty)
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    with database.unit_of_work() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0010")

    def at(when):
        return when.strftime("%Y-%m-%d %H:%M:%S.000000") + ("" if database.dialect == "sqlite" else "+00:00")

    company = {"id": "emp_1", "zona_horaria": "Europe/Madrid", "creada": at(NOON)}
    insert(database, "empresas", company)
    row = {
        "empresa_id": "emp_1",
        "version": 1,
        "creado": at(NOON),
        "actualizado": at(NOON),
        "archivado": False,
    }
    client = f"cli_{'1' * 32}"
    named = {"nombre_completo": "Ruiz", "nombre_orden": "ruiz", "etiquetas": "[]", "id": client}
    insert(database, "clientes", row | named | {"tipo_cliente": "empresa", "estado": "activo"})
    told = [textos.venta(f"fac_{n:032}", f"F-{n}", Decimal("10.05"), NOON) for n in range(MORE_THAN_A_BATCH)]
    told += [
        textos.pago("pag_1", "F-0", Decimal("10.05"), NOON.replace(day=27)),
        textos.anulacion(f"fac_{1:032}", "F-1", "Error", NOON),
        textos.rectificacion(
            "fac_s", "R-1", ["F-2", "F-3"], metodo="S", motivo="x", total=Decimal(7), fecha=NOON
        ),
    ]
    names = ("tipo", "titulo", "descripcion", "completada", "origen", "referencia_externa")
    insert(
        database,
        "actividades",
        *(
            row
            | {name: getattr(each, name) for name in names}
            | {"id": f"act_{n:032}", "cliente_id": client, "fecha": at(each.fecha), "agenda": at(each.fecha)}
            | {"responsable": None}
            for n, each in enumerate(told)
        ),
    )
    late = {"tipo": "tarea", "titulo": "a", "descripcion": None, "completada": False, "responsable": "Ana"}
    insert(
        database,
        "actividades",
        row
        | late
        | {"id": "act_a", "cliente_id": client, "fecha": at(NOON.replace(hour=23)), "agenda": at(NOON)},
    )
    huella = hashlib.sha256(b"crm_de_antes").hexdigest()
    key = {"empresa_id": "emp_1", "id": "cla_1", "nombre": "web", "huella": huella, "creada": at(NOON)}
    insert(database, "claves_api", key | {"scopes": '["crm:leer"]'})
    migrate(database)
    assert is_current(database)
    with TestClient(create_app(Settings(database_url=empty), database, reloj)) as service:

        def get(path):
            return service.get(f"/api/crm/{path}", headers={"X-API-Key": "crm_de_antes"}).json()

        shown = get(f"clientes/{client}/estadisticas")
        standing = MORE_THAN_A_BATCH - 3  # one annulled, two replaced
        assert (shown["facturas"], shown["pagos"]) == (standing + 1, 1)
        assert shown["facturado"] == f"{standing * Decimal('10.05') + 7:.2f}"
        assert (shown["pagado"], shown["dias_medios_pago"]) == ("10.05", "3")
        volumes = get("estadisticas/actividades?desde=2026-11-24&hasta=2026-11-30")
        days = [(period["desde"], row["tipo"], row["hechas"], row["pendientes"])
                for period in volumes["periodos"] for row in period["por_tipo"]]  # fmt: skip
        assert days == [
            ("2026-11-24", "nota", 2, 0),
            ("2026-11-24", "venta", MORE_THAN_A_BATCH, 0),
            ("2026-11-25", "tarea", 0, 1),
            ("2026-11-27", "pago", 1, 0),
        ]
        assert {row["responsable"] for row in volumes["por_responsable"]} == {None, "Ana"}
