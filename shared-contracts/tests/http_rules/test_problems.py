"""RFC 9457 answers: one shape for every refusal, in Spanish, never a stack trace."""

import json
import sqlite3
from contextlib import closing
from decimal import Decimal

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import Request

from contratos import DomainError, Fault, InvalidData
from http_rules.problems import Problem, problems

FIELDS = {"type", "title", "status", "detail", "instance", "codigo"}
ANA = (b"x-api-key", b"clave-de-ana")


def refused(answer, status, codigo):
    """The problem of an answer, whole."""
    body = answer.json()
    assert (answer.status_code, body["codigo"]) == (status, codigo), body
    assert answer.headers["content-type"] == "application/problem+json"
    assert body.keys() >= FIELDS
    assert body["status"] == status
    assert body["instance"] == answer.request.url.raw_path.decode().partition("?")[0]
    Problem.model_validate(body)
    return body


def test_all_the_faults_of_a_body_are_told_at_once(http):
    answer = http.post(
        "/api/cosas",
        json={"nombre": " ", "importe": "-1", "nif": "X", "otro": 1, "lineas": [{"precio": "x"}]},
    )
    body = refused(answer, 422, "datos_invalidos")
    assert [(fault["campo"], fault["codigo"]) for fault in body["errores"]] == [
        ("nombre", "demasiado_corto"),
        ("nif", "nif_invalido"),
        ("importe", "fuera_de_rango"),
        ("lineas.0.precio", "numero_invalido"),
        ("otro", "campo_desconocido"),
    ]
    assert body["errores"][0]["mensaje"] == "No puede estar vacío."
    assert body["title"] == "Datos no válidos"


def test_a_422_always_has_its_faults(http):
    body = refused(
        http.post("/api/cosas", content=b"{", headers={"Content-Type": "application/json"}),
        422,
        "json_invalido",
    )
    assert body["errores"] == [{"campo": "cuerpo", "codigo": "json_invalido", "mensaje": body["detail"]}]
    (fault,) = refused(http.post("/api/cosas"), 422, "datos_invalidos")["errores"]
    assert (fault["campo"], fault["codigo"]) == ("cuerpo", "requerido")
    assert fault["mensaje"] == "Falta el cuerpo de la petición: envíalo como JSON."


def test_figures_travel_beside_the_sentence_in_euros(http):
    path = http.post("/api/cosas", json={"nombre": "a", "importe": 3}).headers["location"]
    body = refused(http.delete(path), 409, "cosa_prestada")
    assert (body["importe"], body["a_quien"], body["veces"]) == ("3.00", ["ana", "luz"], 2)


@pytest.mark.parametrize(
    "cosa_id",
    [
        "1", "cos_1", "COS_" + "a" * 32, "cos_" + "A" * 32, "cos_" + "g" * 32, "cos_" + "a" * 33,
        "coss_" + "a" * 32,
        "cos_" + "a" * 32 + "%0A", "%00", "%ff", "%ed%a0%80", "..%2f..", "a" * 5_000,
        "'; DROP TABLE cosas; --", "😀",
        "null", "undefined", "-1", "9" * 400, "cos_" + "a" * 32,
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_id_that_is_of_nothing_is_404_whatever_it_looks_like(http, method, cosa_id):
    answer = http.request(method, f"/api/cosas/{cosa_id}", json={"nombre": "a"} if method == "PUT" else None)
    body = answer.json()
    assert (answer.status_code, body["codigo"]) == (404, "no_encontrado")


@pytest.mark.parametrize("nombre", ["%00", "a%00b", "%1B", "a%0Bb"])
def test_a_name_that_no_database_can_hold_is_404_on_both(servicio, nombre):
    refused(servicio.get(f"/api/cosas/por-nombre/{nombre}"), 404, "no_encontrado")
    assert servicio.get(f"/api/cosas/por-nombre/{nombre}", headers={"X-API-Key": ""}).status_code == 401
    assert servicio.get("/api/cosas/por-nombre/Peña%20%F0%9F%98%80").json() == []


def test_another_companys_thing_cannot_be_told_from_one_that_does_not_exist(http):
    path = http.post("/api/cosas", json={"nombre": "a"}).headers["location"]
    theirs, none = (http.get(p, headers={"X-API-Key": "clave-de-otra"}) for p in (path, path[:-4] + "0000"))
    assert theirs.status_code == none.status_code == 404
    assert theirs.json() | {"instance": ""} == none.json() | {"instance": ""}


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/nada", "/api/cosas/", "/API/cosas", "/api//cosas", "/favicon.ico"]
)
def test_an_address_of_nothing_is_a_404_problem(http, path):
    refused(http.get(path, follow_redirects=False), 404, "no_encontrado")


@pytest.mark.parametrize(
    "path", [b"/api/\xff", b"//evil.example/x", b"/\\evil", b"/a\x00b", b"/a\r\nSet-Cookie: x"]
)
def test_a_hostile_address_is_a_problem_whose_instance_is_a_safe_reference(raw, path):
    answer = raw("GET", path.decode(errors="surrogateescape"), headers=[ANA])
    assert answer.status == 404
    assert answer.problem["instance"].isascii()
    assert not set(answer.problem["instance"]) & set("\\\0\r\n ")


@pytest.mark.parametrize("host", [b"[", b"[::1", b"a]b", b"x:99999999", b"x/../y", b"\xff", b"", b"a@b"])
def test_a_hostile_host_changes_no_answer(raw, host):
    answer = raw("GET", "/api/cosas/nada", headers=[(b"host", host), ANA])
    assert (answer.status, answer.problem["instance"]) == (404, "/api/cosas/nada")


def test_a_method_that_an_address_does_not_take_is_405_and_names_those_it_takes(http):
    for method in ("PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
        answer = http.request(method, "/api/cosas")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    refused(http.patch("/api/cosas"), 405, "metodo_no_permitido")
    assert http.patch("/api/cosas/x").headers["allow"] == "DELETE, GET, PUT"


def test_an_address_of_its_own_is_never_taken_for_an_id(http):
    for method in ("PUT", "DELETE", "OPTIONS"):
        answer = http.request(method, "/api/cosas/otras")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_without_credentials_the_answer_says_how_to_identify_oneself(http):
    answer = http.get("/api/cosas", headers={"X-API-Key": ""})
    body = refused(answer, 401, "no_autenticado")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "X-API-Key" in body["detail"]


def test_a_full_queue_says_when_to_try_again(http):
    answer = http.get("/api/abierta/fallos/sobrecarga")
    refused(answer, 503, "sobrecarga")
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("cual", ["imprevisto", "validacion"])
def test_the_unforeseen_says_nothing_of_itself(http, cosas, cual):
    answer = http.get(f"/api/abierta/fallos/{cual}")
    refused(answer, 500, "error_interno")
    for telling in ("Traceback", "KeyError", ".py", "pydantic", cosas.SECRETO):
        assert telling not in answer.text


def test_half_an_answer_is_cut_off_rather_than_ended_well(raw):
    with pytest.raises(KeyError):
        raw("GET", "/api/abierta/fallos/a_medias")


@pytest.mark.parametrize("cual", ["sql", "escribe"])
def test_a_query_that_fails_tells_the_caller_nothing_of_the_database(servicio, cosas, cual):
    answer = servicio.get(f"/api/abierta/fallos/{cual}")
    assert answer.status_code in {500, 503}
    for telling in ("no_existe", "SELECT", "cosas_de_prueba", "sqlite", "psycopg", cosas.SECRETO):
        assert telling not in answer.text


def test_a_database_that_does_not_answer_is_503(cosas, opened, reloj):
    away = opened("postgresql+psycopg://nadie@127.0.0.1:1/nada")
    with TestClient(cosas.crear_app(away, reloj), headers={"X-API-Key": "clave-de-ana"}) as client:
        for answer in (client.get("/api/cosas"), client.post("/api/cosas", json={"nombre": "a"})):
            refused(answer, 503, "base_de_datos_no_disponible")
            assert int(answer.headers["retry-after"]) > 0
            assert "127.0.0.1" not in answer.text


@pytest.mark.parametrize(
    "error", [OperationalError("SELECT 1", {}, Exception("locked")), PoolTimeout("full")]
)
def test_a_busy_database_is_503(http, error):
    handler = http.app.exception_handlers[
        OperationalError.__mro__[2] if isinstance(error, OperationalError) else PoolTimeout
    ]
    answer = handler(Request({"type": "http", "path": "/x", "headers": [], "method": "GET"}), error)
    assert answer.status_code == 503


def test_a_fault_may_bear_the_tax_agencys_code(http):
    handler = http.app.exception_handlers[DomainError]
    request = Request({"type": "http", "path": "/x", "headers": [], "method": "GET"})
    faults = [Fault("a", "b", "c", "1189"), Fault("d", "e", "f")]
    body = handler(request, InvalidData(faults)).body.decode()
    assert '"codigo_aeat":"1189"' in body
    assert body.count("codigo_aeat") == 1


def test_every_documented_refusal_is_a_problem():
    documented = problems(404, 409, 410, 412)
    assert documented.keys() == {404, 409, 410, 412}
    assert all(list(d["content"]) == ["application/problem+json"] for d in documented.values())
    assert documented[410]["description"] == "Ya no existe"


def test_amounts_of_a_refusal_never_show_a_zero_with_a_sign(http):
    class Negativo(DomainError):
        code = "negativo"

    handler = http.app.exception_handlers[DomainError]
    request = Request({"type": "http", "path": "/x", "headers": [], "method": "GET"})
    assert b'"monto":"0.00"' in handler(request, Negativo("x", monto=Decimal("-0.00"))).body


def full_sqlite():
    """What SQLite says when it may not grow."""
    with closing(sqlite3.connect(":memory:")) as rows:
        rows.execute("CREATE TABLE t (x)")
        rows.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as caught:
            rows.execute("INSERT INTO t VALUES (zeroblob(100000))")
    return caught.value


@pytest.mark.parametrize("full", [full_sqlite, psycopg.errors.DiskFull])
def test_a_full_disk_is_503_and_says_so(http, full):
    handler = http.app.exception_handlers[OperationalError.__mro__[2]]
    request = Request({"type": "http", "path": "/x", "headers": [], "method": "GET"})
    answer = handler(request, OperationalError("INSERT", {}, full()))
    document = json.loads(answer.body)
    assert (answer.status_code, document["codigo"]) == (503, "sin_espacio")
    assert "Libera espacio" in document["detail"]
