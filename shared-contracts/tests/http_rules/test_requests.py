"""Around every request: its id, its log line."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from http_rules import current_request_id, is_id


def logged(capsys):
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.parametrize("given", ["12345678", "req_" + "a" * 32, "A.b-C_9" * 9])
def test_an_id_that_comes_is_taken_answered_and_logged(http, capsys, given):
    answer = http.get("/api/cosas", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] == given
    assert [line["peticion"] for line in logged(capsys)] == [given]


@pytest.mark.parametrize(
    "given",
    [b"", b"corta", b"1234567", b"a" * 65, b"a" * 10_000, b"con espacio", b"x\r\nSet-Cookie: a=b",
     b"12345678\n", b"\xff" * 10,
     b'{"evento":"x"}', b"<script>alert(1)</script>", b"\x00" * 10, "identificación".encode()],
)  # fmt: skip
def test_an_id_that_could_be_anything_is_not_taken(raw, given):
    answer = raw("GET", "/health/live", headers=[(b"x-request-id", given)])
    assert is_id(answer.headers["x-request-id"], "req")


def test_a_request_without_id_gets_one_of_its_own(http):
    ids = [http.get("/health/live").headers["x-request-id"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert all(is_id(one, "req") for one in ids)


@pytest.mark.parametrize(
    "path", ["/nada", "/api/cosas/1", "/api/abierta/fallos/imprevisto", "/api/abierta/fallos/sobrecarga"]
)
def test_every_refusal_bears_the_id(http, path):
    assert (
        http.get(path, headers={"X-Request-ID": "la-de-siempre"}).headers["x-request-id"] == "la-de-siempre"
    )


def test_the_id_follows_the_request_into_its_thread_and_no_other(http):
    def ask(n):
        answer = http.get("/api/abierta/peticion", headers={"X-Request-ID": f"peticion-{n}"})
        return answer.json() == answer.headers["x-request-id"] == f"peticion-{n}"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(60)))
    assert current_request_id() is None


def test_a_request_is_one_line_that_says_what_happened_and_nothing_of_what_was_sent(http, capsys):
    http.get("/api/cosas?buscar=Ana%20Ruiz&limite=3")
    http.post("/api/cosas", json={"nombre": "Ana Ruiz"}, headers={"Idempotency-Key": "clave-secreta-1"})
    err = capsys.readouterr().err
    one, other = map(json.loads, err.splitlines())
    assert (one["metodo"], one["ruta"], one["status"], one["level"], one["evento"]) == (
        "GET", "/api/cosas", 200, "info", "peticion",
    )  # fmt: skip
    assert (other["metodo"], other["status"], other["servicio"]) == ("POST", 201, "pruebas")
    for private in ("Ana", "Ruiz", "clave-de-ana", "clave-secreta-1"):
        assert private not in err


def test_health_fills_no_log(http, capsys):
    for path in ("/health/live", "/health/ready", "/metrics"):
        http.get(path)
    assert logged(capsys) == []


def test_the_unforeseen_is_logged_once_with_the_id_and_where_it_happened(http, capsys, cosas):
    http.get("/api/abierta/fallos/imprevisto", headers={"X-Request-ID": "la-de-siempre"})
    failure, request = logged(capsys)
    assert (failure["evento"], failure["peticion"], failure["level"]) == (
        "error_interno",
        "la-de-siempre",
        "error",
    )
    assert "cosas.py" in failure["exception"]
    assert "KeyError" in failure["exception"]
    assert cosas.SECRETO not in str(failure)
    assert (request["status"], request["ruta"]) == (500, "/api/abierta/fallos/{cual}")


@pytest.mark.parametrize("cual", ["sql", "validacion"])
def test_no_failure_tells_the_log_what_was_sent(servicio, capsys, cosas, cual):
    servicio.get(f"/api/abierta/fallos/{cual}")
    err = capsys.readouterr().err
    assert cosas.SECRETO not in err
    assert all(json.loads(line)["evento"] for line in err.splitlines())


def test_half_an_answer_is_logged_as_it_began(raw, capsys):
    with pytest.raises(KeyError):
        raw("GET", "/api/abierta/fallos/a_medias")
    assert [line["status"] for line in logged(capsys) if line["evento"] == "peticion"] == [200]
