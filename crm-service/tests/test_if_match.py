"""`If-Match` everywhere: what changes one thing that is there honours it. Walked from OpenAPI."""

import pytest
from crm_routes import DOCUMENT, ROUTES, example
from fresh import Fresh, filled

CHANGES = [
    (method, path)
    for method, path in ROUTES
    if "{" in path and (method in {"PUT", "PATCH", "DELETE"} or (method == "POST"))
]
EXCEPTIONS = {
    **dict.fromkeys(
        [f"POST /api/crm/clientes/{{cliente_id}}/{room}" for room in ("contactos", "actividades", "notas")]
        + [f"POST /api/crm/clientes/{{cliente_id}}/{room}" for room in ("adjuntos", "oportunidades")],
        "adds a new thing beside the client, which stays as it was",
    ),
    "POST /api/crm/webhooks/{webhook_id}/reenvios": "sends again what was told: the webhook stays as it is",
    "POST /api/crm/webhooks/{webhook_id}/prueba": "sends a test: the webhook stays as it is",
}
HONOUR = [route for route in CHANGES if " ".join(route) not in EXCEPTIONS]
ITS_OWN = {
    "/api/crm/contactos/{contacto_id}/clientes/{cliente_id}": "contactos/{contacto_id}",
    "/api/crm/duplicados/descartes/{descarte_id}": None,
}
FIRST = {"reversion": ["ejecucion"], "cancelacion": []}


def test_the_exceptions_are_there():
    assert EXCEPTIONS.keys() <= {" ".join(route) for route in CHANGES}


@pytest.mark.parametrize(("method", "path"), HONOUR)
def test_it_is_documented(method, path):
    operation = DOCUMENT["paths"][path][method.lower()]
    assert "If-Match" in [p["name"] for p in operation["parameters"] if p["in"] == "header"]
    assert "412" in operation["responses"]


@pytest.fixture
def fresh(api):
    """A new one of whatever is asked for, so that whatever is done to it can be done."""
    return Fresh(api)


def resource_of(path):
    """Where the thing that a route changes is read."""
    if path in ITS_OWN:
        return ITS_OWN[path]
    head = path.split("}")[0] + "}"
    return head.removeprefix("/api/crm/")


def body_for(api, method, path, ids):
    body = example(method, path)
    if body is None:
        return None
    body = filled(body, ids)
    if path.endswith(("/fusion", "contactos/{contacto_id}/clientes")):
        body["cliente_id"] = api.cliente(nombre_completo="Otro que se nombra")["id"]
    return body


@pytest.mark.parametrize(("method", "path"), HONOUR)
def test_a_stale_version_is_refused_and_the_last_one_is_not(api, fresh, method, path):
    ids = fresh
    if path == "/api/crm/contactos/{contacto_id}/clientes/{cliente_id}":
        contact, ids["cliente_id"] = ids["contacto_id"], api.cliente(nombre_completo="Otro cliente")["id"]
        api.post(f"contactos/{contact}/clientes", {"cliente_id": ids["cliente_id"]})
    address, body = path.format_map(ids), body_for(api, method, path, ids)
    resource = resource_of(path)
    tag = '"1"' if resource is None else api.get(resource.format_map(ids)).headers["etag"]

    stale = api(method, address, json=body, headers={"If-Match": '"999"'})
    assert (stale.status_code, stale.json()["codigo"]) == (412, "version_obsoleta")
    assert stale.json()["etag_actual"] == tag
    if resource is not None:
        assert api.get(resource.format_map(ids)).headers["etag"] == tag

    fresh_one = api(method, address, json=body, headers={"If-Match": f'"998", {tag}'})
    assert fresh_one.status_code != 412, fresh_one.text
    assert fresh_one.status_code in {200, 201, 204, 409}, fresh_one.text
    if fresh_one.status_code == 409:
        assert fresh_one.json()["codigo"] in {"transicion_invalida", "oportunidad_no_ganada"}


SINGLE = [
    path
    for method, path in ROUTES
    if method == "GET" and path.endswith("}") and not path.startswith("/api/crm/pipeline")
]


@pytest.mark.parametrize("path", SINGLE)
def test_a_single_resource_has_an_etag(api, fresh, path):
    answer = api.get(path.format_map(fresh))
    assert (answer.status_code, bool(answer.headers.get("etag"))) == (200, True)
