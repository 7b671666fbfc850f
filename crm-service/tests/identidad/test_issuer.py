"""Billing's keys: kept while it is away, learnt when they change, and not asked for without end."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete

from crm.identidad import ClaveEmisor, issuer

PATH = "/api/crm/clientes"


def ask(client, token):
    return client.get(PATH, headers={"Authorization": f"Bearer {token}"})


def until(fact, seconds=5.0):
    """Waits for `fact` to come true."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end
        threading.Event().wait(0.02)


@pytest.fixture
def curious(monkeypatch):
    """A CRM that may ask billing again soon after it was answered."""
    monkeypatch.setattr(issuer, "_AFTER_SUCCESS", 0.2)


def forged(billing, now, number):
    return billing.token(now, key=Ed25519PrivateKey.generate(), kid=f"inventada-{number}")


def test_tokens_hold_while_billing_is_down_and_after_a_restart(billing, start, reloj):
    with start(billing.url) as crm:
        assert ask(crm, billing.token(reloj.now)).status_code == 200
        billing.stop()
        assert ask(crm, billing.token(reloj.now)).status_code == 200
    with start(billing.url) as crm:
        assert ask(crm, billing.token(reloj.now)).status_code == 200
        assert ask(crm, forged(billing, reloj.now, 1)).status_code == 401


def test_a_crm_that_starts_before_billing_hears_it_once_it_is_there(billing, start, reloj, service):
    billing.status = 503
    with service.database.unit_of_work() as session:
        session.execute(delete(ClaveEmisor))
    with start(billing.url) as crm:
        answer = ask(crm, billing.token(reloj.now))
        assert (answer.status_code, answer.json()["codigo"]) == (503, "emisor_no_disponible")
        billing.status = 200
        assert ask(crm, billing.token(reloj.now)).status_code == 200


@pytest.mark.usefixtures("curious")
def test_a_new_key_is_learnt_and_an_old_one_no_longer_trusted(billing, start, reloj):
    with start(billing.url, every=60) as crm:
        old = billing.token(reloj.now)
        assert ask(crm, old).status_code == 200
        billing.rotate()
        new = billing.token(reloj.now)
        until(lambda: ask(crm, new).status_code == 200)
        assert ask(crm, old).status_code == 401


@pytest.mark.usefixtures("curious")
def test_what_is_not_a_key_set_changes_nothing(billing, start, reloj):
    with start(billing.url, every=60) as crm:
        token = billing.token(reloj.now)
        assert ask(crm, token).status_code == 200
        billing.issuer = None
        asked = billing.asked
        until(lambda: ask(crm, forged(billing, reloj.now, 1)).status_code == 401 and billing.asked > asked)
        assert ask(crm, token).status_code == 200


def test_a_flood_of_forged_tokens_hardly_asks_billing(billing, start, reloj):
    with start(billing.url, every=60) as crm:
        assert ask(crm, billing.token(reloj.now)).status_code == 200
        began, asked = time.monotonic(), billing.asked
        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda n: ask(crm, forged(billing, reloj.now, n)), range(200)))
        assert {a.status_code for a in answers} <= {401, 503}
        assert billing.asked - asked <= 1 + (time.monotonic() - began) / 2


@pytest.mark.usefixtures("curious")
def test_a_billing_that_hangs_does_not_hold_up_other_requests(billing, start, reloj, service):
    key = service.company()
    with start(billing.url, every=60) as crm:
        assert ask(crm, billing.token(reloj.now)).status_code == 200
        billing.delay = 3.0
        asked = billing.asked

        def insist(number):
            """Until the CRM may ask billing again, and one more time."""
            while billing.asked == asked:
                assert ask(crm, forged(billing, reloj.now, number)).status_code in {401, 503}
            return ask(crm, forged(billing, reloj.now, number))

        with ThreadPoolExecutor(24) as pool:
            waiting = [pool.submit(insist, number) for number in range(24)]
            until(lambda: billing.asked > asked)
            began = time.monotonic()
            assert crm.get(PATH, headers=key.headers).status_code == 200
            assert time.monotonic() - began < 1.5  # less than the two seconds that those wait
            assert {future.result().status_code for future in waiting} <= {401, 503}
