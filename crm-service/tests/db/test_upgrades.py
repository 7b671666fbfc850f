"""A database of an earlier release is brought up to date, and what it kept goes on working."""

import hashlib

from fastapi.testclient import TestClient
from old_schema import at_revision, insert

from crm.app import create_app
from crm.db.schema import is_current, migrate
from crm.settings import Settings
from storage import Database

MOMENT = {"sqlite": "2026-11-24 09:30:00.000000", "postgresql": "2026-11-24 09:30:00+00:00"}


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


def test_opportunities_of_one_pipeline_stand_in_the_default_one_with_their_figures(empty, reloj):
    database = Database(empty)
    at_revision(database, "0004")
    moment = {"sqlite": "2026-11-{:02} 09:30:00.000000", "postgresql": "2026-11-{:02} 09:30:00+00:00"}
    at = moment[database.dialect].format
    insert(database, "empresas", id="emp_1", zona_horaria="Europe/Madrid", creada=at(1))
    huella = hashlib.sha256(b"crm_de_antes").hexdigest()
    key = {"empresa_id": "emp_1", "id": "cla_1", "nombre": "web", "huella": huella, "creada": at(1)}
    insert(database, "claves_api", **key, scopes='["crm:leer", "crm:escribir"]')
    row = {"empresa_id": "emp_1", "version": 1, "creado": at(10), "actualizado": at(22)}
    kept, client, stages = row | {"archivado": False}, f"cli_{'1' * 32}", [f"eta_{n * 32}" for n in "12"]
    named = {"nombre_completo": "Ruiz", "nombre_orden": "ruiz", "etiquetas": "[]"}
    insert(database, "clientes", **kept, **named, id=client, tipo_cliente="empresa", estado="activo")
    for place, stage in enumerate(stages, 1):
        insert(database, "etapas", **row, id=stage, nombre=f"E{place}", probabilidad=50, posicion=place)
    deals = {
        "a": {"estado": "abierta", "cierre_previsto": "2026-12-18", "valor": 10_001},
        "b": {"estado": "ganada", "motivo": "Precio", "valor": 20_000},
        "c": {"estado": "perdida", "motivo": "Plazo", "valor": 30_000},
        "d": {"estado": "abierta", "valor": 99_900, "archivado": True},
    }
    for letter, deal in deals.items():
        said = kept | {
            "id": f"opo_{letter * 32}",
            "cliente_id": client,
            "titulo": letter,
            "etapa_id": stages[1],
        }
        insert(database, "oportunidades", **said | deal)
    told = {"empresa_id": "emp_1", "cliente_id": client, "titulo": "x", "recurso_tipo": "oportunidad"}
    for number, (letter, kind, day) in enumerate(
        [("a", "movida", 15), ("a", "movida", 20), ("b", "movida", 12), ("b", "ganada", 20)]
    ):
        what = {"id": f"his_{number}", "tipo": f"oportunidad_{kind}", "recurso_id": f"opo_{letter * 32}"}
        insert(database, "historial", **told, **what, fecha=at(day))
    migrate(database)
    assert is_current(database)
    with TestClient(create_app(Settings(database_url=empty), database, reloj)) as service:

        def get(path):
            answer = service.get(f"/api/crm/{path}", headers={"X-API-Key": "crm_de_antes"})
            assert answer.status_code == 200, answer.text
            return answer.json()

        board = get("pipeline")
        assert (board["embudo"]["nombre"], board["totales"]["valor_ponderado"]) == ("Ventas", "50.01")
        assert [month["mes"] for month in board["prevision"]] == ["2026-12"]
        (card,) = board["etapas"][1]["tarjetas"]
        assert (card["etapa_desde"], card["dias_en_etapa"]) == ("2026-11-20T09:30:00+00:00", 4)
        (stay,) = get(f"oportunidades/opo_{'b' * 32}/etapas")["datos"]
        assert (stay["desde"][:10], stay["hasta"][:10], stay["salida"]) == (
            "2026-11-12",
            "2026-11-20",
            "ganada",
        )
        analysis = get("estadisticas/oportunidades?desde=2026-11-20&hasta=2026-11-22")
        assert (analysis["valor_ganado"], analysis["valor_perdido"]) == ("200.00", "300.00")
        assert analysis["dias_medios_hasta_ganar"] == "10"
        assert [row["dias_medios"] for row in analysis["conversion"]] == ["10"]
        assert get(f"oportunidades/opo_{'c' * 32}")["cerrada"] == "2026-11-22T09:30:00+00:00"


def test_activities_of_before_say_when_they_were_done_and_take_what_is_new(empty, reloj, tmp_path):
    database = Database(empty)
    at_revision(database, "0003")
    moment = MOMENT[database.dialect]
    insert(database, "empresas", id="emp_1", zona_horaria="Europe/Madrid", creada=moment)
    huella = hashlib.sha256(b"crm_de_antes").hexdigest()
    key = {"empresa_id": "emp_1", "id": "cla_1", "nombre": "web", "huella": huella, "creada": moment}
    insert(database, "claves_api", **key, scopes='["crm:leer", "crm:escribir"]')
    row = {"empresa_id": "emp_1", "version": 1, "creado": moment, "actualizado": moment, "archivado": False}
    named = {"nombre_completo": "Ruiz", "nombre_orden": "ruiz", "etiquetas": "[]"}
    client_id = f"cli_{'1' * 32}"
    insert(database, "clientes", **row, **named, id=client_id, tipo_cliente="empresa", estado="activo")
    told = {"tipo": "tarea", "titulo": "Llamar", "fecha": moment, "agenda": moment, "cliente_id": client_id}
    for number, completada in enumerate((True, False)):
        insert(database, "actividades", **row, **told, id=f"act_{number:032}", completada=completada)
    migrate(database)
    assert is_current(database)
    with TestClient(create_app(Settings(database_url=empty, data_dir=tmp_path), database, reloj)) as client:
        client.headers["X-API-Key"] = "crm_de_antes"
        rows = client.get("/api/crm/actividades", params={"orden": "fecha"}).json()["datos"]
        assert [(each["completada_en"], each["prioridad"]) for each in rows] == [
            ("2026-11-24T09:30:00+00:00", "normal"),
            (None, "normal"),
        ]
        change = {"completada": True, "responsable": "Ana", "repeticion": {"cada": "mes"}}
        answer = client.patch(f"/api/crm/actividades/{rows[1]['id']}", json=change)
        assert (answer.status_code, answer.json()["serie_id"]) == (200, rows[1]["id"])
        assert client.get("/api/crm/agenda", params={"desde": "2026-12-24"}).json()["total"] == 1
