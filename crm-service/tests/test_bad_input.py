"""What bad input gets: a 4xx problem with its code and its field, and nothing is written."""

import json

import pytest
from crm_routes import ROUTES, example
from merging import merged_and_told_apart
from sqlalchemy import text

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="module")
"""All of this is refused before a database is asked."""

BODIES = [(method, path) for method, path in ROUTES if example(method, path) is not None]
ONE = [(method, path) for method, path in BODIES if not path.endswith("/lote")]
"""Those of one thing: what is wrong with one of many is refused alone (see `lotes`)."""


@pytest.fixture(scope="module")
def mine(service):
    return service.company()


@pytest.fixture(scope="module")
def ids(mine):
    """What the company has, one of each."""
    client = mine.cliente(cif_nif="A58818501")["id"]
    return {
        "cliente_id": client,
        "contacto_id": mine.contacto(client)["id"],
        "actividad_id": mine.actividad(client)["id"],
        "oportunidad_id": mine.oportunidad(client)["id"],
        "etapa_id": mine.rows("etapas")[0]["id"],
        "adjunto_id": mine.adjunto(client)["id"],
        "embudo_id": mine.rows("embudos")[0]["id"],
        "importacion_id": mine.importacion()["id"],
        "motivo_id": mine.post("motivos", {"nombre": "Precio", "estado": "perdida"}).json()["id"],
        **merged_and_told_apart(mine),
        "webhook_id": mine.post("webhooks", {"url": "https://mia.example/"}).json()["id"],
        "campo_id": mine.campo()["id"],
    }


@pytest.fixture
def send(service, mine, ids):
    """Sends bytes to a route, and sees that nothing was written."""

    def written():
        with service.database.reading() as session:
            query = text("SELECT count(*) FROM auditoria WHERE empresa_id = :empresa")
            return session.execute(query, {"empresa": mine.empresa_id}).scalar_one()

    def refused(method, path, content, kind="application/json"):
        before = written()
        answer = mine(method, path.format(**ids), content=content, headers={"Content-Type": kind})
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert {"type", "title", "status", "detail", "instance", "codigo"} <= set(problem)
        assert written() == before
        return answer.status_code, problem

    return refused


def with_field(method, path, name, value):
    return json.dumps(example(method, path) | {name: value}).encode()


UNREADABLE = {
    "no JSON": b"{",
    "NaN": b'{"x": NaN}',
    "Infinity": b'{"x": -Infinity}',
    "a field twice": b'{"x": 1, "x": 2}',
    "a number of 5,000 digits": b'{"x": ' + b"9" * 5000 + b"}",
    "an exponent without end": b'{"x": 1e999999}',
    "20,000 brackets": b"[" * 20_000,
    "20,000 objects": b'{"x":' * 20_000,
    "70 levels": b'{"x":' * 70 + b"1" + b"}" * 70,
    "another encoding": '{"x": "ñ"}'.encode("latin-1"),
    "UTF-16": '{"x": 1}'.encode("utf-16"),
}


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize(("method", "path"), BODIES)
def test_json_that_cannot_be_read(send, method, path, name):
    status, problem = send(method, path, UNREADABLE[name])
    assert (status, problem["codigo"]) == (422, "json_invalido")


@pytest.mark.parametrize("content", [b"", b"  ", b"null", b"[]", b'""', b"0", b"true", b"[{}]"])
@pytest.mark.parametrize(("method", "path"), BODIES)
def test_a_body_that_is_no_object(send, method, path, content):
    status, problem = send(method, path, content)
    assert (status, problem["codigo"]) == (422, "datos_invalidos")
    assert problem["errores"]


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize(("method", "path"), BODIES)
def test_another_content_type(send, method, path, kind):
    content = json.dumps(example(method, path)).encode()
    status, problem = send(method, path, content, kind)
    assert (status, problem["codigo"]) == (415, "tipo_de_contenido_no_admitido")


@pytest.mark.parametrize(("method", "path"), ONE)
def test_a_body_of_two_mebibytes(send, method, path):
    status, problem = send(method, path, b'{"x": "' + b"x" * 2 * 1024 * 1024 + b'"}')
    assert (status, problem["codigo"]) == (413, "cuerpo_demasiado_grande")


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_an_unknown_field(send, method, path):
    status, problem = send(method, path, with_field(method, path, "inventado", 1))
    faults = [(fault["campo"], fault["codigo"]) for fault in problem["errores"]]
    assert (status, faults) == (422, [("inventado", "campo_desconocido")])


@pytest.mark.parametrize("value", ["\0", "a\0b", "\ud800", "a\udfffb", "\x1b[31m", "\ufffe"])
@pytest.mark.parametrize(("method", "path"), ONE)
def test_text_that_no_document_can_hold(send, method, path, value):
    name = next(
        name for name, given in example(method, path).items() if given is None or isinstance(given, str | int)
    )
    status, problem = send(method, path, with_field(method, path, name, value))
    assert status == 422
    assert [fault["campo"] for fault in problem["errores"]] == [name]
    assert problem["errores"][0]["codigo"] == "caracteres_no_validos"


@pytest.mark.parametrize("value", [{}, [], [[]], {"x": 1}])
@pytest.mark.parametrize(("method", "path"), ONE)
def test_every_field_of_another_type(send, method, path, value):
    for name, given in example(method, path).items():
        if isinstance(given, list) and value == []:
            continue
        status, problem = send(method, path, with_field(method, path, name, value))
        assert status == 422
        assert {fault["campo"].split(".")[0] for fault in problem["errores"]} == {name}


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_an_unknown_query_parameter(mine, ids, method, path):
    answer = mine(method, path.format(**ids) + "?inventado=1", json=example(method, path))
    assert (answer.status_code, answer.json()["errores"][0]["codigo"]) == (422, "parametro_desconocido")


CLIENT = ("POST", "/api/crm/clientes")
DEAL = ("POST", "/api/crm/clientes/{cliente_id}/oportunidades")
CONTACT = ("POST", "/api/crm/clientes/{cliente_id}/contactos")


@pytest.mark.parametrize(
    ("route", "name", "value"),
    [
        (CLIENT, "limite_credito", "1e30"),
        (CLIENT, "limite_credito", 10**30),
        (CLIENT, "limite_credito", "-0.01"),
        (CLIENT, "limite_credito", "0.001"),
        (CLIENT, "limite_credito", "mil"),
        (CLIENT, "limite_credito", "١٢"),
        (CLIENT, "limite_credito", "NaN"),
        (CLIENT, "limite_credito", True),
        (CLIENT, "cif_nif", "B12345675"),
        (CLIENT, "cif_nif", "12345678A"),
        (CLIENT, "cif_nif", "X" * 31),
        (CLIENT, "email", "ana"),
        (CLIENT, "email", "ana@"),
        (CLIENT, "email", "ana@b@c.example"),
        (CLIENT, "nombre_completo", None),
        (CLIENT, "nombre_completo", ""),
        (CLIENT, "nombre_completo", " \t "),
        (CLIENT, "nombre_completo", "x" * 201),
        (CLIENT, "tipo_cliente", "otro"),
        (CLIENT, "estado", "Activo"),
        (CLIENT, "telefono", "1"),
        (CLIENT, "telefono", "600 123 456 ext. 7"),
        (CLIENT, "nif_iva", "FR40303265046"),
        (CLIENT, "web", "javascript:alert(1)"),
        (CLIENT, "idioma", "español"),
        (CLIENT, "responsable", "x" * 121),
        (CLIENT, "origen", "x" * 51),
        (CLIENT, "direccion", "x" * 501),
        (CLIENT, "etiquetas", ["x"] * 51),
        (DEAL, "valor", None),
        (DEAL, "valor", "1e30"),
        (DEAL, "valor", -1),
        (DEAL, "cierre_previsto", "2026-02-30"),
        (DEAL, "cierre_previsto", "18/12/2026"),
        (DEAL, "cierre_previsto", 20261218),
        (DEAL, "titulo", ""),
        (CONTACT, "nombre", "x" * 121),
        (CONTACT, "principal", "sí"),
        (CONTACT, "email", "no"),
        (CONTACT, "telefono", "12"),
        (CONTACT, "rol", "jefe"),
    ],
)
def test_a_value_that_a_field_cannot_have(send, route, name, value):
    status, problem = send(*route, with_field(*route, name, value))
    assert (status, [fault["campo"] for fault in problem["errores"]]) == (422, [name])
    assert problem["errores"][0]["mensaje"].isprintable()
    assert problem["errores"][0]["codigo"].islower()


def test_a_number_with_an_exponent_is_read_exactly(send):
    status, problem = send(*CLIENT, b'{"nombre_completo": "X", "limite_credito": 1e30}')
    assert (status, problem["errores"][0]["codigo"]) == (422, "fuera_de_rango")


def test_all_faults_are_told_at_once(send):
    body = {"nombre_completo": "", "cif_nif": "B1", "email": "x", "limite_credito": -1, "inventado": 1}
    _, problem = send(*CLIENT, json.dumps(body).encode())
    assert {fault["campo"] for fault in problem["errores"]} == set(body)


@pytest.mark.parametrize("key", ["corta", "x" * 129])
def test_an_idempotency_key_that_is_too_short_or_long(mine, key):
    answer = mine.post("clientes", {"nombre_completo": "X"}, Idempotency_Key=key)
    assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize("path", ["/api/crm/nada", "/api/otra", "/api/crm/clientes/{}/rgpd"])
def test_what_is_not_there_is_a_problem_too(mine, path):
    answer = mine("GET", path)
    assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_method_that_a_route_does_not_have(mine):
    answer = mine("DELETE", "clientes")
    assert (answer.status_code, answer.json()["codigo"]) == (405, "metodo_no_permitido")
