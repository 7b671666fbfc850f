"""A restart that nobody notices: one process after the other behind a balancer, under load."""

import itertools
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import httpx
import pytest
from balancer import Balancer
from crowd import all_at_once, invoices
from deployment import Deployment, invoice, new_nif, running, said
from proof import assert_all_came_through, assert_every_invoice_is_whole, assert_one_chain
from waiting import wait_for

CALLERS, PAUSE = 3, 0.05
DRAIN = {"BILLING_DRAIN_SECONDS": "1", "CRM_DRAIN_SECONDS": "1"}
"""Longer than it takes a balancer to hear that a service is not ready."""


class Callers:
    """Who work with hardly a pause, each on a connection of their own: issue, list, look at both services."""

    def __init__(self, company, billing_url, crm_url):
        self._company, self._urls = company, (billing_url, crm_url)
        self._clients = [
            invoice(cliente_cif=new_nif(), cliente_email=f"r{n}@e2e.example") for n in range(CALLERS)
        ]
        self._over, self.answers, self.issued = threading.Event(), Counter(), itertools.count()

    @contextmanager
    def at_work(self):
        """While the block runs. Raises whatever went wrong with any request."""
        with ThreadPoolExecutor(CALLERS) as pool:
            working = [pool.submit(self._work, n) for n in range(CALLERS)]
            try:
                yield
            finally:
                self._over.set()
            for each in working:
                each.result()

    @property
    def how_many(self):
        return sum(self.answers.values())

    def _work(self, n):
        key = {"X-API-Key": self._company.key}
        token = {"Authorization": f"Bearer {self._company.token}"}
        with (
            httpx.Client(base_url=self._urls[0], headers=key, timeout=60, trust_env=False) as billing,
            httpx.Client(base_url=self._urls[1], headers=token, timeout=60, trust_env=False) as crm,
        ):
            while not self._over.wait(PAUSE):
                next(self.issued)
                self._count(billing.post("/api/facturas", json=self._clients[n]))
                self._count(billing.get("/api/dashboard/resumen"))
                self._count(crm.put("/api/crm/clientes/upsert", json=_as_client(self._clients[n])))
                self._count(crm.get("/api/crm/clientes?limite=1"))

    def _count(self, answer):
        self.answers[answer.status_code] += 1
        assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.text}"


def _as_client(body):
    """Whom an invoice names, as the CRM is told."""
    names = {"nombre_completo": "cliente_nombre", "cif_nif": "cliente_cif", "email": "cliente_email"}
    return {ours: body[theirs] for ours, theirs in names.items()}


def test_two_of_each_service_restarted_in_turn_under_load_fail_no_request(made_once, tmp_path):
    with running(made_once("postgresql"), tmp_path, Balancer, **DRAIN) as deployment:
        billings = [deployment.billing, deployment.another_billing()]
        crms = [deployment.crm, deployment.another_crm()]
        deployment.way.add(crms[1])
        with closing(Balancer(*(billing.port for billing in billings))) as front:
            company = deployment.company()
            callers = Callers(company, front.url, deployment.way.url)
            before = {front: billings, deployment.way: crms}
            for balancer, services in before.items():
                wait_for(lambda b=balancer, s=services: all(map(b.sends_to, s)), "both take part")
            with callers.at_work():
                for balancer, services in before.items():
                    for service in services:
                        restart(service, balancer, callers)
            assert set(callers.answers) <= {200, 201}
        assert_all_came_through(company, next(callers.issued))


def restart(service, balancer, callers):
    """Stop it and start it, with requests before, between and after."""

    def answered_more():
        enough = callers.how_many + 20
        wait_for(lambda: callers.how_many >= enough, "requests go on being answered")

    answered_more()
    assert service.stop() == 0
    assert not balancer.sends_to(service)
    answered_more()
    service.start()
    wait_for(lambda: balancer.sends_to(service), "it takes part again")
    answered_more()


@pytest.fixture(params=["billing", "crm"])
def leaving(request, kind, tmp_path):
    """A service of a deployment that goes on serving for long after it was asked to stop."""
    drain = {"BILLING_DRAIN_SECONDS": "3", "CRM_DRAIN_SECONDS": "3"}
    with running(kind, tmp_path, **drain) as deployment:
        yield getattr(deployment, request.param)


def test_a_service_asked_to_stop_is_unready_at_once_and_serves_on(leaving):
    with Deployment.client(leaving, {}) as caller:
        assert "connection" not in caller.get("/health/live").headers
        leaving.ask_to_stop()

        def ready():
            return caller.get("/health/ready")

        wait_for(lambda: ready().status_code == 503, "it is unready")
        assert ready().json()["listo"] is False
        answer = caller.get("/openapi.json")
        assert (answer.status_code, answer.headers["connection"]) == (200, "close")
    assert leaving.wait_until_ended() == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{leaving.url}/health/live", trust_env=False)


def test_a_stop_under_load_answers_every_request_that_was_accepted(kind, tmp_path):
    """Nobody is cut off: who came before the port closed has an answer, who came after was refused."""
    with running(kind, tmp_path, **DRAIN) as deployment:
        company, billing = deployment.company(), deployment.billing
        requests = invoices([invoice()] * 300, "al-salir")
        answers = all_at_once(company, requests, at_most=20, then=billing.ask_to_stop)
        assert billing.wait_until_ended() == 0
        statuses = Counter(answer.status for answer in answers)
        assert statuses.keys() <= {201, None}
        billing.start()
        issued = company.every_row(company.billing, "/api/facturas")
        assert {row["id"] for row in issued} == {answer.body["id"] for answer in answers if answer.came}
        assert_every_invoice_is_whole(company, statuses[201])
        assert_one_chain(company)
        assert said(200, company.billing.get("/api/facturas?limite=1"))["total"] == statuses[201]
