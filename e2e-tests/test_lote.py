"""A lote cut at any moment, by `kill -9` or by its caller: sent again, each invoice is issued once."""

import json
import threading

import httpx
from deployment import invoice, new_nif, said
from proof import (
    assert_all_came_through,
    assert_every_invoice_is_whole,
    assert_one_chain,
    assert_told_exactly_once,
)
from waiting import wait_for

PATH = "/api/facturas/lote"
KEY = "cierre-del-mes"
LEASE = 30.0
"""Seconds for which a client stays claimed by a process that was killed; on SQLite a start frees it."""


def bodies(how_many):
    """Invoices to a few clients."""
    clients = [new_nif() for _ in range(5)]
    return [
        invoice(
            cliente_cif=clients[n % 5], cliente_email=f"lote{n % 5}@e2e.example", referencia_externa=f"p{n}"
        )
        for n in range(how_many)
    ]


def send(company, facturas, key=KEY):
    """What became of each invoice of a lote that was answered whole."""
    answer = company.billing.post(PATH, json={"facturas": facturas}, headers={"Idempotency-Key": key})
    return said(200, answer)["resultados"]


def begin(company, facturas, then, after=32):
    """Send a lote, do `then` and hang up once over `after` invoices are answered. What came until then."""
    came = b""
    request = {"json": {"facturas": facturas}, "headers": {"Idempotency-Key": KEY}}
    try:
        with company.billing.stream("POST", PATH, **request) as answer:
            assert answer.status_code == 200
            for piece in answer.iter_raw():
                came += piece
                if came.count(b'"indice":') > after:
                    then()
                    break
    except httpx.TransportError:
        pass  # the other end was killed
    return came


def issued(company):
    """How many invoices the company has, by its own rows."""
    return len(company.deployment.databases.billing.rows("facturas", empresa_id=company.id))


def assert_each_once(company, facturas, came):
    """Sent again, the lote is whole and in order; what had been answered has the same bytes."""
    before = issued(company)
    resultados = send(company, facturas)
    assert [r["status"] for r in resultados] == [201] * len(facturas)
    assert [r["factura"]["numero"][-6:] for r in resultados] == [
        f"{n:06}" for n in range(1, len(facturas) + 1)
    ]
    assert [r["repetida"] for r in resultados] == [n < before for n in range(len(facturas))]
    whole = json.dumps({"facturas": facturas}).encode()
    again = company.billing.post(
        PATH, content=whole, headers={"Idempotency-Key": KEY, "Content-Type": "application/json"}
    )
    assert again.headers["Idempotent-Replayed"] == "true"
    first_bytes = came.split(b'"factura":')[1:-1]  # the last one may have been cut
    assert len(first_bytes) >= 32
    for first, second in zip(first_bytes, again.content.split(b'"factura":')[1:], strict=False):
        assert first.partition(b',"problema":')[0] == second.partition(b',"problema":')[0]


def test_a_lote_of_300_killed_in_the_middle_and_sent_again_is_each_invoice_exactly_once(own_deployment):
    company, facturas = own_deployment.company(), bodies(300)
    came = begin(company, facturas, own_deployment.billing.kill)
    own_deployment.billing.start()
    assert 32 < issued(company) < 300, "it was not killed in the middle"
    assert_each_once(company, facturas, came)
    assert_all_came_through(company, 300, LEASE + 60.0)


def test_a_lote_killed_again_and_again_is_done_in_the_end(own_deployment):
    company, billing, facturas = own_deployment.company(), own_deployment.billing, bodies(300)
    for enough in (1, 100, 200):
        sender = threading.Thread(target=begin, args=(company, facturas, None, len(facturas)))
        sender.start()
        wait_for(lambda enough=enough: issued(company) >= enough, "some of it is issued")
        billing.kill()
        sender.join()
        billing.start()
    send(company, facturas)
    assert all(r["repetida"] for r in send(company, facturas))
    assert_every_invoice_is_whole(company, 300)
    assert_one_chain(company)
    company.wait_until_delivered(LEASE + 60.0)
    assert_told_exactly_once(company)


def test_a_caller_that_hangs_up_leaves_nothing_half_done_and_finds_the_rest_later(company):
    facturas = bodies(300)
    came = begin(company, facturas, lambda: None)
    resultados = send(company, facturas)
    assert [r["factura"]["numero"][-6:] for r in resultados] == [
        f"{n:06}" for n in range(1, len(facturas) + 1)
    ]
    assert all(r["repetida"] for r in resultados[: came.count(b'"problema":null')])
    assert_every_invoice_is_whole(company, len(facturas))
    assert_one_chain(company)
    company.wait_until_delivered()
    assert_told_exactly_once(company)


def test_a_stop_in_the_middle_answers_the_lote_to_its_end(own_deployment):
    company, billing, facturas = own_deployment.company(), own_deployment.billing, bodies(200)
    with company.billing.stream("POST", PATH, json={"facturas": facturas}) as answer:
        pieces = answer.iter_raw()
        came = next(pieces)
        billing.ask_to_stop()
        came += b"".join(pieces)
    assert billing.wait_until_ended() == 0
    assert json.loads(came)["recuento"] == {"total": 200, "creadas": 200, "repetidas": 0, "rechazadas": 0}
    billing.start()
    assert_every_invoice_is_whole(company, 200)
    assert_one_chain(company)


def test_two_processes_given_the_same_lote_at_once_issue_each_invoice_once(made_once, standing):
    deployment = standing(made_once("postgresql"))
    other, company, facturas = deployment.another_billing(), deployment.company(), bodies(150)
    answers = {}

    def ask(service):
        with deployment.client(service, {"X-API-Key": company.key}) as client:
            headers = {"Idempotency-Key": KEY}
            answers[service] = said(200, client.post(PATH, json={"facturas": facturas}, headers=headers))

    senders = [threading.Thread(target=ask, args=(service,)) for service in (deployment.billing, other)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    other.close()
    one, two = (answer["resultados"] for answer in answers.values())
    assert [r["factura"] for r in one] == [r["factura"] for r in two]
    assert [r["factura"]["numero"][-6:] for r in one] == [f"{n:06}" for n in range(1, 151)]
    assert_every_invoice_is_whole(company, 150)
    assert_one_chain(company)
