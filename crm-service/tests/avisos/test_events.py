"""Every route that changes something tells webhooks of it: walked from the service's own OpenAPI document."""

import pytest
from crm_routes import DOCUMENT, PREFIXES, ROUTES, example
from receptor import receptor as open_receptor
from receptor import wait_for

WRITES = [(method, path) for method, path in ROUTES if method in {"POST", "PUT", "PATCH", "DELETE"}]
TELLS_NOTHING = {
    "importaciones/{importacion_id}": "its example may change nothing; each row that an import makes is told",
    "clientes/{cliente_id}/fusion": "needs two clients: told as `cliente.fusionado` and of each row moved",
    "fusiones": "undoes a merge: told of each row that is put back",
    "duplicados": "what is no duplicate is decided about two clients",
    "contactos/{contacto_id}/clientes": "links two that are there: told as `contacto.modificado`",
    "webhooks": "who is told is no business of those who are told",
    "conciliacion": "tested below: what is right already is left alone",
    "oportunidades/{oportunidad_id}/factura": "needs billing; its link is told as `oportunidad.modificada`",
}

EML = b"From: ana@cliente.example\r\nTo: b@c.example\r\nSubject: Hola\r\nMessage-ID: <1@x>\r\n\r\nHola\r\n"
FILES = {
    "application/octet-stream": b"Nombre;Notas\nAna;x\n",
    "message/rfc822": EML,
    "text/csv": b"Nombre\nAna\n",
}


def quiet(path):
    return any(path.removeprefix("/api/crm/").startswith(name) for name in TELLS_NOTHING)


@pytest.fixture
def told(api):
    """A company, and what its webhook has been told."""
    with open_receptor() as here:
        api.post("webhooks", {"url": here.url})
        yield api, here


def fresh(api):
    """A new one of everything, so that whatever is done to it changes it."""
    client = api.cliente()["id"]
    name = client[-12:]
    return {
        "cliente_id": client,
        "contacto_id": api.contacto(client, email="ana@cliente.example")["id"],
        "actividad_id": api.actividad(client)["id"],
        "oportunidad_id": api.oportunidad(client)["id"],
        "etapa_id": api.post("etapas", {"nombre": name, "probabilidad": 1}).json()["id"],
        "adjunto_id": api.adjunto(client)["id"],
        "embudo_id": api.post("embudos", {"nombre": name}).json()["id"],
        "motivo_id": api.post("motivos", {"nombre": name, "estado": "perdida"}).json()["id"],
        "campo_id": api.campo(nombre=name, tipo="lista", opciones=["a"])["id"],
        "importacion_id": api.importacion("Razón social;Notas\nTalleres Ruiz;Buen cliente\n".encode())["id"],
    }


@pytest.mark.parametrize(("method", "path"), [route for route in WRITES if not quiet(route[1])])
def test_a_route_that_changes_something_tells_of_it(told, method, path):
    api, here = told
    ids = fresh(api)
    parameters = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    if not set(parameters) <= set(ids):
        pytest.fail(f"teach `fresh` of {parameters}")
    cursor = int(_last(api))
    operation = DOCUMENT["paths"][path][method.lower()]
    given = example(method, path)
    if isinstance(given, dict):
        given = {
            name: ids[name] if name in ids and value is not None else value for name, value in given.items()
        }
    kinds = list(operation.get("requestBody", {}).get("content", {}))
    how = {"json": given}
    if given is None and kinds:
        how = {"content": FILES[kinds[0]], "headers": {"Content-Type": kinds[0]}}
    answer = api(method, path.format(**ids), **how)
    assert answer.status_code in {200, 201, 204}, answer.text
    wait_for(lambda: any(message["numero"] > cursor for message in here.messages))


def _last(api):
    page = api.get("cambios").json()
    while page["siguiente"]:
        page = api.get("cambios", desde=page["cursor"], limite=200).json()
    return page["cursor"]


def test_the_ids_of_paths_are_known(told):
    api, _ = told
    assert set(fresh(api)) | {"webhook_id", "fusion_id", "descarte_id"} == set(PREFIXES)


def test_what_conciliation_puts_right_is_told(told):
    api, _ = told
    client = api.cliente()["id"]
    cursor = _last(api)
    body = example("PUT", "/api/crm/conciliacion/actividad") | {"cliente_id": client}
    assert api.put("conciliacion/actividad", body).status_code in {200, 201}
    named = {name: body[name] for name in ("origen", "referencia_externa") if name in body}
    assert api.put("conciliacion/retirada", named).status_code == 200
    assert [row["tipo"] for row in api.rows("cambios", desde=cursor)] == [
        "actividad.creada",
        "actividad.archivada",
    ]
