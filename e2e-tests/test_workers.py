"""Workers apart, several of each process, on one PostgreSQL: nothing twice, each client in order."""

import sys
from collections import Counter

import httpx
import pytest
from balancer import Balancer
from crowd import all_at_once, invoices
from databases import Sqlite
from deployment import invoice, new_nif, running, said
from load import AT_ONCE, Load
from machine import environment, run
from proof import assert_all_came_through, references
from services import PROGRAMS
from unreliable import Unreliable, Way
from waiting import wait_for

APART = {"BILLING_ENTREGA": "aparte"}
CLIENTS = 12
LEASE = 30.0
"""Seconds that a client may stay claimed by what was lost; one that was merely killed is told of at once."""


def of_many_clients(how_many):
    """Bodies of invoices, to each of some clients in turn."""
    clients = [invoice(cliente_cif=new_nif(), cliente_email=f"w{n}@e2e.example") for n in range(CLIENTS)]
    return [clients[n % CLIENTS] for n in range(how_many)]


@pytest.fixture
def apart(made_once, tmp_path):
    """A deployment whose billing delivers nothing itself, with a way to its CRM that can be watched."""
    with running(made_once("postgresql"), tmp_path, Unreliable, **APART) as deployment:
        yield deployment


def test_three_workers_and_two_billing_processes_claim_no_client_twice(apart):
    workers, other, company = [apart.worker() for _ in range(3)], apart.another_billing(), apart.company()
    answers = all_at_once(company, invoices(of_many_clients(120), "obra"), apart.billing, other, at_most=24)
    assert Counter(answer.status for answer in answers) == {201: 120}
    assert_all_came_through(company, 120)
    told = [exchange for exchange in apart.way.exchanges if "/actividades" in exchange.line]
    assert len(told) == len(references(company)) == 120  # a client claimed twice is told twice
    delivered = [figure(worker, 'crm_deliveries_total{result="delivered"}') for worker in workers]
    assert sum(delivered) == 120
    assert figure(apart.billing, 'crm_deliveries_total{result="delivered"}') == 0


def test_workers_and_crms_killed_under_load_lose_nothing_and_tell_nothing_twice(made_once, tmp_path):
    with running(made_once("postgresql"), tmp_path, Balancer, **APART) as deployment:
        crms = [deployment.crm, deployment.another_crm()]
        deployment.way.add(crms[1])
        workers = [deployment.worker() for _ in range(3)]
        other, company = deployment.another_billing(), deployment.company()
        load = Load(company, 4)
        load.until(40, 60, workers[0].kill)
        load.until(40, 60, crms[1].kill)
        workers[0].start()
        crms[1].start()
        load.until(40, 60, workers[1].kill)  # and nobody starts it again
        answers = load.until(40, 60, deployment.billing.kill)
        again = [answer.request for answer in answers if not answer.came]
        assert all(answer.came for answer in all_at_once(company, again, other, at_most=AT_ONCE))
        company.billing.base_url = other.url
        assert_all_came_through(company, len(load.invoices), LEASE + 60.0)


def test_with_workers_apart_the_api_asks_the_crm_and_wakes_what_waits(apart):
    worker, company = apart.worker(), apart.company()
    assert company.integration()["disponible"] is True
    apart.way.always(Way.FORBID, only="/actividades")
    factura = company.issue()
    wait_for(lambda: company.integration()["fallidos"] == 1, "the CRM refuses it")
    apart.way.always(Way.PASS)
    assert said(200, company.billing.post("/api/integracion/crm/reintentos"))["reintentados"] == 1
    company.wait_until_delivered()
    assert company.invoice(factura["id"])["crm"]["estado"] == "entregado"
    assert said(200, company.billing.get("/api/dashboard/resumen"))["crm"]["total_clientes"] == 1

    apart.crm.stop()
    for _ in range(6):  # more failures than the breaker of the API's process takes
        assert company.integration()["disponible"] is False
    apart.crm.start()
    wait_for(lambda: company.integration()["disponible"], "the API sees that the CRM is back")
    assert worker.stop() == 0


def test_a_worker_serves_its_health_and_figures_and_nothing_else(apart):
    worker = apart.worker()
    assert httpx.get(f"{worker.url}/health/ready", trust_env=False).json()["listo"] is True
    assert httpx.get(f"{worker.url}/api/facturas", trust_env=False).status_code == 404
    assert figure(worker, "crm_worker_up") == 1
    assert figure(apart.billing, "crm_worker_up") == 0
    assert figure(apart.billing, "emisor_up") == 1
    assert worker.stop() == 0


@pytest.mark.parametrize(
    ("arguments", "settings"), [(["worker"], {}), (["servir"], APART)], ids=["worker", "apart"]
)
def test_on_sqlite_delivery_apart_is_refused_with_a_sentence(tmp_path, made_once, arguments, settings):
    pair = made_once(Sqlite.name).fresh(tmp_path)
    told = pair.billing.environment | {"BILLING_CRM_URL": "http://127.0.0.1:1"} | settings
    result = run([sys.executable, "-m", PROGRAMS["billing"], *arguments], env=environment(**told))
    assert result.returncode == 1
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith("Con SQLite un solo proceso escribe")
    assert sentence.endswith("usa PostgreSQL (BILLING_DATABASE_URL).")


def figure(service, name):
    """One figure of a service's metrics."""
    (value,) = [line.split()[-1] for line in service.metrics().splitlines() if line.startswith(f"{name} ")]
    return float(value)
