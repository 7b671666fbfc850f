"""Who asks, for which company, and what they may do."""

import threading

import pytest
from fastapi.testclient import TestClient

from contratos import Scope, Unauthenticated
from http_rules import Credentials, Identity

ANA = Identity("usr_ana", "emp_1", frozenset({Scope.CRM_LEER}))


@pytest.fixture
def asked(cosas, opened, sqlite, reloj):
    """The service, whose authenticator notes what it was asked, and in which thread."""
    database = opened(sqlite)
    cosas.crear_tablas(database)
    heard, remembered = [], {}

    def authenticate(credentials):
        heard.append((credentials, threading.current_thread().name))
        if "mala" in (credentials.token, credentials.api_key):
            raise Unauthenticated("No.")
        return ANA

    app = cosas.crear_app(database, reloj, recall=remembered.get)
    app.state.authenticate = authenticate
    with TestClient(app) as client:

        def ask(**headers):
            heard.clear()
            status = client.get(
                "/api/cosas", headers={k.replace("_", "-"): v for k, v in headers.items()}
            ).status_code
            return status, [credentials for credentials, _ in heard]

        ask.heard, ask.remembered = heard, remembered
        yield ask


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER   abc  "])
def test_a_token_comes_after_bearer_in_any_case(asked, header):
    assert asked(authorization=header) == (200, [Credentials(token="abc")])


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "abc", "Basic YTpi", "Bearerabc", "Token abc", "\t"]
)
def test_what_is_no_token_is_not_even_looked_up(asked, header):
    assert asked(authorization=header) == (401, [])


def test_a_key_goes_before_a_token_and_an_empty_one_is_none(asked):
    assert asked(x_api_key="k", authorization="Bearer t") == (200, [Credentials(api_key="k")])
    assert asked(x_api_key="", authorization="Bearer t") == (200, [Credentials(token="t")])
    assert asked(x_api_key="mala", authorization="Bearer t")[0] == 401


def test_no_cookie_is_ever_read(asked):
    assert asked(cookie="access_token=abc; X-API-Key=clave-de-ana; session=1") == (401, [])


def test_a_credential_of_any_bytes_is_only_an_unknown_one(http):
    for value in (b"\xff\xfe", b"'; --", b"a" * 50_000, b"\xc3\xb1"):
        for header in ({"X-API-Key": value}, {"Authorization": b"Bearer " + value, "X-API-Key": b""}):
            assert http.get("/api/cosas", headers=header).status_code == 401


def test_who_is_remembered_needs_no_thread_and_who_is_not_gets_one(asked):
    asked.remembered[Credentials(api_key="k")] = ANA
    assert asked(x_api_key="k") == (200, [])
    assert asked(x_api_key="otra") == (200, [Credentials(api_key="otra")])
    assert "worker" in asked.heard[0][1].lower()


def test_scopes_are_all_needed(http):
    assert (
        http.post("/api/cosas", json={"nombre": "a"}, headers={"X-API-Key": "clave-de-luz"}).status_code
        == 403
    )
    assert http.get("/api/cosas", headers={"X-API-Key": "clave-de-luz"}).status_code == 200
