"""Tokens that are void before they expire, here and for whoever reads the key set."""

import pytest
from fastapi.testclient import TestClient

from http_rules.tokens import bearer, milliseconds
from smartbilling.app import create_app

en_una_base = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@pytest.fixture
def luis(servicio, empresa):
    """Headers with the token of a member, and who that is."""
    headers = servicio.token(empresa.miembro("facturacion", "luis@prueba.example"), empresa.id)
    who = servicio.http.get("/api/auth/yo", headers=headers).json()["usuario"]["id"]
    servicio.reloj.avanzar(seconds=1)
    return headers, who


def opens(servicio, headers):
    return servicio.http.get("/api/auth/yo", headers=headers).status_code == 200


def published(servicio):
    return servicio.http.get("/.well-known/jwks.json").json()["revocaciones"]


def lower(servicio, empresa, usuario_id, rol="lectura"):
    path = f"/api/usuarios/{usuario_id}"
    assert servicio.http.patch(path, json={"rol": rol}, headers=empresa.con_clave).status_code == 200


def test_a_lesser_role_voids_the_token_and_the_next_one_says_less(servicio, empresa, luis):
    headers, who = luis
    refresh_token = servicio.entrar("luis@prueba.example").json()["refresh_token"]
    lower(servicio, empresa, who)
    answer = servicio.http.get("/api/auth/yo", headers=headers)
    assert (answer.status_code, answer.json()["codigo"]) == (401, "no_autenticado")
    servicio.reloj.avanzar(milliseconds=1)
    tokens = servicio.http.post("/api/auth/refresh", json={"refresh_token": refresh_token}).json()
    now = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert servicio.http.get("/api/auth/yo", headers=now).json()["scopes"] == ["facturas:leer", "crm:leer"]


def test_what_is_void_is_published_by_a_digest_for_as_long_as_a_token_lives(servicio, empresa, luis):
    headers, who = luis
    assert published(servicio) == {}
    lower(servicio, empresa, who)
    assert published(servicio) == {bearer(empresa.id, who): milliseconds(servicio.reloj())}
    servicio.reloj.avanzar(minutes=16)
    assert len(published(servicio)) == 1
    servicio.reloj.avanzar(minutes=2)
    assert published(servicio) == {}
    assert not opens(servicio, headers)


def test_a_greater_role_voids_nothing(servicio, empresa, luis):
    headers, who = luis
    lower(servicio, empresa, who, "admin")
    assert published(servicio) == {}
    assert opens(servicio, headers)


def test_who_is_removed_and_let_in_again_needs_a_new_token(servicio, empresa, luis):
    headers, who = luis
    assert servicio.http.delete(f"/api/usuarios/{who}", headers=empresa.con_clave).status_code == 204
    assert bearer(empresa.id, who) in published(servicio)
    empresa.miembro("facturacion", "luis@prueba.example")
    assert not opens(servicio, headers)
    servicio.reloj.avanzar(milliseconds=1)
    assert opens(servicio, servicio.token("luis@prueba.example", empresa.id))


def test_only_the_company_that_took_it_away_is_meant(servicio, empresa, luis):
    _, who = luis
    otra = servicio.empresa()
    otra.miembro("facturacion", "luis@prueba.example")
    there = servicio.token("luis@prueba.example", otra.id)
    lower(servicio, empresa, who)
    assert opens(servicio, there)


def test_a_refresh_token_used_twice_takes_the_access_tokens_with_it(servicio, empresa, luis):
    headers, who = luis
    first = servicio.entrar("luis@prueba.example").json()["refresh_token"]
    for status in (200, 401):
        answer = servicio.http.post("/api/auth/refresh", json={"refresh_token": first})
        assert answer.status_code == status
    assert not opens(servicio, headers)
    assert bearer(empresa.id, who) in published(servicio)


def test_logging_out_ends_the_session_and_leaves_the_token_to_expire(servicio, luis):
    tokens = servicio.entrar("luis@prueba.example").json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    servicio.http.post("/api/auth/logout", json={"refresh_token": tokens["refresh_token"]})
    assert opens(servicio, headers)
    assert opens(servicio, luis[0])


def test_another_process_notices_within_five_seconds(servicio, empresa, luis, settings):
    headers, who = luis
    with TestClient(create_app(settings, servicio.reloj)) as other:
        assert other.get("/api/auth/yo", headers=headers).status_code == 200
        lower(servicio, empresa, who)
        servicio.reloj.avanzar(seconds=5)
        assert other.get("/api/auth/yo", headers=headers).status_code == 401


@en_una_base
def test_a_company_that_revokes_without_end_does_not_make_the_key_set_grow(servicio, empresa):
    otra = servicio.empresa()
    for number in range(201):
        nombre = empresa.miembro("facturacion", f"u{number}@prueba.example")
        lower(servicio, empresa, servicio.usuario(nombre).id)
        assert len(published(servicio)) == (number + 1 if number < 200 else 1)
    one = servicio.usuario(otra.miembro("facturacion")).id
    lower(servicio, otra, one)
    assert set(published(servicio)) == {bearer(empresa.id), bearer(otra.id, one)}
