"""Figures that have to be read somewhere: asked for, they come or are told as unknown, and nobody waits."""

import math
import socket
import threading

import pytest
from fastapi.testclient import TestClient
from prometheus_client import Gauge

from contratos import CONTRATO, Overloaded
from http_rules.metrics import Figures

ONE = Gauge("una_cifra", "A figure of these tests.")
OTHER = Gauge("otra_cifra", "Another.")


def told(client):
    """The figures without labels, by their names."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    lines = [line.split() for line in answer.text.splitlines() if not line.startswith("#")]
    return {line[0]: float(line[1]) for line in lines if len(line) == 2}


@pytest.fixture
def serving(cosas, opened, sqlite, reloj):
    """The service with the given figures."""
    clients = []

    def start(*figures, url=sqlite):
        database = opened(url)
        clients.append(TestClient(cosas.crear_app(database, reloj, figures=figures)).__enter__())
        return clients[-1]

    yield start
    for client in clients:
        client.__exit__(None, None, None)


def test_figures_are_read_when_somebody_asks_for_them(serving):
    values = iter([1.0, 2.0])
    client = serving(Figures((ONE, OTHER), lambda: {ONE: next(values)}))
    assert told(client)["una_cifra"] == 1
    seen = told(client)
    assert seen["una_cifra"] == 2
    assert math.isnan(seen["otra_cifra"])


@pytest.mark.parametrize("error", [OSError(), Overloaded("Está muy ocupado.")])
def test_what_cannot_be_read_is_unknown_and_the_rest_is_told(serving, error):
    def fail():
        raise error

    client = serving(
        Figures((ONE,), fail, looked_up=True, unread=0.0), Figures((OTHER,), lambda: {OTHER: 3.0})
    )
    ONE.set(7)
    seen = told(client)
    assert (seen["una_cifra"], seen["otra_cifra"]) == (0, 3)


def test_a_reading_that_hangs_holds_nobody_up_and_is_not_begun_twice(serving):
    go_on, begun = threading.Event(), []

    def hang():
        begun.append(1)
        go_on.wait(30)
        return {ONE: 1.0}

    client = serving(Figures((ONE,), hang, looked_up=True))
    try:
        for _ in range(2):
            assert math.isnan(told(client)["una_cifra"])
            assert not go_on.is_set()
        assert len(begun) == 1
    finally:
        go_on.set()
    while told(client)["una_cifra"] != 1:
        assert len(begun) < 30


def test_a_database_that_answers_nobody_is_told_of_without_waiting_for_it(serving):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        client = serving(url=f"postgresql+psycopg://nadie@127.0.0.1:{port}/nada")
        for _ in range(2):
            seen = told(client)
            assert (seen["database_up"], seen["service_ready"]) == (0, 0)
            assert math.isnan(seen["clock_database_drift_seconds"])


def test_a_service_tells_of_itself(servicio, database):
    seen = told(servicio)
    assert (seen["database_up"], seen["service_ready"]) == (1, 1)
    assert 0 <= seen["database_connections_in_use"] < seen["database_connections_max"]
    on_sqlite = database.dialect == "sqlite"
    assert math.isnan(seen["data_disk_free_bytes"]) is not on_sqlite
    if on_sqlite:
        assert 0 < seen["data_disk_free_bytes"] <= seen["data_disk_size_bytes"]
        assert seen["sqlite_wal_bytes"] >= 0
    text = servicio.get("/metrics").text
    assert f'build_info{{contrato="{CONTRATO}",version="1.2.3"}} 1.0' in text


def test_a_clock_that_is_set_is_told_of(servicio, reloj):
    told(servicio)
    reloj.avanzar(minutes=-5)
    assert told(servicio)["clock_step_seconds"] < -299
    reloj.avanzar(minutes=10)
    assert told(servicio)["clock_step_seconds"] > 200


def test_a_clock_that_is_not_the_databases_is_told_of(servicio, reloj, database):
    """The test's clock stands at a day of its own; SQLite has no clock but the process's."""
    drift = told(servicio)["clock_database_drift_seconds"]
    if database.dialect == "sqlite":
        assert drift == 0
    else:
        with database.reading() as session:
            theirs = session.connection().exec_driver_sql("SELECT now()").scalar_one()
        assert drift == pytest.approx((reloj() - theirs).total_seconds(), abs=60)
