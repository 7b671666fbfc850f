"""One login opens both services, for one company, as far as the role goes; no other token opens the CRM."""

import base64
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from deployment import Deployment, said
from ports import Port
from routes import WRITES, routes_of
from services import Service

NOBODY_S = {
    name: f"{name[:3]}_{'0' * 32}"
    for name in (
        "factura_id",
        "pago_id",
        "cliente_id",
        "contacto_id",
        "actividad_id",
        "oportunidad_id",
        "etapa_id",
    )
} | {
    "empresa_id": f"emp_{'0' * 32}",
    "usuario_id": f"usr_{'0' * 32}",
    "clave_id": f"cla_{'0' * 32}",
    "codigo": "F",
}


def both(deployment, token):
    """Billing and the CRM, as the bearer of `token` sees them."""
    headers = {"Authorization": f"Bearer {token}"}
    return [deployment.client(service, headers) for service in (deployment.billing, deployment.crm)]


def statuses(deployment, token):
    """What both services answer to a read with that token."""
    billing, crm = both(deployment, token)
    return billing.get("/api/facturas").status_code, crm.get("/api/crm/clientes").status_code


def claims(token):
    return jwt.decode(token, options={"verify_signature": False})


def test_one_login_opens_both_services_for_the_same_company(deployment, company):
    company.issue()
    company.wait_until_delivered()
    billing, crm = both(deployment, company.token)
    assert said(200, billing.get("/api/auth/yo"))["empresa"]["id"] == company.id
    assert said(200, billing.get("/api/facturas"))["total"] == 1
    assert said(200, crm.get("/api/crm/clientes"))["total"] == 1
    assert sorted(claims(company.token)["aud"]) == ["billing", "crm"]


def test_a_switch_of_company_moves_both_services_to_it(deployment, company):
    other = deployment.company()
    other.issue()
    other.wait_until_delivered()
    first = deployment.client(deployment.billing, {"X-API-Key": deployment.databases.first["clave_api"]})
    tokens = said(200, first.post("/api/auth/login", json=platform_user(deployment)))
    billing = deployment.client(deployment.billing, {"Authorization": f"Bearer {tokens['access_token']}"})
    for empresa, invoices in ((company, 0), (other, 1)):
        token = said(200, billing.post("/api/auth/empresa", json={"empresa_id": empresa.id}))["access_token"]
        assert claims(token)["empresa_id"] == empresa.id
        switched, crm = both(deployment, token)
        assert said(200, switched.get("/api/facturas"))["total"] == invoices
        assert said(200, crm.get("/api/crm/clientes"))["total"] == invoices


def platform_user(deployment):
    """The credentials of the first user, a member of every company made with its key."""
    first = deployment.databases.first
    return {"usuario": first["usuario"], "clave": first["clave"]}


def test_who_may_only_read_reads_both_services_and_writes_in_neither(deployment, company):
    company.issue()
    company.wait_until_delivered()
    token = company.log_in(company.member("lectura"))["access_token"]
    assert statuses(deployment, token) == (200, 200)
    for client in both(deployment, token):
        routes = routes_of(said(200, client.get("/openapi.json")))
        writes = [each for each in routes if each.method in WRITES and not each.path.startswith("/api/auth/")]
        assert len(writes) > 10
        for route in writes:
            answer = client.request(route.method, route.with_ids(NOBODY_S), json=route.body)
            assert (answer.status_code, answer.json()["codigo"]) == (403, "sin_permiso"), route


@pytest.mark.parametrize(
    ("rol", "invoices", "clients"), [("facturacion", 201, 201), ("comercial", 403, 201), ("admin", 201, 201)]
)
def test_a_role_writes_in_each_service_as_far_as_the_contract_says(
    deployment, company, rol, invoices, clients
):
    token = company.log_in(company.member(rol))["access_token"]
    billing, crm = both(deployment, token)
    line = {"descripcion": "Trabajos", "cantidad": 1, "precio_unitario": "10.00"}
    body = {"cliente_nombre": "Ruiz", "cliente_cif": "B10000008", "lineas": [line]}
    assert billing.post("/api/facturas", json=body).status_code == invoices
    assert crm.post("/api/crm/clientes", json={"nombre_completo": "Nuevo, S.L."}).status_code == clients


def test_a_token_of_another_installation_opens_neither_service(deployment, kind, tmp_path):
    databases = kind.fresh(tmp_path)
    other = Deployment(databases, tmp_path)
    try:
        other.billing.start()
        anybody = other.client(other.billing, {})
        token = said(200, anybody.post("/api/auth/login", json=platform_user(other)))["access_token"]
        assert anybody.get("/api/facturas", headers={"Authorization": f"Bearer {token}"}).is_success
        assert statuses(deployment, token) == (401, 401)
    finally:
        other.close()
        kind.drop(databases)


def test_a_forged_token_opens_neither_service(deployment, company):
    assert statuses(deployment, company.token) == (200, 200)
    header = jwt.get_unverified_header(company.token)
    forged = jwt.encode(claims(company.token), Ed25519PrivateKey.generate(), "EdDSA", {"kid": header["kid"]})
    unsigned = jwt.encode(claims(company.token), None, "none", {"kid": header["kid"]})
    head, _, signature = company.token.split(".")
    other = json.dumps(claims(company.token) | {"empresa_id": deployment.databases.first["empresa_id"]})
    swapped = ".".join([head, base64.urlsafe_b64encode(other.encode()).decode().rstrip("="), signature])
    for token in (forged, unsigned, swapped, company.token[:-6], "x"):
        assert statuses(deployment, token) == (401, 401), token


def test_a_token_meant_for_the_crm_alone_does_not_open_billing(unreliable_deployment):
    company = unreliable_deployment.company()
    unreliable_deployment.way.authorizations.clear()
    company.issue()
    company.wait_until_delivered()
    (token,) = {
        each for each in unreliable_deployment.way.authorizations if claims(each)["empresa_id"] == company.id
    }
    said_of_itself = claims(token)
    assert (said_of_itself["sub"], said_of_itself["aud"]) == ("servicio:billing", "crm")
    assert sorted(said_of_itself["scopes"]) == ["crm:escribir", "crm:leer"]
    assert said_of_itself["exp"] - said_of_itself["iat"] == 5 * 60
    assert statuses(unreliable_deployment, token) == (401, 200)


def test_the_crm_takes_billing_s_tokens_while_billing_is_stopped(own_deployment):
    known, unknown = own_deployment.company(), own_deployment.company()
    assert said(200, known.crm.get("/api/crm/clientes"))["total"] == 0
    own_deployment.billing.stop()
    assert said(201, known.crm.post("/api/crm/clientes", json={"nombre_completo": "Nuevo, S.L."}))
    own_deployment.crm.stop()
    own_deployment.crm.start()
    for company, clients in ((known, 1), (unknown, 0)):
        assert said(200, company.crm.get("/api/crm/clientes"))["total"] == clients
    forged = jwt.encode(claims(known.token), Ed25519PrivateKey.generate(), "EdDSA", {"kid": "fir_otra"})
    stranger = own_deployment.client(own_deployment.crm, {"Authorization": f"Bearer {forged}"})
    assert stranger.get("/api/crm/clientes").status_code == 401


def test_a_crm_that_knows_no_billing_takes_no_token(deployment, company, kind, tmp_path):
    databases, port = kind.fresh(tmp_path), Port()
    alone = Service("crm", port, tmp_path, databases.crm.environment)
    try:
        alone.start()
        client = deployment.client(alone, {"Authorization": f"Bearer {company.token}"})
        assert client.get("/api/crm/clientes").status_code == 401
    finally:
        alone.close()
        kind.drop(databases)
