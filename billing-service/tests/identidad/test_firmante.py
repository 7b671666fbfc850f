"""The tokens with which billing itself calls the CRM."""

import jwt
import pytest

from http_rules.tokens import public_key


@pytest.fixture
def firmante(servicio):
    return servicio.app.state.firmante


def claims(servicio, token):
    jwks = servicio.http.get("/.well-known/jwks.json").json()
    key = public_key(jwks["keys"][0])
    return jwt.decode(
        token,
        key,
        algorithms=["EdDSA"],
        audience="crm",
        issuer=jwks["issuer"],
        options={"verify_exp": False, "verify_iat": False},
    )


def test_a_service_token_is_for_one_company_five_minutes_and_the_crm(servicio, empresa, firmante):
    token = claims(servicio, firmante.token_de_servicio(empresa.id, servicio.reloj()))
    assert (token["sub"], token["aud"], token["empresa_id"]) == ("servicio:billing", "crm", empresa.id)
    assert token["scopes"] == ["crm:escribir", "crm:leer"]
    assert token["exp"] - token["iat"] == 300


def test_a_service_token_is_used_again_until_a_minute_before_it_expires(servicio, empresa, firmante):
    first = firmante.token_de_servicio(empresa.id, servicio.reloj())
    servicio.reloj.avanzar(minutes=3, seconds=59)
    assert firmante.token_de_servicio(empresa.id, servicio.reloj()) == first
    servicio.reloj.avanzar(seconds=1)
    assert firmante.token_de_servicio(empresa.id, servicio.reloj()) != first
    servicio.reloj.avanzar(days=-400)
    old = claims(servicio, firmante.token_de_servicio(empresa.id, servicio.reloj()))
    assert old["iat"] == int(servicio.reloj().timestamp())


def test_the_issuer_is_the_same_after_a_restart(servicio):
    first = servicio.http.get("/.well-known/jwks.json").json()
    assert first["issuer"].startswith("urn:smartbilling:")
    assert [sorted(key) for key in first["keys"]] == [["alg", "crv", "kid", "kty", "use", "x"]]
    assert servicio.http.get("/.well-known/jwks.json").json() == first
