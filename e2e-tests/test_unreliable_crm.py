"""A CRM that fails in every way: billing never waits for it, and it hears of each fact exactly once."""

import random
import time

import pytest
from deployment import said
from load import Load
from proof import assert_told_exactly_once, assert_told_in_order
from unreliable import Way
from waiting import wait_for

NOTHING_DONE = [Way.RESET, Way.HANG]
DONE_BUT_UNSAID = [Way.CUT, Way.SWALLOW]


@pytest.fixture
def way(unreliable_deployment):
    """What stands before the CRM, well again when the test is over."""
    yield unreliable_deployment.way
    unreliable_deployment.way.always(Way.PASS)


@pytest.fixture
def company(unreliable_deployment):
    """A company whose messages go that way."""
    return unreliable_deployment.company()


def heard(company):
    return len(company.deployment.databases.crm.rows("actividades", empresa_id=company.id))


def work(company):
    """Invoices, payments and annulments."""
    Load(company, company.id).until(20, 30, lambda: None)


@pytest.mark.parametrize("failure", NOTHING_DONE)
def test_a_crm_that_does_not_hear_hears_all_of_it_once_when_it_listens_again(company, way, failure):
    way.always(failure)
    work(company)
    wait_for(lambda: company.integration()["interruptor"] == "abierto", "billing leaves it alone")
    assert heard(company) == 0
    assert company.integration()["disponible"] is False
    way.always(Way.PASS)
    company.wait_until_delivered()
    assert_told_exactly_once(company)
    assert_told_in_order(company)


@pytest.mark.parametrize("failure", DONE_BUT_UNSAID)
def test_a_crm_whose_answers_are_lost_after_it_did_its_work_did_it_once(company, way, failure):
    way.always(failure, only="POST")
    work(company)
    wait_for(lambda: heard(company) >= 1, "it does what it is asked")
    wait_for(lambda: any(row["intentos"] for row in company.integration()["en_espera"]), "billing asks again")
    way.always(Way.PASS)
    company.wait_until_delivered()
    assert_told_exactly_once(company)
    assert_told_in_order(company)


def test_a_crm_that_refuses_connections_is_told_when_it_takes_them(company, way):
    way.refuse()
    work(company)
    wait_for(lambda: company.integration()["interruptor"] == "abierto", "billing leaves it alone")
    way.open()
    company.wait_until_delivered()
    assert_told_exactly_once(company)
    assert_told_in_order(company)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_crm_that_fails_now_and_then_in_every_way_hears_all_of_it_once(company, way, seed):
    rng = random.Random(seed)
    ways = [Way.PASS] * 6 + [Way.RESET, Way.CUT, Way.SWALLOW, Way.SWALLOW]
    way.exchanges.clear()
    way.choose = lambda _line: rng.choice(ways)
    Load(company, seed).until(60, 80, lambda: None)
    seen = wait_for(
        lambda: len({exchange.way for exchange in way.exchanges}) == 4, "each of the ways was met"
    )
    assert seen
    way.always(Way.PASS)
    said(200, company.billing.post("/api/integracion/crm/reintentos"))
    company.wait_until_delivered()
    assert_told_exactly_once(company)
    assert_told_in_order(company)


def test_nobody_who_works_in_billing_waits_for_a_crm_that_hangs(company, way):
    cliente_id = delivered(company)
    way.always(Way.HANG)
    started = time.monotonic()
    for _ in range(3):
        company.issue()
        assert said(200, company.billing.get("/api/dashboard/resumen"))["crm"]["disponible"] is False
        ficha = said(200, company.billing.get(f"/api/clientes/{cliente_id}/ficha"))
        assert (ficha["crm"]["disponible"], ficha["facturacion"]["saldo"][:1].isdigit()) == (False, True)
    assert time.monotonic() - started < 3 * (2 * 1.0 + 4.0), "two waits of 1 s each round, on a busy machine"


def delivered(company):
    """The CRM's id of the client of an invoice that arrived."""
    factura_id = company.issue()["id"]
    company.wait_until_delivered()
    return company.invoice(factura_id)["crm"]["cliente_id"]


def test_a_stop_does_not_wait_for_a_crm_that_hangs(company, way):
    way.always(Way.HANG)
    work(company)
    wait_for(lambda: any(exchange.way is Way.HANG for exchange in way.exchanges), "the CRM hangs")
    assert company.deployment.billing.stop() == 0
    way.always(Way.PASS)
    company.deployment.billing.start()
    company.wait_until_delivered()
    assert_told_exactly_once(company)


def test_a_refused_activity_is_a_dead_letter_in_the_crm_s_words_that_holds_nothing_and_can_be_replayed(
    company, way
):
    way.always(Way.FORBID, only="POST")
    factura = company.issue()
    wait_for(lambda: company.invoice(factura["id"])["crm"]["estado"] == "fallido", "the sale is refused")
    (dead,) = company.integration()["fallos"]
    assert (dead["factura_id"], dead["referencia_externa"]) == (factura["id"], factura["id"])
    assert {name: dead["error"][name] for name in ("status", "codigo", "detail")} == {
        "status": 422,
        "codigo": "datos_invalidos",
        "detail": "Hoy no.",
    }

    way.always(Way.PASS)
    pago = company.pay(factura["id"], "21.00")
    company.wait_until_delivered()
    assert company.activities().keys() == {pago["id"]}
    assert company.invoice(factura["id"])["crm"]["estado"] == "fallido"

    again = said(200, company.billing.post("/api/integracion/crm/reintentos", json={"ids": [dead["id"]]}))
    assert again["reintentados"] == 1
    wait_for(lambda: company.invoice(factura["id"])["crm"]["estado"] == "entregado", "the sale is delivered")
    assert company.integration()["fallidos"] == 0
    assert_told_exactly_once(company)


def test_a_refused_client_holds_what_is_to_be_told_of_it_until_it_is_replayed(company, way):
    way.always(Way.FORBID, only="/upsert")
    first = company.issue()
    wait_for(lambda: company.invoice(first["id"])["crm"]["estado"] == "fallido", "the client is refused")
    way.always(Way.PASS)
    second = company.issue()
    company.pay(first["id"], "121.00")
    assert company.integration()["pendientes"] == 2
    assert heard(company) == 0

    assert said(200, company.billing.post("/api/integracion/crm/reintentos"))["reintentados"] == 1
    company.wait_until_delivered()
    assert_told_exactly_once(company)
    assert_told_in_order(company)
    assert company.invoice(second["id"])["crm"]["estado"] == "entregado"
