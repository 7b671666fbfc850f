"""Every route of both services × everybody who may ask: what the written table says, and nothing else."""

import base64
import json
import time
from dataclasses import dataclass

import httpx
import jwt
import pytest
from accesos import OPEN, PLATFORM, ROLES, SCOPES, SERVICE, TABLE, may
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from deployment import Deployment, said
from routes import routes_of
from services import command

NOBODY_S = {
    "factura_id": f"fac_{'0' * 32}",
    "pago_id": f"pag_{'0' * 32}",
    "cliente_id": f"cli_{'0' * 32}",
    "contacto_id": f"con_{'0' * 32}",
    "actividad_id": f"act_{'0' * 32}",
    "oportunidad_id": f"opo_{'0' * 32}",
    "etapa_id": f"eta_{'0' * 32}",
    "adjunto_id": f"adj_{'0' * 32}",
    "embudo_id": f"emb_{'0' * 32}",
    "motivo_id": f"mot_{'0' * 32}",
    "campo_id": f"cam_{'0' * 32}",
    "fusion_id": f"fus_{'0' * 32}",
    "descarte_id": f"dsc_{'0' * 32}",
    "importacion_id": f"imp_{'0' * 32}",
    "webhook_id": f"whk_{'0' * 32}",
    "empresa_id": f"emp_{'0' * 32}",
    "usuario_id": f"usr_{'0' * 32}",
    "clave_id": f"cla_{'0' * 32}",
    "instalacion_id": f"ins_{'0' * 32}",
    "registro_id": f"reg_{'0' * 32}",
    "alarma_id": f"ala_{'0' * 32}",
    "codigo": "NADIE",
}
BOTH = ("billing", "crm")
LET_IN = {200, 404, 422}
"""What a request that names nothing there, with a body of nonsense, is answered once it got in."""


@dataclass(frozen=True)
class Caller:
    """Somebody: the headers with which they ask, and what they may in each service; None: they are nobody."""

    name: str
    headers: dict[str, str]
    billing: set[str] | None = None
    crm: set[str] | None = None


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


class Forger:
    """Signs tokens with an installation's own key, read from its database: all right but what is changed."""

    def __init__(self, deployment, token):
        row = next(row for row in deployment.databases.billing.rows("claves_firma") if row["privada"])
        self._key, self.kid = load_pem_private_key(row["privada"].encode(), None), row["kid"]
        self.claims = jwt.decode(token, options={"verify_signature": False})

    def sign(self, key=None, algorithm="EdDSA", **changes):
        """A token that says what the good one did, with these changes; claims that are None are left out."""
        claims = {name: value for name, value in (self.claims | changes).items() if value is not None}
        return jwt.encode(claims, key or self._key, algorithm, {"kid": self.kid})


def swapped(token, **changes):
    """The token with other claims, under the signature of the good ones."""
    claims = jwt.decode(token, options={"verify_signature": False}) | changes
    head, _, signature = token.split(".")
    return ".".join(
        [head, base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("="), signature]
    )


def nobody_s_credentials(forger, foreign, other):
    """Every way to be nobody; `other` is a company that is there."""
    expired = {"iat": int(time.time()) - 1000, "emitido": None, "exp": int(time.time()) - 100}
    unsigned = jwt.encode(forger.claims, None, "none", {"kid": forger.kid})
    return {
        "nothing": {},
        "a key of nobody": {"X-API-Key": "sbk_inventada"},
        "an empty key": {"X-API-Key": ""},
        "a key of 10,000 letters": {"X-API-Key": "k" * 10_000},
        "another scheme": {"Authorization": "Basic YTpi"},
        "a cookie": {"Cookie": f"session={forger.sign()}; access_token={forger.sign()}"},
        "a token that is no token": bearer("nada"),
        "a token that nobody signed": bearer(unsigned),
        "a token that a stranger signed": bearer(forger.sign(Ed25519PrivateKey.generate())),
        "a token that is out of date": bearer(forger.sign(**expired)),
        "a token of tomorrow": bearer(forger.sign(iat=int(time.time()) + 86_400, emitido=None)),
        "a token without end": bearer(forger.sign(exp=None)),
        "a token for somebody else": bearer(forger.sign(aud="otro")),
        "a token of another issuer": bearer(forger.sign(iss="urn:otra")),
        "a token of another installation": bearer(foreign),
        "a token cut short": bearer(forger.sign()[:-6]),
        "a token whose company was changed": bearer(swapped(forger.sign(), empresa_id=other)),
    }


def callers_of(deployment, foreign):
    """Everybody who may ask: nobody in every way, each role, each scope alone, machines, another company."""
    company, other = deployment.company(), deployment.company()
    assert company.crm.get("/api/crm/resumen").is_success  # from now on the CRM knows the company
    forger = Forger(deployment, company.token)
    nobodies = nobody_s_credentials(forger, foreign, other.id)
    yield from (Caller(name, headers) for name, headers in nobodies.items())
    for rol, scopes in ROLES.items():
        token = company.log_in(company.member(rol))["access_token"]
        yield Caller(f"{rol}'s token", bearer(token), scopes, scopes)
    yield Caller("another company's admin", bearer(other.token), ROLES["admin"], ROLES["admin"])
    for scope in SCOPES:
        yield Caller(f"a key of billing's for {scope}", {"X-API-Key": api_key(company, scope)}, {scope})
        told = bearer(forger.sign(scopes=[scope]))  # billing gives its bearer no more than the role has
        yield Caller(f"a token for {scope}", told, {scope} & ROLES["admin"], {scope})
    yield Caller("a company's first key", {"X-API-Key": company.key}, ROLES["admin"])
    yield Caller("the platform's key", first(deployment), ROLES["admin"] | {PLATFORM})
    service = {"sub": "servicio:billing", "aud": "crm", "rol": None, "scopes": sorted(SERVICE)}
    yield Caller("billing itself", bearer(forger.sign(**service)), None, SERVICE)
    for scope in sorted(SERVICE):
        yield Caller(f"a key of the CRM's for {scope}", {"X-API-Key": crm_key(company, scope)}, None, {scope})


def first(deployment):
    return {"X-API-Key": deployment.databases.first["clave_api"]}


def api_key(company, scope):
    """A key with one scope; only who is of the platform makes one for it."""
    headers = first(company.deployment) if scope == PLATFORM else {}
    body = {"nombre": scope, "scopes": [scope]}
    return said(201, company.billing.post("/api/claves-api", json=body, headers=headers))["clave"]


def crm_key(company, scope):
    """A key that the CRM's own command makes."""
    environment = company.deployment.databases.crm.environment
    arguments = ("clave", "crear", "--empresa-id", company.id, "--scope", scope)
    return json.loads(command("crm", environment, *arguments))["clave"]


@pytest.fixture
def foreign(kind, tmp_path):
    """A good token of another installation."""
    databases = kind.fresh(tmp_path)
    other = Deployment(databases, tmp_path)
    try:
        other.billing.start()
        user = {name: databases.first[name] for name in ("usuario", "clave")}
        with other.client(other.billing, {}) as anybody:
            yield said(200, anybody.post("/api/auth/login", json=user))["access_token"]
    finally:
        other.close()
        kind.drop(databases)


def document_of(service):
    return said(200, httpx.get(f"{service.url}/openapi.json", trust_env=False, timeout=60))


def services(deployment):
    return zip(BOTH, (deployment.billing, deployment.crm), strict=True)


def test_the_table_has_every_route_of_both_documents_and_no_other(deployment):
    for name, service in services(deployment):
        listed = sorted(f"{route.method} {route.path}" for route in routes_of(document_of(service), "/"))
        assert listed == sorted(TABLE[name])


def test_the_documents_say_of_each_route_which_scope_the_table_says(deployment):
    for name, service in services(deployment):
        for path, operations in document_of(service)["paths"].items():
            for method, operation in operations.items():
                needed = TABLE[name][f"{method.upper()} {path}"]
                security = [next(iter(way.values())) for way in operation.get("security", [])]
                written = [needed] if needed in SCOPES else []
                assert security == ([] if needed == OPEN else [written, written]), (method, path)


def test_a_role_has_the_scopes_that_the_table_says(deployment):
    company = deployment.company()
    for rol, scopes in ROLES.items():
        token = company.log_in(company.member(rol))["access_token"]
        with deployment.client(deployment.billing, bearer(token)) as client:
            me = said(200, client.get("/api/auth/yo"))
        assert (me["rol"], set(me["scopes"])) == (rol, scopes)


def test_everybody_opens_every_route_that_the_table_says_and_no_other(deployment, foreign):
    wrong, walked = [], 0
    routes = {name: routes_of(document_of(service), "/") for name, service in services(deployment)}
    for caller in callers_of(deployment, foreign):
        for name, service in services(deployment):
            scopes = getattr(caller, name)
            with deployment.client(service, caller.headers) as client:
                for route in routes[name]:
                    needed = TABLE[name][f"{route.method} {route.path}"]
                    wrong += [
                        (caller.name, name, route.method, route.path, found)
                        for found in refusals(client, route, scopes, needed)
                    ]
                    walked += 1
    assert wrong == []
    assert walked > 2000


def refusals(client, route, scopes, needed):
    """How the answers differ from the table's."""
    nonsense = {} if route.body is None else {"json": {"nada": 1}}
    answer = client.request(route.method, route.with_ids(NOBODY_S), **nonsense)
    if may(scopes, needed):
        if answer.status_code not in LET_IN:
            yield answer.status_code, answer.text
        return
    problem = answer.json()
    told = answer.status_code, answer.headers["content-type"], problem["codigo"]
    if scopes is not None:
        if told != (403, "application/problem+json", "sin_permiso") or problem["falta"] != [needed]:
            yield told
        return
    if told != (401, "application/problem+json", "no_autenticado"):
        yield told
    if answer.headers.get("www-authenticate") != "Bearer":
        yield answer.headers


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 20_000, b'{"x":"' + b"x" * 2**21 + b'"}'])
def test_who_is_nobody_hears_401_first_and_learns_nothing_else(deployment, content):
    sent = 0
    for name, service in services(deployment):
        with deployment.client(service, {"Content-Type": "application/json"}) as client:
            for route in routes_of(document_of(service)):
                if TABLE[name][f"{route.method} {route.path}"] == OPEN:
                    continue
                path = route.with_ids(NOBODY_S | {"codigo": "%00"}) + "?inventado=1"
                answer = client.request(route.method, path, content=content)
                assert (answer.status_code, answer.json()["codigo"]) == (401, "no_autenticado"), route
                sent += 1
    assert sent > 60
