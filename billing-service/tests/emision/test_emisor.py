"""The Emisor under load and under fire: numbers unbroken, neighbours unharmed, nobody left waiting."""

import ctypes
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from contratos import NotFound
from http_rules import Credentials, new_id
from smartbilling.app import create_app
from smartbilling.emision import Caducado, ClaveDeEncargo, Encargo, Peticion, emisor
from smartbilling.emision.cola import CAPACIDAD
from smartbilling.expedicion import preparar_alta
from smartbilling.facturas import FacturaNueva
from smartbilling.settings import Settings
from storage import THREADS

from ..conftest import Servicio
from ..facturacion import Api, factura, problema


@contextmanager
def escritor_parado(api):
    """While the block runs the company's writer waits: its chain is locked. Gives the locking session."""
    with api.servicio.database.unit_of_work() as session:
        session.execute(
            text("SELECT 1 FROM cabezas WHERE empresa_id = :e" + _for_update(api)), {"e": api.empresa.id}
        )
        yield session


def _for_update(api):
    return " FOR UPDATE" if api.servicio.database.dialect == "postgresql" else ""


def esperar(fact, seconds=10.0):
    """Wait for a fact; fails when it does not come."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.005)


@dataclass(eq=False)
class Nada(Encargo):
    """An item that is refused as soon as its turn comes."""

    empresa_id: str
    clave = None

    def anotar(self, lote):
        raise NotFound("nothing to do")

    def hecho(self, session):
        return None

    @classmethod
    def precargar(cls, *_):
        """Nothing to read."""


class Explota(Nada):
    """An item that breaks in a way that nobody foresaw."""

    def anotar(self, lote):
        raise AttributeError("unforeseen")


class ExplotaAntes(Nada):
    """One that breaks before any has its turn."""

    @classmethod
    def precargar(cls, *_):
        raise AttributeError("unforeseen")


@contextmanager
def escritor_ocupado(api):
    """While the block runs what is asked waits in the queue: the writer has its hands full."""
    with escritor_parado(api) as session:
        busy = api.servicio.app.state.emisor.encolar(Nada(api.empresa.id))
        esperar(busy.running)
        yield session


def en_cola(api):
    """How many items wait for a writer."""
    return api.servicio.app.state.emisor.en_espera


def juntas(api, bodies):
    """The answers to requests that share a transaction, in this order."""
    with ThreadPoolExecutor(len(bodies)) as pool:
        with escritor_ocupado(api):
            waiting = []
            for n, body in enumerate(bodies, 1):
                waiting.append(pool.submit(api.crear, body))
                esperar(lambda n=n: en_cola(api) == n)
        return [future.result() for future in waiting]


def test_two_hundred_parallel_requests_get_two_hundred_consecutive_numbers(api):
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda n: api.crear(factura(), clave=f"pedido-{n:04}"), range(200)))
    assert {a.status_code for a in answers} == {201}
    hechas = sorted((a.json() for a in answers), key=lambda hecha: hecha["numero"])
    assert [hecha["numero"] for hecha in hechas] == [f"F-2026-{n:06}" for n in range(1, 201)]
    assert [h["verifactu"]["huella_anterior"] for h in hechas[1:]] == [
        h["verifactu"]["huella"] for h in hechas[:-1]
    ]
    assert api.verificacion() == {"correcta": True, "registros": 200, "hallazgos": []}


def test_one_bad_item_never_fails_its_neighbours(api):
    api.emitir(fecha_expedicion="2026-11-20", referencia_externa="ya-usada")
    bodies = [
        factura(),
        factura(referencia_externa="ya-usada"),
        factura(referencia_externa="nueva"),
        factura(referencia_externa="nueva"),
        factura(fecha_expedicion="2026-11-20"),
        factura(),
    ]
    answers = juntas(api, bodies)
    assert [a.status_code for a in answers] == [201, 409, 201, 409, 422, 201]
    assert [a.json().get("numero") or a.json()["codigo"] for a in answers] == [
        "F-2026-000002",
        "referencia_duplicada",
        "F-2026-000003",
        "referencia_duplicada",
        "fecha_anterior",
        "F-2026-000004",
    ]
    assert answers[3].json()["factura_id"] == answers[2].json()["id"]
    assert api.verificacion() == {"correcta": True, "registros": 4, "hallazgos": []}


@pytest.mark.parametrize("bomba", [Explota, ExplotaAntes])
def test_an_item_that_breaks_unforeseen_breaks_alone(api, bomba):
    cola = api.servicio.app.state.emisor
    with ThreadPoolExecutor(2) as pool:
        with escritor_ocupado(api):
            first = pool.submit(api.crear, factura())
            esperar(lambda: en_cola(api) == 1)
            bomb = cola.encolar(bomba(api.empresa.id))
            second = pool.submit(api.crear, factura())
            esperar(lambda: en_cola(api) == 3)
        numeros = [future.result().json()["numero"] for future in (first, second)]
    assert numeros == ["F-2026-000001", "F-2026-000002"]
    assert isinstance(bomb.exception(10), AttributeError)
    assert api.servicio.http.get("/health/ready").status_code == 200


def test_waiting_to_be_issued_takes_no_thread_of_the_pool(api):
    before = api.lista()
    with ThreadPoolExecutor(2 * THREADS + 8) as pool:
        with escritor_ocupado(api):
            waiting = [
                pool.submit(api.crear, factura(), clave=f"espera-{n:04}" if n % 2 else None)
                for n in range(2 * THREADS + 8)
            ]
            esperar(lambda: en_cola(api) == len(waiting))
            began = time.monotonic()
            assert api.lista() == before
            assert time.monotonic() - began < 2
        assert {future.result(20).status_code for future in waiting} == {201}


def test_a_full_queue_says_so_at_once_and_holds_over_a_thousand(api):
    cola = api.servicio.app.state.emisor
    with escritor_ocupado(api):
        waiting = [cola.encolar(Nada(api.empresa.id)) for _ in range(CAPACIDAD)]
        began = time.monotonic()
        answer = api.crear(factura(), clave="no-cabe-esta-vez")
        assert problema(answer) == (503, "sobrecarga")
        assert int(answer.headers["retry-after"]) >= 1
        assert time.monotonic() - began < 2
        assert api.servicio.http.get("/health/ready").status_code == 200
    assert len(waiting) > 1_000
    assert {type(future.exception(30)) for future in waiting} == {NotFound}
    assert api.crear(factura(), clave="no-cabe-esta-vez").status_code == 201


def test_a_twin_waits_for_the_first_and_after_a_time_is_told_that_it_runs(api, monkeypatch):
    monkeypatch.setattr(emisor, "ESPERA_GEMELA", 0.2)
    with ThreadPoolExecutor(1) as pool:
        with escritor_ocupado(api):
            first = pool.submit(api.crear, factura(), clave="la-misma-clave")
            esperar(lambda: en_cola(api) == 1)
            twin = api.crear(factura(), clave="la-misma-clave")
            assert problema(twin) == (409, "idempotencia_en_curso")
        assert first.result(10).status_code == 201
    again = api.crear(factura(), clave="la-misma-clave")
    assert (again.content, again.headers["idempotent-replayed"]) == (first.result().content, "true")


def test_a_caller_that_goes_away_leaves_its_invoice_to_be_found_by_its_key(api):
    """Whoever hung up while waiting asks again with the same key."""
    loop_side = api.servicio.http.portal
    with escritor_ocupado(api):
        peticion = {"empresa_id": api.empresa.id, "clave": ClaveDeEncargo("colgada-0001", b"x" * 32)}
        waiting = loop_side.start_task_soon(_emitir_y_colgar, api, peticion)
        esperar(lambda: en_cola(api) == 1)
        waiting.cancel()
    esperar(lambda: api.lista()["total"] == 1)
    row = api.filas("SELECT status FROM claves_idempotencia WHERE clave = 'colgada-0001'")
    assert [r.status for r in row] == [201]


async def _emitir_y_colgar(api, peticion):
    app = api.servicio.app
    identity = app.state.authenticate(Credentials(api_key=api.empresa.clave_api))

    def preparar():
        with api.servicio.database.reading() as session:
            asked = Peticion(identity, peticion["clave"], api.reloj())
            return preparar_alta(session, asked, FacturaNueva.model_validate(factura()), app.state.productor)

    await app.state.emisor.emitir(peticion["empresa_id"], peticion["clave"], preparar)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_writer_makes_the_service_unready_and_leaves_nobody_waiting(api_propia):
    cola = api_propia.servicio.app.state.emisor
    assert api_propia.servicio.http.get("/health/ready").status_code == 200
    for hilo in cola._hilos:  # noqa: SLF001 - which threads to kill
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(hilo.ident), ctypes.py_object(SystemExit))
    answers = [api_propia.crear(factura()) for _ in range(2)]
    assert {problema(answer) for answer in answers} == {(503, "emision_parada")}
    ready = api_propia.servicio.http.get("/health/ready")
    assert problema(ready) == (503, "no_listo")
    assert ready.json()["listo"] is False
    assert api_propia.servicio.http.get("/health/live").status_code == 200
    assert api_propia.lista()["total"] == 0


def test_a_stop_records_what_waits_and_takes_no_more(api_propia):
    api, cola = api_propia, api_propia.servicio.app.state.emisor
    with ThreadPoolExecutor(12) as pool:
        with escritor_ocupado(api):
            waiting = [pool.submit(api.crear, factura()) for _ in range(10)]
            esperar(lambda: en_cola(api) == 10)
            stopped = pool.submit(cola.stop)
        assert {future.result(20).status_code for future in waiting} == {201}
        stopped.result(20)
    assert problema(api.crear(factura())) == (503, "emision_parada")
    assert api.verificacion() == {"correcta": True, "registros": 10, "hallazgos": []}


def test_tax_data_changed_while_an_invoice_waits_are_the_ones_it_bears(api):
    nif = api.servicio.nif()
    with ThreadPoolExecutor(2) as pool:
        with escritor_ocupado(api) as session:
            waiting = pool.submit(api.crear, factura())
            esperar(lambda: en_cola(api) == 1)
            session.execute(
                text("UPDATE empresas SET nif = :n, version = version + 1 WHERE id = :e"),
                {"n": nif, "e": api.empresa.id},
            )
        answer = waiting.result(10)
    assert (answer.status_code, answer.json()["numero"]) == (201, "F-2026-000001")
    assert nif in answer.json()["verifactu"]["qr_url"]
    assert api.filas("SELECT emisor_nif FROM registros WHERE empresa_id = :e", e=api.empresa.id) == [(nif,)]


def test_a_draft_changed_while_it_waits_to_be_issued_is_issued_as_it_is_then(api):
    draft = api.borrador()["id"]
    with ThreadPoolExecutor(2) as pool:
        with escritor_ocupado(api) as session:
            waiting = pool.submit(api.mover, draft, "emitida")
            esperar(lambda: en_cola(api) == 1)
            session.execute(
                text("UPDATE facturas_situacion SET version = version + 1 WHERE factura_id = :f"),
                {"f": draft},
            )
        answer = waiting.result(10)
    assert (answer.status_code, answer.json()["numero"], answer.headers["etag"]) == (
        200,
        "F-2026-000001",
        '"3"',
    )


def test_an_invoice_of_yesterday_by_default_that_others_overtook_is_prepared_again(api):
    app = api.servicio.app
    peticion = Peticion(app.state.authenticate(Credentials(api_key=api.empresa.clave_api)), None, api.reloj())
    bodies = (factura(), factura(fecha_expedicion="2026-11-24"))
    with api.servicio.database.reading() as session:
        ayer, dicha = (
            preparar_alta(session, peticion, FacturaNueva.model_validate(body), app.state.productor)
            for body in bodies
        )
    api.reloj.avanzar(days=1)
    api.emitir()
    cola = app.state.emisor
    assert isinstance(cola.encolar(ayer).exception(10), Caducado)
    assert cola.encolar(dicha).exception(10).code == "fecha_anterior"
    assert api.emitir()["numero"] == "F-2026-000002"


def test_an_unreadable_head_refuses_and_never_makes_a_second_first_record(api):
    api.emitir()
    head = api.filas("SELECT secuencia, registro_id FROM cabezas WHERE empresa_id = :e", e=api.empresa.id)[0]
    for secuencia, registro_id in ((0, None), (2, head.registro_id), (1, new_id("reg")), (5, None)):
        _poner_cabeza(api, secuencia, registro_id)
        answer = api.crear(factura())
        assert problema(answer) == (503, "cadena_ilegible")
        assert api.verificacion()["correcta"] is False
    with api.servicio.database.unit_of_work() as session:
        session.execute(text("DELETE FROM cabezas WHERE empresa_id = :e"), {"e": api.empresa.id})
    assert problema(api.crear(factura())) == (503, "cadena_ilegible")
    assert [h["codigo"] for h in api.verificacion()["hallazgos"]] == ["cabeza_ausente"]
    instalacion = api.filas("SELECT id FROM instalaciones WHERE empresa_id = :e", e=api.empresa.id)[0].id
    with api.servicio.database.unit_of_work() as session:
        session.execute(
            text(
                "INSERT INTO cabezas (empresa_id, instalacion, secuencia, registro_id) VALUES (:e, :i, 1, :r)"
            ),
            {"e": api.empresa.id, "i": instalacion, "r": head.registro_id},
        )
    assert api.emitir()["numero"] == "F-2026-000002"
    assert api.verificacion() == {"correcta": True, "registros": 2, "hallazgos": []}


def _poner_cabeza(api, secuencia, registro_id):
    with api.servicio.database.unit_of_work() as session:
        session.execute(
            text("UPDATE cabezas SET secuencia = :s, registro_id = :r WHERE empresa_id = :e"),
            {"s": secuencia, "r": registro_id, "e": api.empresa.id},
        )


def test_an_unreadable_chain_stops_its_own_installation_only(api):
    api.emitir()
    otra = api.pedir("POST", f"/api/empresas/{api.empresa.id}/instalaciones", {}).json()["id"]
    assert api.pedir("POST", "/api/series", {"codigo": "T", "instalacion": otra}).status_code == 201
    _poner_cabeza_de(api, otra)
    first = api.emitir(serie="T")
    assert first["verifactu"]["huella_anterior"] == ""
    assert problema(api.crear(factura())) == (503, "cadena_ilegible")
    assert api.emitir(serie="T")["verifactu"]["huella_anterior"] == first["verifactu"]["huella"]


def _poner_cabeza_de(api, instalacion):
    """Spoil every head of the company but this one."""
    with api.servicio.database.unit_of_work() as session:
        session.execute(
            text("UPDATE cabezas SET secuencia = 9 WHERE empresa_id = :e AND instalacion <> :i"),
            {"e": api.empresa.id, "i": instalacion},
        )


def test_two_processes_on_postgresql_share_numbers_keys_and_chain(postgresql, reloj, tmp_path):
    settings = Settings(database_url=postgresql, data_dir=tmp_path)
    apps = [create_app(settings, reloj) for _ in range(2)]
    with TestClient(apps[0]) as one, TestClient(apps[1]) as two:
        api = Api(Servicio(apps[0], one, reloj, settings).empresa())

        def crear(n, clave):
            headers = api.empresa.con_clave | {"Idempotency-Key": clave}
            return (one, two)[n % 2].post("/api/facturas", json=factura(), headers=headers)

        with ThreadPoolExecutor(16) as pool:
            twins = list(pool.map(lambda n: crear(n, "la-misma-clave"), range(60)))
            others = list(pool.map(lambda n: crear(n, f"clave-{n:05}"), range(100)))
        assert {a.status_code for a in twins + others} == {201}
        assert len({a.content for a in twins}) == 1
        assert sum("idempotent-replayed" not in a.headers for a in twins) == 1
        numeros = sorted(a.json()["numero"] for a in others)
        assert numeros == [f"F-2026-{n:06}" for n in range(2, 102)]
        assert api.verificacion() == {"correcta": True, "registros": 101, "hallazgos": []}
