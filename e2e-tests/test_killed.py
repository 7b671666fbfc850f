"""`kill -9` at any moment under load: what was acknowledged is there, nothing is half there, nothing is twice."""

import asyncio
import random

from crowd import Request, all_at_once, send, speaking_to
from deployment import invoice, new_nif
from proof import (
    assert_every_invoice_is_whole,
    assert_one_chain,
    assert_told_exactly_once,
    assert_told_in_order,
)
from waiting import wait_for

ROUNDS = 5
CLIENTS = 6
AT_ONCE = 12
LEASE = 30.0
"""Seconds for which a client stays claimed by a process that was killed; on SQLite a start frees it."""


class Load:
    """Somebody who issues, collects and annuls without pause, from several places at once."""

    def __init__(self, company, seed):
        self.company, self.rng = company, random.Random(seed)
        self._clients = [
            invoice(cliente_cif=new_nif(), cliente_email=f"k{n}@e2e.example") for n in range(CLIENTS)
        ]
        self._issued, self._sent = [], 0
        self.invoices = set()
        """The key of every invoice that was asked for."""

    def until(self, least, most, then):
        """Work until so many answers came, do `then` at a random moment, and end: every answer, none included."""
        return asyncio.run(self._until(self.rng.randrange(least, most), then))

    async def _until(self, how_many, then):
        answers, enough, over = [], asyncio.Event(), asyncio.Event()

        async def work(client):
            while not over.is_set():
                answer = await send(client, self._next())
                answers.append(answer)
                if answer.came and answer.request.path == "/api/facturas":
                    self._issued.append(answer.body["id"])
                if sum(answer.came for answer in answers) >= how_many:
                    enough.set()
                if not answer.came:
                    return

        async with (
            speaking_to(self.company.deployment.billing, self.company) as client,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(AT_ONCE):
                group.create_task(work(client))
            await enough.wait()
            await asyncio.sleep(
                self.rng.uniform(0.0, 0.05)
            )  # not a wait: the moment is what the test is about
            over.set()
            then()
        return answers

    def _next(self):
        self._sent += 1
        key = f"orden-{self.company.id[-8:]}-{self._sent:05}"
        if self._issued and self._sent % 4 == 0:
            path = f"/api/facturas/{self._issued[self._sent % len(self._issued)]}/pagos"
            return Request("POST", path, {"monto": "0.01"}, key)
        if self._issued and self._sent % 7 == 0:
            path = f"/api/facturas/{self._issued.pop()}/estado"
            return Request("PUT", path, {"estado": "anulada", "motivo": "Prueba"}, key)
        self.invoices.add(key)
        return Request("POST", "/api/facturas", self._clients[self._sent % CLIENTS], key)


def test_billing_killed_at_random_moments_loses_nothing_and_does_nothing_twice(own_deployment):
    company, billing = own_deployment.company(), own_deployment.billing
    load = Load(company, 20261124)
    for _ in range(ROUNDS):
        answers = load.until(20, 90, billing.kill)
        billing.start()
        assert not all(answer.came for answer in answers), "it was not killed under load"
        assert_done_once(company, answers)
        assert_every_invoice_is_whole(company, len(load.invoices))
        assert_one_chain(company)
    company.wait_until_delivered(LEASE + 60.0)
    assert_told_exactly_once(company)
    assert_told_in_order(company)


def assert_done_once(company, answers):
    """Sent again, what was acknowledged gets the same bytes, and what was not is done, if it was not already."""
    refused = {answer.status for answer in answers if answer.came and answer.status >= 300}
    assert refused <= {409}, "only who pays what was annulled, or annuls what was paid, may be refused"
    again = all_at_once(company, [answer.request for answer in answers], at_most=AT_ONCE)
    for before, after in zip(answers, again, strict=True):
        assert after.came
        if before.came and before.status < 300:
            assert (after.status, after.content, after.replayed) == (before.status, before.content, True)
    third = all_at_once(company, [answer.request for answer in again if answer.status < 300], at_most=AT_ONCE)
    assert all(answer.replayed for answer in third)


def test_the_crm_killed_while_it_is_told_hears_all_of_it_once(own_deployment):
    company, crm = own_deployment.company(), own_deployment.crm
    load = Load(company, 11242026)

    def heard():
        return len(own_deployment.databases.crm.rows("actividades", empresa_id=company.id))

    for _ in range(3):
        enough = heard() + load.rng.randrange(1, 20)
        load.until(30, 60, lambda: None)
        wait_for(lambda enough=enough: heard() >= enough, "it hears some of it")
        crm.kill()
        crm.start()
    company.wait_until_delivered()
    assert_told_exactly_once(company)
    assert_told_in_order(company)


def test_both_killed_at_once_agree_after_a_start(own_deployment):
    company = own_deployment.company()
    load = Load(company, 7)

    def kill_both():
        for service in (own_deployment.billing, own_deployment.crm):
            service.kill()

    answers = load.until(60, 90, kill_both)
    own_deployment.start()
    assert_done_once(company, answers)
    company.wait_until_delivered(LEASE + 60.0)
    assert_one_chain(company)
    assert_told_exactly_once(company)


def test_a_stop_under_load_answers_what_is_under_way_and_keeps_all_that_it_answered(own_deployment):
    company, billing = own_deployment.company(), own_deployment.billing
    load = Load(company, 3)
    answers = load.until(60, 90, billing.ask_to_stop)
    assert billing.wait_until_ended() == 0
    billing.start()
    assert_done_once(company, answers)
    assert_every_invoice_is_whole(company, len(load.invoices))
    assert_one_chain(company)
