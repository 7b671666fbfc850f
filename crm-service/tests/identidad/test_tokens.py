"""Tokens of billing open the CRM; what is not one does not."""

import base64
import json
from datetime import timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contratos import Scope
from http_rules import new_id

PATH = "/api/crm/clientes"


def ask(client, token, method="GET", path=PATH, **how):
    return client.request(method, path, headers={"Authorization": f"Bearer {token}"}, **how)


def test_a_companys_first_token_makes_its_row_and_its_stages(billing, start, reloj):
    empresa_id = new_id("emp")
    with start(billing.url) as crm:
        token = billing.token(reloj.now, empresa_id=empresa_id)
        made = ask(
            crm, token, "PUT", f"{PATH}/upsert", json={"nombre_completo": "Ruiz", "cif_nif": "B12345674"}
        )
        assert made.status_code == 201
        assert len(ask(crm, token, path="/api/crm/etapas").json()["datos"]) == 4
        other = billing.token(reloj.now)
        assert ask(crm, other).json()["total"] == 0
        assert ask(crm, token).json()["total"] == 1


def test_what_a_user_makes_is_theirs_unless_somebody_else_is_named(billing, start, reloj):
    with start(billing.url) as crm:
        token = billing.token(reloj.now, sub="usr_1", audience=["billing", "crm"])
        named = {"nombre_completo": "Ruiz"}
        client = ask(crm, token, "POST", json=named).json()
        assert client["responsable"] == "usr_1"
        assert ask(crm, token, "POST", json=named | {"responsable": "Ana"}).json()["responsable"] == "Ana"
        path = f"{PATH}/{client['id']}/contactos"
        assert ask(crm, token, "POST", path, json={"nombre": "Marta"}).json()["responsable"] == "usr_1"


def test_a_users_token_for_both_services_opens_the_crm_as_far_as_its_scopes_go(billing, start, reloj):
    reader = billing.token(
        reloj.now, sub="usr_1", rol="lectura", scopes=frozenset({Scope.CRM_LEER}), audience=["billing", "crm"]
    )
    stranger = billing.token(reloj.now, scopes=frozenset({Scope.FACTURAS_LEER}))
    with start(billing.url) as crm:
        assert ask(crm, reader).status_code == 200
        refused = ask(crm, reader, "POST", json={"nombre_completo": "X"})
        assert (refused.status_code, refused.json()["codigo"]) == (403, "sin_permiso")
        assert ask(crm, stranger).status_code == 403


def test_an_upsert_of_billings_own_does_not_raise_the_version_and_a_users_does(billing, start, reloj):
    empresa_id = new_id("emp")
    with start(billing.url) as crm:
        service = billing.token(reloj.now, empresa_id=empresa_id)
        user = billing.token(reloj.now, empresa_id=empresa_id, sub="usr_1")
        body = {"nombre_completo": "Ruiz", "cif_nif": "B12345674"}
        path = f"{PATH}/{ask(crm, user, 'POST', json=body).json()['id']}"
        ask(crm, service, "PUT", f"{PATH}/upsert", json=body | {"telefono": "600123456"})
        assert ask(crm, user, path=path).headers["etag"] == '"1"'
        ask(crm, user, "PUT", f"{PATH}/upsert", json=body | {"direccion": "Calle 1"})
        assert ask(crm, user, path=path).headers["etag"] == '"2"'


def unsigned(billing, now):
    header = json.dumps({"alg": "none", "kid": billing.kid}).encode()
    payload = billing.token(now).split(".")[1]
    return f"{base64.urlsafe_b64encode(header).decode().rstrip('=')}.{payload}."


def tampered(token):
    head, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["empresa_id"] = new_id("emp")
    other = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{head}.{other}.{signature}"


def signed(billing, claims, **header):
    return jwt.encode(claims, billing.private, algorithm="EdDSA", headers=header)


FORGERIES = {
    "another key": lambda b, now: b.token(now, key=Ed25519PrivateKey.generate()),
    "an unknown kid": lambda b, now: b.token(now, key=Ed25519PrivateKey.generate(), kid="inventada"),
    "expired": lambda b, now: b.token(now - timedelta(minutes=6)),
    "of the future": lambda b, now: b.token(now + timedelta(hours=2)),
    "another audience": lambda b, now: b.token(now, audience="billing"),
    "another issuer": lambda b, now: b.token(now, issuer="https://otra.example"),
    "no algorithm": unsigned,
    "another algorithm": lambda b, _: jwt.encode({}, "x" * 40, algorithm="HS256", headers={"kid": b.kid}),
    "no kid": lambda b, _: signed(b, {}),
    "missing claims": lambda b, _: signed(b, {}, kid=b.kid),
    "tampered": lambda b, now: tampered(b.token(now)),
    "not a token": lambda *_: "hola",
    "too long": lambda *_: "x" * 5000,
}


def test_what_is_not_a_valid_token_is_refused(billing, start, reloj):
    with start(billing.url) as crm:
        for name, forge in FORGERIES.items():
            answer = ask(crm, forge(billing, reloj.now))
            assert (name, answer.status_code, answer.json()["codigo"]) == (name, 401, "no_autenticado")
            assert answer.headers["www-authenticate"] == "Bearer"
        assert ask(crm, billing.token(reloj.now)).status_code == 200


def test_without_an_issuer_no_token_opens_the_crm(api, billing, reloj):
    answer = api(
        "GET", "clientes", headers={"X-API-Key": "", "Authorization": f"Bearer {billing.token(reloj.now)}"}
    )
    assert answer.status_code == 401
