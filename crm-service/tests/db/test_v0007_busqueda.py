"""What was there before search looked at everything is found by it."""

import hashlib

from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from sqlalchemy import text

from crm.app import create_app
from crm.db.schema import SCRIPTS, is_current, migrate
from crm.settings import Settings
from storage import Database

MOMENT = {"sqlite": "2026-11-24 09:30:00.000000", "postgresql": "2026-11-24 09:30:00+00:00"}
MORE_THAN_A_BATCH = 2_100


def insert(database, table, *rows):
    names = ", ".join(rows[0])
    marks = ", ".join(f":{name}" for name in rows[0])
    with database.unit_of_work() as session:
        session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), list(rows))


def test_everything_of_an_earlier_release_is_found(empty, reloj):
    database = Database(empty)
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    with database.unit_of_work() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0005")
    moment = MOMENT[database.dialect]
    huella = hashlib.sha256(b"crm_de_antes").hexdigest()
    key = {"id": "cla_1", "nombre": "web", "huella": huella, "creada": moment, "scopes": '["crm:leer"]'}
    for company in ("emp_1", "emp_2"):
        insert(database, "empresas", {"id": company, "zona_horaria": "Europe/Madrid", "creada": moment})
        row = {"empresa_id": company, "version": 1, "creado": moment, "actualizado": moment}
        live, client = row | {"archivado": False}, f"cli_{'1' * 32}"
        named = {
            "nombre_completo": "Talleres Muñoz",
            "nombre_orden": "talleres munoz",
            "etiquetas": '["vip"]',
        }
        named |= {"tipo_cliente": "empresa", "estado": "activo", "email": "hola@munoz.example"}
        named |= {"email_clave": "hola@munoz.example", "telefono": "+34600123456", "cif_nif": "B12345674"}
        insert(database, "clientes", live | named | {"id": client})
        old = {"empresa_id": company, "cliente_id": client, "token": "talleres"}
        insert(database, "busqueda", old)
        there = live | {"cliente_id": client}
        person = {"nombre": "Marta Zubizarreta", "cargo": "Gerente", "principal": True, "email": None}
        insert(database, "contactos", there | person | {"id": f"con_{'1' * 32}", "telefono": None})
        stage = {"id": f"eta_{'1' * 32}", "nombre": "E1", "probabilidad": 50, "posicion": 1}
        insert(database, "etapas", row | stage | {"embudo_id": ""})
        deal = {"titulo": "Mantenimiento", "descripcion": "Elevadores", "valor": 10_001, "estado": "abierta"}
        deal |= {"etapa_id": stage["id"], "embudo_id": "", "lineas": "[]"}
        insert(database, "oportunidades", there | deal | {"id": f"opo_{'1' * 32}", "etapa_desde": moment})
    told = {"tipo": "venta", "fecha": moment, "agenda": moment, "completada": True, "empresa_id": "emp_1"}
    facts = [
        there | told | {"id": f"act_{number:032}", "titulo": f"Factura #F-2026-{number:06}"}
        for number in range(MORE_THAN_A_BATCH)
    ]
    facts.append(there | told | {"id": f"act_{'9' * 32}", "titulo": "Guardada", "archivado": True})
    insert(database, "actividades", *facts)
    insert(database, "claves_api", key | {"empresa_id": "emp_1"})
    migrate(database)
    assert is_current(database)
    with TestClient(create_app(Settings(database_url=empty), database, reloj)) as service:

        def found(q, **params):
            asked = {"q": q, **params}
            answer = service.get("/api/crm/busqueda", params=asked, headers={"X-API-Key": "crm_de_antes"})
            assert answer.status_code == 200, answer.text
            return [row["titulo"] for row in answer.json()["datos"]]

        for q in ("munoz", "tayeres", "B-12345674", "600 123 456", "hola@munoz"):
            assert found(q) == ["Talleres Muñoz"], q
        assert found("zubizareta") == found("gerente") == ["Marta Zubizarreta"]
        assert found("mantenimineto") == found("elevadores") == ["Mantenimiento"]
        assert found("F-2026-000007") == ["Factura #F-2026-000007"]
        assert found(f"{MORE_THAN_A_BATCH - 1:06}") == [f"Factura #F-2026-{MORE_THAN_A_BATCH - 1:06}"]
        assert (found("guardada"), found("guardada", archivados="true")) == ([], ["Guardada"])
        answer = service.get("/api/crm/clientes?etiqueta=VIP", headers={"X-API-Key": "crm_de_antes"})
        assert answer.json()["total"] == 1
