"""One login opens both services, for one company, as far as the role goes; no other token opens the CRM."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from deployment import Deployment, running, said
from ports import Port
from services import Service, command
from waiting import wait_for


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


@pytest.fixture
def quick(kind, tmp_path):
    """A deployment of this test's own, whose processes look at keys and revocations four times a second."""
    with running(kind, tmp_path, **QUICK) as made:
        yield made


QUICK = {"BILLING_CLAVES_REPASO": "0.25", "CRM_JWKS_CADA": "0.25"}
on_postgresql = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)


def rotate(deployment, *options):
    """What the command says."""
    return json.loads(
        command("billing", deployment.databases.billing.environment | QUICK, "claves", "rotar", *options)
    )


def kid(token):
    return jwt.get_unverified_header(token)["kid"]


def credentials(user):
    return {"usuario": user["usuario"], "clave": user["clave"]}


def opens(deployment, service, token):
    path = "/api/facturas" if service.name == "billing" else "/api/crm/clientes"
    with deployment.client(service, {"Authorization": f"Bearer {token}"}) as client:
        return client.get(path).status_code


class Visitor(threading.Thread):
    """Somebody who renews a session at one billing process and uses each token everywhere, without pause."""

    def __init__(self, deployment, at, everywhere, tokens):
        super().__init__()
        self._deployment, self._at, self._everywhere = deployment, at, everywhere
        self._refresh_token, self._over = tokens["refresh_token"], threading.Event()
        self.kids, self.seen = [], []

    def run(self):
        with self._deployment.client(self._at, {}) as client:
            while not self._over.is_set():
                body = {"refresh_token": self._refresh_token}
                tokens = said(200, client.post("/api/auth/refresh", json=body))
                self._refresh_token, token = tokens["refresh_token"], tokens["access_token"]
                self.seen += [opens(self._deployment, each, token) for each in self._everywhere]
                self.kids.append(kid(token))

    def stop(self):
        self._over.set()
        self.join()


@on_postgresql
def test_keys_change_under_load_in_every_process_without_a_restart_or_a_refusal(quick):
    company = quick.company()
    billings, crms = [quick.billing, quick.another_billing()], [quick.crm, quick.another_crm()]
    visitors = [
        Visitor(quick, billing, [*billings, *crms], company.log_in(company.user)) for billing in billings
    ]
    for visitor in visitors:
        visitor.start()
    try:
        for _ in range(2):
            new = rotate(quick)["kid"]
            for visitor in visitors:
                wait_for(lambda v=visitor, k=new: k in v.kids[-1:], "its process signs with the new key")
        company.issue()
        company.wait_until_delivered()
    finally:
        for visitor in visitors:
            visitor.stop()
    for visitor in visitors:
        assert set(visitor.seen) == {200}
        assert len(set(visitor.kids)) == 3
        assert visitor.kids == sorted(visitor.kids, key=visitor.kids.index)  # never back to an older one
    assert {opens(quick, each, company.token) for each in (*billings, *crms)} == {200}


def test_a_key_that_got_out_is_trusted_by_neither_service_any_more(quick):
    company = quick.company()
    assert statuses(quick, company.token) == (200, 200)
    first = kid(company.token)
    assert rotate(quick, "--comprometida")["retiradas"] == [first]
    wait_for(lambda: statuses(quick, company.token) == (401, 401), "the old key opens nothing")

    def new_token_opens_both():
        token = company.log_in(company.user)["access_token"]
        return kid(token) != first and statuses(quick, token) == (200, 200)

    wait_for(new_token_opens_both, "the new key opens both")
    company.issue()
    company.wait_until_delivered()
    kept = quick.databases.billing.rows("claves_firma", kid=first)
    assert [row["privada"] for row in kept] == [""]


def test_who_is_removed_or_may_do_less_loses_both_services_also_while_billing_is_down(quick):
    company = quick.company()
    members = [company.member("comercial"), company.member("comercial")]
    removed, lowered = (company.log_in(member)["access_token"] for member in members)
    assert {statuses(quick, token) for token in (removed, lowered)} == {(200, 200)}
    assert company.billing.delete(f"/api/usuarios/{members[0]['id']}").status_code == 204
    said(200, company.billing.patch(f"/api/usuarios/{members[1]['id']}", json={"rol": "lectura"}))
    for token in (removed, lowered):
        assert opens(quick, quick.billing, token) == 401
        wait_for(lambda t=token: opens(quick, quick.crm, t) == 401, "the CRM is lost too")
    assert statuses(quick, company.log_in(members[1])["access_token"]) == (200, 200)
    quick.billing.stop()
    quick.crm.stop()
    quick.crm.start()
    assert [opens(quick, quick.crm, token) for token in (removed, lowered, company.token)] == [401, 401, 200]


@on_postgresql
def test_a_revocation_is_heard_by_every_process_of_both_services(quick):
    company = quick.company()
    member = company.member("comercial")
    token = company.log_in(member)["access_token"]
    services = [quick.billing, quick.another_billing(), quick.crm, quick.another_crm()]
    assert {opens(quick, each, token) for each in services} == {200}
    assert company.billing.delete(f"/api/usuarios/{member['id']}").status_code == 204
    for each in services:
        wait_for(lambda s=each: opens(quick, s, token) == 401, "it is lost everywhere")


@on_postgresql
def test_a_refresh_token_used_at_two_processes_at_once_is_good_once_and_ends_its_family(own_deployment):
    company = own_deployment.company()
    clients = [
        own_deployment.client(each, {}) for each in (own_deployment.billing, own_deployment.another_billing())
    ]
    for _ in range(5):
        body = {"refresh_token": company.log_in(company.user)["refresh_token"]}
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda c, b=body: c.post("/api/auth/refresh", json=b), clients))
        assert sorted(answer.status_code for answer in answers) == [200, 401]
        (good,) = (answer.json()["refresh_token"] for answer in answers if answer.is_success)
        assert clients[0].post("/api/auth/refresh", json={"refresh_token": good}).status_code == 401


def coming_from(service, address, **headers):
    """Somebody who speaks to `service` from that address of this machine."""
    transport = httpx.HTTPTransport(local_address=address)
    return httpx.Client(base_url=service.url, transport=transport, headers=headers, timeout=60)


def guess(client, user, **headers):
    body = credentials(user) | {"clave": "una que no es"}
    return client.post("/api/auth/login", json=body, headers=headers).status_code


def test_a_stranger_at_another_address_never_keeps_a_user_out(deployment, company):
    user = company.member("lectura")
    with (
        coming_from(deployment.billing, "127.0.0.2") as stranger,
        coming_from(deployment.billing, "127.0.0.1") as home,
    ):
        guesses = [guess(stranger, user, **{"X-Forwarded-For": f"127.0.0.1, 10.0.0.{n}"}) for n in range(30)]
        assert guesses[:6] == [401] * 5 + [429]
        assert guesses.count(401) < 8  # one more a minute, however slow this machine is
        for _ in range(3):
            said(200, home.post("/api/auth/login", json=credentials(user)))
            assert guess(stranger, user) in (401, 429)
        refused = stranger.post("/api/auth/login", json=credentials(user))
        assert (refused.status_code, refused.json()["codigo"]) == (429, "demasiados_intentos")
        assert 1 <= int(refused.headers["retry-after"]) <= 60


def test_only_a_proxy_that_is_named_says_where_a_login_comes_from(kind, tmp_path):
    databases = kind.fresh(tmp_path)
    behind = Deployment(databases, tmp_path, BILLING_PROXIES='["127.0.0.1/32"]')
    try:
        behind.billing.start()
        user = platform_user(behind)
        with (
            coming_from(behind.billing, "127.0.0.1") as proxy,
            coming_from(behind.billing, "127.0.0.3") as stranger,
        ):
            first = {"X-Forwarded-For": "203.0.113.1"}
            assert [guess(proxy, user, **first) for _ in range(6)] == [401] * 5 + [429]
            assert guess(proxy, user, **{"X-Forwarded-For": "198.51.100.7, 203.0.113.1"}) == 429
            other = {"X-Forwarded-For": "203.0.113.2"}
            said(200, proxy.post("/api/auth/login", json=user, headers=other))
            forged = [{"X-Forwarded-For": f"192.0.2.{n}"} for n in range(6)]
            assert [guess(stranger, user, **each) for each in forged] == [401] * 5 + [429]
    finally:
        behind.close()
        kind.drop(databases)


def test_forty_people_log_in_at_once_from_one_address(deployment, company):
    user = company.member("lectura")
    with coming_from(deployment.billing, "127.0.0.4") as office, ThreadPoolExecutor(40) as pool:
        answers = pool.map(lambda _: office.post("/api/auth/login", json=credentials(user)), range(40))
        assert {answer.status_code for answer in answers} == {200}


def test_no_secret_and_no_name_of_who_tries_to_log_in_is_logged(deployment, company):
    user = company.member("lectura")
    tokens = company.log_in(user)
    with coming_from(deployment.billing, "127.0.0.5") as client:
        for _ in range(6):
            guess(client, {"usuario": "nombre.secreto@e2e.example", "clave": ""})
        said(200, client.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]}))
        client.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    opens(deployment, deployment.crm, tokens["access_token"])
    for service in (deployment.billing, deployment.crm):
        log = json.dumps(service.log())
        secrets = (user["clave"], *tokens["refresh_token"].split("."), tokens["access_token"], company.key)
        for secret in (*secrets, "nombre.secreto", "una que no es"):
            assert secret not in log
