"""A connection lost at COMMIT never issues twice, whether the commit was kept or not."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from fastapi.testclient import TestClient

from smartbilling.app import create_app
from smartbilling.settings import Settings

from ..conftest import Servicio
from ..facturacion import Api, factura
from .puerto_traidor import PuertoTraidor


@pytest.fixture
def puerto(postgresql):
    port = PuertoTraidor(postgresql)
    yield port
    port.close()


@pytest.fixture
def api(puerto, reloj, tmp_path):
    """A company in a service whose wire to PostgreSQL may be cut."""
    settings = Settings(database_url=puerto.url, data_dir=tmp_path)
    app = create_app(settings, reloj)
    with TestClient(app) as http:
        yield Api(Servicio(app, http, reloj, settings).empresa())


@pytest.mark.parametrize("cuando", ["antes", "después", "tarde"])
@pytest.mark.parametrize("clave", [None, "con-una-clave"])
def test_an_invoice_whose_commit_was_cut_is_issued_once(api, puerto, cuando, clave):
    puerto.armado = cuando
    answer = api.crear(factura(), clave=clave)
    assert puerto.cortes == 1
    assert (answer.status_code, answer.json()["numero"]) == (201, "F-2026-000001")
    assert answer.headers["location"] == f"/api/facturas/{answer.json()['id']}"
    assert api.leer(answer.json()["id"]) == answer.json()
    assert api.emitir()["numero"] == "F-2026-000002"
    assert api.verificacion() == {"correcta": True, "registros": 2, "hallazgos": []}
    if clave:
        again = api.crear(factura(), clave=clave)
        assert (again.content, again.headers["idempotent-replayed"]) == (answer.content, "true")


@pytest.mark.parametrize("cuando", ["antes", "después", "tarde"])
def test_a_batch_whose_commit_was_cut_is_issued_once(api, puerto, cuando):
    with ThreadPoolExecutor(20) as pool:
        puerto.armado = cuando
        answers = list(pool.map(lambda n: api.crear(factura(referencia_externa=f"r-{n}")), range(20)))
    assert puerto.cortes == 1
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(a.json()["numero"] for a in answers) == [f"F-2026-{n:06}" for n in range(1, 21)]
    assert api.lista()["total"] == 20
    assert api.verificacion()["correcta"]


@pytest.mark.parametrize("cuando", ["antes", "después", "tarde"])
def test_a_draft_whose_commit_was_cut_is_issued_once(api, puerto, cuando):
    draft = api.borrador()["id"]
    puerto.armado = cuando
    answer = api.mover(draft, "emitida")
    assert (puerto.cortes, answer.status_code, answer.json()["numero"]) == (1, 200, "F-2026-000001")
    assert answer.json()["id"] == draft
    assert api.verificacion() == {"correcta": True, "registros": 1, "hallazgos": []}


@pytest.mark.parametrize("cuando", ["antes", "después", "tarde"])
def test_an_annulment_whose_commit_was_cut_makes_one_record(api, puerto, cuando):
    ident = api.emitir()["id"]
    puerto.armado = cuando
    answer = api.anular(ident)
    assert (puerto.cortes, answer.status_code, answer.json()["estado"]) == (1, 200, "anulada")
    assert api.verificacion() == {"correcta": True, "registros": 2, "hallazgos": []}


@pytest.mark.parametrize("cuando", ["antes", "después", "tarde"])
def test_an_annulment_undone_and_repeated_whose_commits_were_cut_makes_one_record_each(api, puerto, cuando):
    ident = api.emitir()["id"]
    api.anular(ident)
    puerto.armado = cuando
    vuelta = api.pedir("POST", f"/api/facturas/{ident}/subsanacion", {}, if_match='"2"')
    assert (puerto.cortes, vuelta.status_code, vuelta.json()["estado"]) == (1, 201, "emitida")
    puerto.armado = cuando
    anulada = api.anular(ident, if_match='"3"')
    assert (puerto.cortes, anulada.status_code, anulada.json()["estado"]) == (2, 200, "anulada")
    assert api.verificacion() == {"correcta": True, "registros": 4, "hallazgos": []}


@pytest.mark.parametrize("cuando", ["antes", "después", "tarde"])
def test_a_correction_whose_commit_was_cut_makes_one_record(api, puerto, cuando):
    ident = api.emitir()["id"]
    puerto.armado = cuando
    answer = api.pedir("POST", f"/api/facturas/{ident}/subsanacion", {})
    assert (puerto.cortes, answer.status_code, answer.headers["etag"]) == (1, 201, '"2"')
    assert api.leer(ident) == answer.json()
    assert api.verificacion() == {"correcta": True, "registros": 2, "hallazgos": []}


def test_backends_killed_under_load_lose_and_double_nothing(api, postgresql):
    stop = threading.Event()

    def kill():
        with psycopg.connect(postgresql, autocommit=True) as connection:
            for _ in range(6):
                if stop.wait(0.3):
                    break
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: api.crear(factura(referencia_externa=f"r-{n}")), range(60)))
    finally:
        stop.set()
        killer.join()
    assert {a.status_code for a in answers} <= {201, 503}
    made = {fila["referencia_externa"]: fila["id"] for fila in api.lista(limite=200)["datos"]}
    for n, answer in enumerate(answers):
        if answer.status_code == 201:
            assert made[f"r-{n}"] == answer.json()["id"]
    verificacion = api.verificacion()
    assert verificacion == {"correcta": True, "registros": len(made), "hallazgos": []}
    numeros = sorted(fila["numero"] for fila in api.lista(limite=200)["datos"])
    assert numeros == [f"F-2026-{n:06}" for n in range(1, len(made) + 1)]
