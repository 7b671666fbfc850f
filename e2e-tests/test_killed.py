"""`kill -9` or SIGTERM at any moment: what was acknowledged is there, nothing by halves, nothing twice."""

import sys
import time
from collections import Counter

from crowd import all_at_once, invoices
from deployment import invoice, running
from load import AT_ONCE, Load
from proof import (
    assert_all_came_through,
    assert_every_invoice_is_whole,
    assert_one_chain,
    assert_told_exactly_once,
    assert_told_in_order,
)
from waiting import wait_for

ROUNDS = 5
LEASE = 30.0
"""Seconds for which a client stays claimed by a process that was killed; on SQLite a start frees it."""


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


def assert_done_once(company, answers, *services):
    """Sent again, what was acknowledged gets the same bytes; what was not is done, if it was not already."""
    refused = {answer.status for answer in answers if answer.came and answer.status >= 300}
    assert refused <= {409}, "only who pays what was annulled, or annuls what was paid, may be refused"
    again = all_at_once(company, [answer.request for answer in answers], *services, at_most=AT_ONCE)
    for before, after in zip(answers, again, strict=True):
        assert after.came
        if before.came and before.status < 300:
            assert (after.status, after.content, after.replayed) == (before.status, before.content, True)
    done = [answer.request for answer in again if answer.status < 300]
    third = all_at_once(company, done, *services, at_most=AT_ONCE)
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


def test_one_of_two_billing_processes_killed_leaves_the_other_to_tell_the_crm(made_once, tmp_path):
    with running(made_once("postgresql"), tmp_path) as deployment:
        other, company = deployment.another_billing(), deployment.company()
        load = Load(company, 5)
        answers = load.until(60, 90, deployment.billing.kill)
        assert_done_once(company, answers, other)
        company.billing.base_url = other.url
        assert_all_came_through(company, len(load.invoices), LEASE + 60.0)


def test_a_stop_under_load_keeps_all_that_was_acknowledged(own_deployment):
    company, billing = own_deployment.company(), own_deployment.billing
    load = Load(company, 3)
    answers = load.until(60, 90, billing.ask_to_stop)
    assert billing.wait_until_ended() == 0
    billing.start()
    assert_done_once(company, answers)
    assert_every_invoice_is_whole(company, len(load.invoices))
    assert_one_chain(company)


def test_a_stop_answers_what_is_under_way_and_fails_nobody(own_deployment):
    company, billing = own_deployment.company(), own_deployment.billing
    asked = []

    def stop():
        asked.append(time.monotonic())
        billing.ask_to_stop()

    requests = invoices([invoice()] * 200, "al-parar")
    answers = all_at_once(company, requests, then=stop)
    assert billing.wait_until_ended() == 0
    seconds = time.monotonic() - asked[0]
    statuses = Counter(answer.status for answer in answers)
    assert statuses.keys() <= {201, None}
    sys.stdout.write(
        f"drained {statuses[201]} of 200 invoices in {seconds:.2f} s: {statuses[201] / seconds:.0f}/s\n"
    )

    billing.start()
    issued = {row["id"] for row in company.every_row(company.billing, "/api/facturas")}
    assert {answer.body["id"] for answer in answers if answer.came} <= issued
    assert_done_once(company, answers)
    assert_every_invoice_is_whole(company, len(requests))
    assert_one_chain(company)
