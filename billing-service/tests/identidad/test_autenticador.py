"""Which credentials open which routes, and for how long."""

import base64
import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from sqlmodel import select

from smartbilling.app import create_app
from smartbilling.identidad import ClaveFirma


def status(servicio, headers, path="/api/auth/yo"):
    return servicio.http.get(path, headers=headers).status_code


def decoded(headers):
    token = headers["Authorization"].removeprefix("Bearer ")
    header, claims, _ = (part + "=" * (-len(part) % 4) for part in token.split("."))
    return json.loads(base64.urlsafe_b64decode(header)), json.loads(base64.urlsafe_b64decode(claims))


def sealed(header, claims, key, algorithm="EdDSA"):
    token = jwt.encode(claims, key, algorithm=algorithm, headers=header)
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("rol", "scopes"),
    [
        ("admin", "facturas:leer facturas:escribir crm:leer crm:escribir empresa:administrar"),
        ("facturacion", "facturas:leer facturas:escribir crm:leer crm:escribir"),
        ("comercial", "facturas:leer crm:leer crm:escribir"),
        ("lectura", "facturas:leer crm:leer"),
    ],
)
def test_a_role_may_do_what_the_contract_says(servicio, empresa, rol, scopes):
    headers = empresa.como(rol)
    assert servicio.http.get("/api/auth/yo", headers=headers).json()["scopes"] == scopes.split()
    administra = "empresa:administrar" in scopes
    for path in ("/api/usuarios", "/api/claves-api"):
        assert status(servicio, headers, path) == (200 if administra else 403)
    assert status(servicio, headers, "/api/series") == 200
    refused = servicio.http.post("/api/series", json={"codigo": "X"}, headers=headers)
    assert refused.status_code == (201 if administra else 403)
    assert servicio.http.post("/api/empresas", json={}, headers=headers).status_code == 403


def test_without_credentials_nobody_learns_even_what_a_request_lacks(servicio):
    answer = servicio.http.post("/api/series", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["codigo"]) == (401, "no_autenticado")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_cookie_is_never_read(servicio, empresa):
    token = empresa.como("admin")["Authorization"].removeprefix("Bearer ")
    cookies = f"access_token={token}; Authorization=Bearer {token}; X-API-Key={empresa.clave_api}"
    assert status(servicio, {"Cookie": cookies}) == 401


def test_a_token_opens_for_fifteen_minutes(servicio, empresa):
    headers = empresa.como("admin")
    servicio.reloj.avanzar(minutes=14, seconds=59)
    assert status(servicio, headers) == 200
    servicio.reloj.avanzar(seconds=40)
    assert status(servicio, headers) == 401


def test_a_token_names_its_issuer_its_audiences_and_its_company(servicio, empresa):
    header, claims = decoded(empresa.como("lectura"))
    jwks = servicio.http.get("/.well-known/jwks.json").json()
    assert header["alg"] == "EdDSA"
    assert header["kid"] in [key["kid"] for key in jwks["keys"]]
    assert (claims["iss"], claims["aud"]) == (jwks["issuer"], ["billing", "crm"])
    assert (claims["empresa_id"], claims["rol"]) == (empresa.id, "lectura")
    assert claims["scopes"] == ["crm:leer", "facturas:leer"]
    assert claims["exp"] - claims["iat"] == timedelta(minutes=15).total_seconds()


def test_forged_and_foreign_tokens_open_nothing(servicio, empresa):
    good = empresa.como("lectura")
    header, claims = decoded(good)
    stranger = Ed25519PrivateKey.generate()
    public = stranger.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    changed = base64.urlsafe_b64encode(json.dumps(claims | {"rol": "admin"}).encode()).decode().rstrip("=")
    first, _, signature = good["Authorization"].split(".")
    unsigned = jwt.encode(claims, None, algorithm="none", headers={"kid": header["kid"]})
    bad = [
        {"Authorization": f"{first}.{changed}.{signature}"},
        {"Authorization": f"Bearer {unsigned}"},
        sealed({"kid": header["kid"]}, claims, stranger),
        sealed({"kid": "fir_" + "0" * 32}, claims, stranger),
        sealed({}, claims, stranger),
        sealed({"kid": header["kid"]}, claims, public, "HS256"),
        {"Authorization": "Bearer nada"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Basic {good['Authorization'].split()[1]}"},
        {"X-API-Key": "sbk_inventada"},
        {"X-API-Key": "clave-ñ".encode()},
    ]
    assert [status(servicio, headers) for headers in bad] == [401] * len(bad)
    assert status(servicio, good) == 200


def test_a_token_for_the_crm_alone_does_not_open_billing(servicio, empresa):
    token = servicio.app.state.firmante.token_de_servicio(empresa.id, servicio.reloj())
    assert status(servicio, {"Authorization": f"Bearer {token}"}) == 401


def test_a_token_of_another_installation_does_not_open_this_one(servicio, empresa):
    header, claims = decoded(empresa.como("admin"))
    with servicio.database.reading() as session:  # a signature as good as ours, for another issuer
        (pem,) = session.exec(select(ClaveFirma.privada)).all()
    private = serialization.load_pem_private_key(pem.encode(), None)
    foreign = claims | {"iss": "urn:smartbilling:otra"}
    assert status(servicio, sealed({"kid": header["kid"]}, claims, private)) == 200
    assert status(servicio, sealed({"kid": header["kid"]}, foreign, private)) == 401


def test_who_is_removed_is_out_at_once(servicio, empresa):
    headers = empresa.como("facturacion")
    who = servicio.http.get("/api/auth/yo", headers=headers).json()["usuario"]["id"]
    assert servicio.http.delete(f"/api/usuarios/{who}", headers=empresa.con_clave).status_code == 204
    assert status(servicio, headers) == 401


def test_a_token_never_does_more_than_it_said_when_its_user_is_given_a_greater_role(servicio, empresa):
    headers = empresa.como("facturacion")
    path = f"/api/usuarios/{servicio.http.get('/api/auth/yo', headers=headers).json()['usuario']['id']}"
    assert servicio.http.patch(path, json={"rol": "admin"}, headers=empresa.con_clave).status_code == 200
    assert len(servicio.http.get("/api/auth/yo", headers=headers).json()["scopes"]) == 4


def test_another_process_notices_a_revocation_within_five_seconds(servicio, empresa, settings):
    made = servicio.http.post(
        "/api/claves-api", json={"nombre": "Tienda", "scopes": ["facturas:leer"]}, headers=empresa.con_clave
    ).json()
    headers = {"X-API-Key": made["clave"]}
    with TestClient(create_app(settings, servicio.reloj)) as other:
        assert other.get("/api/series", headers=headers).status_code == 200
        servicio.http.delete(f"/api/claves-api/{made['id']}", headers=empresa.con_clave)
        servicio.reloj.avanzar(seconds=5)
        assert other.get("/api/series", headers=headers).status_code == 401


def test_all_processes_of_a_deployment_sign_with_the_same_key(servicio, empresa, settings):
    with TestClient(create_app(settings, servicio.reloj)) as other:
        assert (
            other.get("/.well-known/jwks.json").json() == servicio.http.get("/.well-known/jwks.json").json()
        )
        assert other.get("/api/auth/yo", headers=empresa.como("lectura")).status_code == 200
