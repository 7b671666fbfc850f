"""Signing keys: changed with overlap, by order or by age, once, and without a restart."""

from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from smartbilling.app import create_app
from smartbilling.identidad import ClaveFirma, cambiar_clave_de_firma

REPASO = 15.0


@pytest.fixture
def otro(servicio, settings):
    """Another process on the same database."""
    app = create_app(settings, servicio.reloj)
    with TestClient(app) as http:
        yield http


def repasar(servicio):
    """What each process does every few seconds."""
    servicio.app.state.firmante.repasar()


def cambiar(servicio, **how):
    with servicio.database.unit_of_work() as session:
        return cambiar_clave_de_firma(session, servicio.reloj(), REPASO, **how)


def published(http):
    return [key["kid"] for key in http.get("/.well-known/jwks.json").json()["keys"]]


def kid(headers):
    return jwt.get_unverified_header(headers["Authorization"].removeprefix("Bearer "))["kid"]


def opens(http, headers):
    return http.get("/api/auth/yo", headers=headers).status_code == 200


def rows(servicio):
    """The keys in the database, those that are retired first."""
    with servicio.database.reading() as session:
        return session.exec(select(ClaveFirma).order_by(col(ClaveFirma.retirada).is_(None))).all()


def test_a_new_key_is_published_a_minute_before_it_signs(servicio, empresa):
    (first,) = published(servicio.http)
    new = cambiar(servicio).kid
    assert published(servicio.http) == [first, new]
    repasar(servicio)
    servicio.reloj.avanzar(seconds=59)
    assert kid(empresa.como("lectura")) == first
    servicio.reloj.avanzar(seconds=1)
    assert kid(empresa.como("lectura")) == new


def test_another_process_signs_with_it_at_the_same_instant_without_a_restart(servicio, empresa, otro):
    new = cambiar(servicio).kid
    for app in (servicio.app, otro.app):
        app.state.firmante.repasar()
    servicio.reloj.avanzar(minutes=1)
    headers = empresa.como("lectura")
    assert kid(headers) == new
    assert opens(otro, headers)
    token = otro.app.state.firmante.token_de_servicio(empresa.id, servicio.reloj())
    assert jwt.get_unverified_header(token)["kid"] == new


def test_what_the_old_key_signed_holds_until_it_expires_and_then_the_key_is_erased(servicio, empresa):
    (first,) = published(servicio.http)
    new = cambiar(servicio).kid
    repasar(servicio)
    servicio.reloj.avanzar(seconds=59)
    last = empresa.como("lectura")
    servicio.reloj.avanzar(minutes=15)
    repasar(servicio)
    assert (kid(last), opens(servicio.http, last)) == (first, True)
    servicio.reloj.avanzar(minutes=2)
    repasar(servicio)
    assert published(servicio.http) == [new]
    old, kept = rows(servicio)
    assert (old.kid, old.privada, old.retirada) == (first, "", servicio.reloj())
    assert (kept.kid, kept.retirada) == (new, None)
    assert kept.privada.startswith("-----BEGIN PRIVATE KEY-----")


def test_a_key_is_changed_after_ninety_days_once_by_whoever_comes_first(servicio, empresa, settings):
    (first,) = published(servicio.http)
    servicio.reloj.avanzar(days=89, hours=23)
    repasar(servicio)
    assert published(servicio.http) == [first]
    servicio.reloj.avanzar(hours=1)
    several = [create_app(settings, servicio.reloj).state.firmante for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda firmante: firmante.repasar(), several))
    assert len(published(servicio.http)) == 2
    servicio.reloj.avanzar(minutes=2)
    repasar(servicio)
    assert kid(empresa.como("lectura")) == published(servicio.http)[1]


def test_a_compromised_key_signs_and_verifies_nothing_any_more(servicio, empresa):
    headers = empresa.como("lectura")
    (first,) = published(servicio.http)
    done = cambiar(servicio, comprometida=True)
    repasar(servicio)
    servicio.reloj.avanzar(seconds=5)  # what was known of who asks is forgotten
    assert done.retiradas == [first]
    assert published(servicio.http) == [done.kid]
    assert not opens(servicio.http, headers)
    assert opens(servicio.http, empresa.como("lectura"))
    assert rows(servicio)[0].privada == ""


def test_a_key_made_by_the_last_release_goes_on_signing(servicio, empresa):
    with servicio.database.unit_of_work() as session:
        session.exec(select(ClaveFirma)).one().firma_desde = None
    (first,) = published(servicio.http)
    repasar(servicio)
    assert kid(empresa.como("lectura")) == first
