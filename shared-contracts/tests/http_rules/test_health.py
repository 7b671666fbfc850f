"""Health and figures."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from contratos import CONTRATO
from storage import THREADS

ANA = {"X-API-Key": "clave-de-ana"}


def test_a_service_that_can_work_says_so_with_its_versions(servicio):
    answer = servicio.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"listo": True, "version": "1.2.3", "contrato": CONTRATO},
    )
    assert servicio.get("/health/live").json() == {"vivo": True}


def test_health_asks_for_no_credentials(http):
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert http.get(path, headers={"X-API-Key": ""}).status_code == 200


@pytest.fixture
def serving(cosas, opened, sqlite, reloj):
    """The service with the given checks."""
    clients = []

    def start(*checks, url=sqlite):
        clients.append(TestClient(cosas.crear_app(opened(url), reloj, checks or None)).__enter__())
        return clients[-1]

    yield start
    for client in clients:
        client.__exit__(None, None, None)


def test_every_check_that_fails_is_told(serving):
    client = serving(lambda: "La cola está parada.", lambda: None, lambda: "Falta migrar.")
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["listo"], answer.json()["codigo"]) == (False, "no_listo")
    assert answer.json()["detail"] == "La cola está parada. Falta migrar."


def test_a_database_that_is_away_makes_the_service_unready_and_leaves_it_alive(serving):
    client = serving(url="postgresql+psycopg://nadie@127.0.0.1:1/nada")
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["listo"]) == (503, False)
    assert "127.0.0.1" not in answer.text
    assert client.get("/health/live").status_code == client.get("/metrics").status_code == 200


def test_life_and_figures_are_told_while_every_thread_waits(serving, cosas, opened, sqlite):
    database = opened(sqlite)
    cosas.crear_tablas(database)
    client = serving()
    served = client.app.state.database

    def write(_):
        return client.post("/api/cosas", json={"nombre": "a"}, headers=ANA).status_code

    with ThreadPoolExecutor(THREADS) as pool:
        with served.unit_of_work():
            answers = [pool.submit(write, n) for n in range(THREADS)]
            deadline = time.monotonic() + 9
            while len(served._lock._waiting) < THREADS:  # noqa: SLF001 - who waits is known by looking
                assert time.monotonic() < deadline
                time.sleep(0.002)
            started = time.monotonic()
            assert client.get("/health/live").status_code == client.get("/metrics").status_code == 200
            assert time.monotonic() - started < 5
        assert {answer.result() for answer in answers} == {201}


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_health_takes_no_parameters_and_no_other_method(http, path):
    answer = http.get(f"{path}?inventado=1")
    assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, "inventado")
    assert http.post(path).status_code == 405


def test_requests_are_counted_by_route_and_kind_of_answer(http):
    def counted(**labels):
        wanted = ",".join(f'{name}="{value}"' for name, value in labels.items())
        lines = http.get("/metrics").text.splitlines()
        return sum(
            float(line.split()[-1])
            for line in lines
            if f"http_request_duration_seconds_count{{{wanted}}}" in line
        )

    one = {"method": "GET", "route": "/api/cosas/{cosa_id}", "status": "4xx"}
    none = {"method": "GET", "route": "sin ruta", "status": "4xx"}
    odd = {"method": "otro", "route": "sin ruta", "status": "4xx"}
    before = counted(**one), counted(**none), counted(**odd)
    for n in range(3):
        http.get(f"/api/cosas/{n}")
        http.get(f"/nada/{n}")
        http.request(f"RARO{n}", "/nada")
    assert (counted(**one), counted(**none), counted(**odd)) == tuple(n + 3 for n in before)
    assert "RARO" not in http.get("/metrics").text
    assert http.get("/metrics").headers["content-type"].startswith("text/plain")
