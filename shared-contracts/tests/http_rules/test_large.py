"""Routes that take more than a mebibyte: from those they know, few at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import Response
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from contratos import Entrada
from http_rules import large_router
from http_rules.large import AT_ONCE
from http_rules.strict import MAX_BODY

from ..cosas import Escribe, crear_app, crear_tablas

ANA = {"X-API-Key": "clave-de-ana"}
JSON = {"Content-Type": "application/json"}
LIMIT = 3 * MAX_BODY


class Textos(Entrada):
    """A body of any size."""

    textos: list[str]


class Sala:
    """A route that answers in two halves, the second one once it may."""

    def __init__(self):
        self.router = large_router("/api/grandes", "Cosas", LIMIT)
        self.may_end = threading.Event()
        self.may_end.set()
        self.begun = threading.Semaphore(0)
        self.router.post("")(self.contar)

    def contar(self, nuevos: Textos, quien: Escribe) -> Response:
        """Cuenta los textos."""

        def halves():
            self.begun.release()
            yield b"["
            self.may_end.wait(10)
            yield b"%d]" % len(nuevos.textos)

        return StreamingResponse(halves(), media_type="application/json")


@pytest.fixture
def sala():
    return Sala()


@pytest.fixture
def http(opened, sqlite, reloj, sala):
    """The small service, with that route."""
    database = opened(sqlite)
    crear_tablas(database)
    app = crear_app(database, reloj)
    app.include_router(sala.router)
    with TestClient(app) as client:
        yield client


def textos(size):
    """A body of so many bytes, with one text."""
    head, tail = b'{"textos": ["', b'"]}'
    return head + b"x" * (size - len(head) - len(tail)) + tail


def post(http, content, headers=ANA):
    return http.post("/api/grandes", content=content, headers=headers | JSON)


@pytest.mark.parametrize("size", [100, MAX_BODY, MAX_BODY + 1, LIMIT])
def test_it_takes_what_fits(http, size):
    answer = post(http, textos(size))
    assert (answer.status_code, answer.json()) == (200, [1])


@pytest.mark.parametrize("said", [True, False])
def test_what_does_not_fit_is_refused_whether_its_length_is_said_or_not(http, said):
    content = textos(LIMIT + 1)
    answer = post(http, content if said else iter([content[:-1], content[-1:]]))
    assert (answer.status_code, answer.json()["codigo"]) == (413, "cuerpo_demasiado_grande")


@pytest.mark.parametrize("value", [b"[]", b"{}", b"0.1", b'""'])
def test_a_body_that_would_grow_many_times_in_memory_is_refused(http, value):
    many = b",".join([value] * (LIMIT // (len(value) + 1) - 10))
    answer = post(http, b'{"textos": [%b]}' % many)
    assert (answer.status_code, answer.json()["codigo"]) == (413, "cuerpo_demasiado_grande")


def test_a_body_that_is_not_large_may_have_as_many_values_as_fit(http):
    many = b",".join([b'""'] * (MAX_BODY // 3 - 10))
    assert post(http, b'{"textos": [%b]}' % many).json() == [MAX_BODY // 3 - 10]


def test_it_is_as_strict_as_every_other_route(http):
    twice = b'{"textos": [], "textos": ["' + b"x" * MAX_BODY + b'"]}'
    assert post(http, twice).json()["codigo"] == "json_invalido"
    unknown = http.post("/api/grandes?raro=1", content=textos(100), headers=ANA | JSON)
    assert unknown.json()["errores"][0]["codigo"] == "parametro_desconocido"
    assert (
        http.post("/api/grandes", content=b"x", headers=ANA | {"Content-Type": "text/plain"}).status_code
        == 415
    )


@pytest.mark.parametrize(
    ("headers", "status"), [({}, 401), ({"X-API-Key": "otra"}, 401), ({"X-API-Key": "clave-de-luz"}, 403)]
)
def test_who_may_not_is_told_so_whatever_the_size(http, headers, status):
    assert {post(http, textos(size), headers).status_code for size in (100, LIMIT, LIMIT + 1)} == {status}


def test_of_somebody_unknown_not_a_byte_is_read(raw):
    answer = raw("POST", "/api/grandes", *[b" " * MAX_BODY] * 3, headers=[(b"x-api-key", b"otra")])
    assert (answer.status, answer.chunks_read) == (401, 0)


def test_few_large_bodies_are_in_memory_at_once_and_room_is_given_back(http, sala):
    sala.may_end.clear()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        held = [pool.submit(post, http, textos(MAX_BODY + 1)) for _ in range(AT_ONCE)]
        for _ in held:
            assert sala.begun.acquire(timeout=10)
        refused = post(http, textos(MAX_BODY + 1))
        assert (refused.status_code, refused.json()["codigo"]) == (503, "sobrecarga")
        assert int(refused.headers["retry-after"]) >= 1
        small = pool.submit(post, http, textos(100))
        sala.may_end.set()
        assert {each.result(10).status_code for each in [*held, small]} == {200}
    for _ in range(AT_ONCE + 1):
        assert post(http, textos(MAX_BODY + 1)).status_code == 200
    for _ in range(AT_ONCE + 1):
        assert post(http, textos(LIMIT + 1)).status_code == 413
    assert post(http, textos(MAX_BODY + 1)).status_code == 200
