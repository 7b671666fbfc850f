"""The change feed of a database that was there before it begins with everything that there was."""

import hashlib

from fastapi.testclient import TestClient
from old_schema import at_revision, insert
from sqlalchemy import text

from crm.app import create_app
from crm.db.schema import is_current, migrate
from crm.settings import Settings
from storage import Database

MORE_THAN_A_BATCH = 5_100
MOMENT = {"sqlite": "2026-11-24 09:30:00.000000", "postgresql": "2026-11-24 09:30:00+00:00"}


def test_what_was_there_is_told_from_the_start_and_what_comes_after_it_later(empty, reloj, tmp_path):
    database = Database(empty)
    at_revision(database, "0005")
    moment = MOMENT[database.dialect]
    insert(database, "empresas", id="emp_1", zona_horaria="Europe/Madrid", creada=moment)
    insert(database, "empresas", id="emp_2", zona_horaria="Europe/Madrid", creada=moment)
    huella = hashlib.sha256(b"crm_de_antes").hexdigest()
    key = {"empresa_id": "emp_1", "id": "cla_1", "nombre": "web", "huella": huella, "creada": moment}
    insert(database, "claves_api", **key, scopes='["crm:leer", "crm:escribir"]')
    row = {"empresa_id": "emp_1", "version": 1, "creado": moment, "actualizado": moment, "archivado": False}
    named = {"nombre_completo": "Ruiz", "nombre_orden": "ruiz", "etiquetas": "[]"}
    typed = {"tipo_cliente": "empresa", "estado": "activo"}
    insert(database, "clientes", **row, **named, **typed, id=f"cli_{'1' * 32}")
    insert(database, "clientes", **row | {"empresa_id": "emp_2"}, **named, **typed, id=f"cli_{'2' * 32}")
    reasons = [
        {"empresa": "emp_1", "id": f"mot_{number:032}", "nombre": f"motivo {number}", "moment": moment}
        for number in range(MORE_THAN_A_BATCH)
    ]
    with database.unit_of_work() as session:
        session.execute(
            text(
                "INSERT INTO motivos (empresa_id, id, version, creado, actualizado, archivado, nombre, "
                "nombre_clave, estado) VALUES (:empresa, :id, 1, :moment, :moment, :no, :nombre, :nombre, "
                "'perdida')"
            ),
            [reason | {"no": False} for reason in reasons],
        )
    migrate(database)
    assert is_current(database)
    app = create_app(Settings(database_url=empty, data_dir=tmp_path), database, reloj)
    with TestClient(app, headers={"X-API-Key": "crm_de_antes"}) as client:

        def read(desde):
            rows = []
            while True:
                page = client.get("/api/crm/cambios", params={"desde": desde, "limite": 200}).json()
                rows, desde = rows + page["datos"], page["cursor"]
                if page["siguiente"] is None:
                    return rows, desde

        rows, cursor = read("0")
        assert [each["numero"] for each in rows] == list(range(1, MORE_THAN_A_BATCH + 2))
        assert [each["recurso"]["id"] for each in rows] == [
            *(reason["id"] for reason in reasons),
            f"cli_{'1' * 32}",
        ]
        assert {each["tipo"] for each in rows} == {"motivo.creado", "cliente.creado"}
        assert rows[-1]["fecha"] == "2026-11-24T09:30:00+00:00"
        assert rows[-1]["datos"] == client.get(f"/api/crm/clientes/cli_{'1' * 32}").json()
        client.patch(f"/api/crm/motivos/{reasons[0]['id']}", json={"nombre": "Otro"})
        later, _ = read(cursor)
        assert [(each["numero"], each["tipo"]) for each in later] == [
            (MORE_THAN_A_BATCH + 2, "motivo.modificado")
        ]
