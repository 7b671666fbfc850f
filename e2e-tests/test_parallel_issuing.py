"""Many at once: one key makes one invoice; numbers are given once, without a gap, in one unbroken chain."""

from collections import Counter

import pytest
from crowd import Request, all_at_once, invoices
from deployment import invoice
from proof import assert_every_invoice_is_whole, assert_one_chain, assert_told_exactly_once

HOW_MANY = 200


@pytest.fixture
def two_processes(made_once, standing):
    """A shared deployment on PostgreSQL, with one more billing process: both as they take turns."""
    deployment = standing(made_once("postgresql"))
    other = deployment.another_billing()
    yield deployment, [deployment.billing, other]
    other.close()


def one_key(company, *services):
    """200 requests, the same under the same key: they make one invoice."""
    request = Request("POST", "/api/facturas", invoice(), f"pedido-{company.id}")
    answers = all_at_once(company, [request] * HOW_MANY, *services)
    assert Counter(answer.status for answer in answers) == {201: HOW_MANY}
    assert len({answer.content for answer in answers}) == 1
    assert Counter(answer.replayed for answer in answers) == {False: 1, True: HOW_MANY - 1}
    (only,) = company.every_row(company.billing, "/api/facturas")
    assert only["id"] == answers[0].body["id"]
    assert_every_invoice_is_whole(company, 1)
    assert_one_chain(company)


def distinct_keys(company, *services):
    """200 requests, each under a key of its own: they make 200 invoices."""
    answers = all_at_once(company, invoices([invoice()] * HOW_MANY, "pedido"), *services)
    assert Counter(answer.status for answer in answers) == {201: HOW_MANY}
    year = answers[0].body["fecha_expedicion"][:4]
    expected = [f"F-{year}-{n:06}" for n in range(1, HOW_MANY + 1)]
    assert sorted(answer.body["numero"] for answer in answers) == expected
    assert_every_invoice_is_whole(company, HOW_MANY)
    assert_one_chain(company)
    company.wait_until_delivered()
    assert_told_exactly_once(company)


def test_200_requests_with_one_key_make_one_invoice_and_get_the_same_bytes(company):
    one_key(company)


def test_200_requests_with_distinct_keys_get_200_consecutive_numbers_in_one_chain(company):
    distinct_keys(company)


def test_200_requests_with_one_key_to_two_processes_make_one_invoice(two_processes):
    deployment, services = two_processes
    one_key(deployment.company(), *services)


def test_200_requests_with_distinct_keys_to_two_processes_get_consecutive_numbers(two_processes):
    deployment, services = two_processes
    distinct_keys(deployment.company(), *services)


def test_a_key_that_was_used_for_something_else_is_refused_by_either_process(two_processes):
    deployment, services = two_processes
    company = deployment.company()
    first = Request("POST", "/api/facturas", invoice(), "pedido-0001")
    other = Request("POST", "/api/facturas", invoice(cliente_nombre="Otro, S.L."), "pedido-0001")
    all_at_once(company, [first], services[0])
    for service in services:
        (answer,) = all_at_once(company, [other], service)
        assert (answer.status, answer.body["codigo"]) == (422, "idempotencia_conflicto")
    assert_every_invoice_is_whole(company, 1)


def test_parallel_payments_never_collect_more_than_is_due(company):
    factura = company.issue()
    path = f"/api/facturas/{factura['id']}/pagos"
    requests = [Request("POST", path, {"monto": "12.10"}, f"cobro-{n:04}") for n in range(40)]
    answers = all_at_once(company, requests)
    statuses = Counter((answer.status, answer.body.get("codigo")) for answer in answers)
    assert statuses[201, None] == 10
    assert set(statuses) <= {(201, None), (422, "pago_excesivo"), (409, "transicion_invalida")}
    assert company.invoice(factura["id"])["estado"] == "pagada"
    company.wait_until_delivered()
    assert_told_exactly_once(company)


def test_a_draft_issued_many_times_at_once_takes_one_number(company):
    draft = company.draft()
    path = f"/api/facturas/{draft['id']}/estado"
    requests = [Request("PUT", path, {"estado": "emitida"}, f"emitir-{n:04}") for n in range(40)]
    answers = all_at_once(company, requests)
    assert Counter(answer.status for answer in answers) == {200: 40}
    assert {(answer.body["id"], answer.body["numero"][-6:]) for answer in answers} == {
        (draft["id"], "000001")
    }
    assert_every_invoice_is_whole(company, 1)
    assert_one_chain(company)
