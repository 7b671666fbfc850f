"""Tokens that billing has revoked open nothing, and its new keys are known before they sign."""

import threading
import time
from datetime import timedelta

from http_rules import new_id
from http_rules.tokens import bearer, milliseconds

PATH = "/api/crm/clientes"


def ask(client, token):
    return client.get(PATH, headers={"Authorization": f"Bearer {token}"}).status_code


def until(fact, seconds=10.0):
    """Waits for `fact` to come true."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end
        threading.Event().wait(0.02)


def user(billing, now, empresa_id, sub="usr_1"):
    return billing.token(now, empresa_id=empresa_id, sub=sub)


def test_a_revoked_user_is_out_and_a_token_issued_later_opens(billing, start, reloj):
    empresa_id = new_id("emp")
    with start(billing.url) as crm:
        token, other = user(billing, reloj.now, empresa_id), user(billing, reloj.now, empresa_id, "usr_2")
        assert (ask(crm, token), ask(crm, other)) == (200, 200)
        billing.revoke(empresa_id, "usr_1", reloj.now)
        until(lambda: ask(crm, token) == 401)
        later = reloj.now + timedelta(milliseconds=1)
        assert ask(crm, user(billing, later, empresa_id)) == 200
        assert ask(crm, user(billing, reloj.now, new_id("emp"))) == 200
        assert ask(crm, other) == 200


def test_a_revocation_holds_while_billing_is_down_and_after_a_restart(billing, start, reloj):
    empresa_id = new_id("emp")
    with start(billing.url) as crm:
        token = user(billing, reloj.now, empresa_id)
        assert ask(crm, token) == 200
        billing.revoke(empresa_id, "usr_1", reloj.now)
        until(lambda: ask(crm, token) == 401)
        billing.stop()
        assert ask(crm, token) == 401
    with start(billing.url) as crm:
        assert ask(crm, token) == 401
        assert ask(crm, user(billing, reloj.now, empresa_id, "usr_2")) == 200


def test_a_process_that_does_not_reach_billing_hears_it_from_one_that_does(billing, start, reloj):
    empresa_id = new_id("emp")
    with start(billing.url) as crm, start("http://127.0.0.1:9/") as cut_off:
        token = user(billing, reloj.now, empresa_id)
        until(lambda: (ask(crm, token), ask(cut_off, token)) == (200, 200))
        billing.revoke(empresa_id, "usr_1", reloj.now)
        until(lambda: ask(cut_off, token) == 401)


def test_what_billing_no_longer_repeats_stays_revoked(billing, start, reloj):
    empresa_id = new_id("emp")
    with start(billing.url) as crm:
        token = user(billing, reloj.now, empresa_id)
        billing.revoke(empresa_id, "usr_1", reloj.now)
        until(lambda: ask(crm, token) == 401)
        billing.revoked.clear()
        asked = billing.asked
        until(lambda: billing.asked > asked + 1)
        assert ask(crm, token) == 401


def test_a_whole_company_can_be_revoked_and_billing_s_own_tokens_are_not(billing, start, reloj):
    empresa_id = new_id("emp")
    with start(billing.url) as crm:
        token, service = user(billing, reloj.now, empresa_id), billing.token(reloj.now, empresa_id=empresa_id)
        assert (ask(crm, token), ask(crm, service)) == (200, 200)
        billing.revoked[bearer(empresa_id)] = milliseconds(reloj.now)
        until(lambda: ask(crm, token) == 401)
        assert ask(crm, service) == 200


def test_revocations_that_cannot_be_read_leave_what_was_known(billing, start, reloj):
    empresa_id = new_id("emp")
    with start(billing.url) as crm:
        token = user(billing, reloj.now, empresa_id)
        assert ask(crm, token) == 200
        billing.revoke(empresa_id, "usr_1", reloj.now)
        until(lambda: ask(crm, token) == 401)
        for nonsense in (["x"], {"x": "ayer"}, {"x": 10**30}, None):
            billing.revoked = nonsense
            asked = billing.asked
            until(lambda before=asked: billing.asked > before + 1)
            assert ask(crm, token) == 401
            assert ask(crm, user(billing, reloj.now, empresa_id, "usr_2")) == 200


def test_a_key_that_is_published_before_it_signs_opens_at_once_also_once_billing_is_down(
    billing, start, reloj
):
    with start(billing.url) as crm:
        assert ask(crm, billing.token(reloj.now)) == 200
        private, kid = billing.publish()
        asked = billing.asked
        until(lambda: billing.asked > asked + 1)
        billing.stop()
        assert ask(crm, billing.token(reloj.now, key=private, kid=kid)) == 200
        assert ask(crm, billing.token(reloj.now)) == 200


def test_a_key_that_is_no_longer_published_is_no_longer_trusted_though_nobody_asks_for_another(
    billing, start, reloj
):
    with start(billing.url) as crm:
        private, kid = billing.publish()
        old = billing.token(reloj.now, key=private, kid=kid)
        until(lambda: ask(crm, old) == 200)
        billing.keys.clear()
        until(lambda: ask(crm, old) == 401)
        assert ask(crm, billing.token(reloj.now)) == 200
