"""A request sent twice is done once and answered twice with the same bytes."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import select

from contratos import Overloaded, invalid
from http_rules import Answer, Once
from http_rules.idempotency import (
    IdempotencyConflict,
    IdempotencyInProgress,
    IdempotencyKey,
    forget,
)

CLAVE = {"Idempotency-Key": "una-sola-vez"}


def post(servicio, body=None, path="/api/cosas", **headers):
    return servicio.post(path, json={"nombre": "a"} if body is None else body, headers=CLAVE | headers)


def total(servicio):
    return servicio.get("/api/cosas").json()["total"]


def replayed(answer):
    return answer.headers.get("idempotent-replayed") == "true"


def test_fifty_parallel_twins_are_one_fact_with_equal_answers(servicio):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: post(servicio), range(50)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert len({(a.headers["location"], a.headers["etag"]) for a in answers}) == 1
    assert sum(map(replayed, answers)) == 49
    assert total(servicio) == 1


def test_twins_that_reach_two_processes_are_one_fact(servicio, url, opened, cosas, reloj):
    with TestClient(cosas.crear_app(opened(url), reloj), headers=servicio.headers) as other:
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda n: post((servicio, other)[n % 2]), range(30)))
        assert {a.status_code for a in answers} == {201}
        assert len({a.content for a in answers}) == 1
        assert sum(map(replayed, answers)) == 29
        assert total(other) == 1


def test_distinct_keys_and_no_key_are_distinct_facts(servicio):
    for n in range(3):
        assert not replayed(post(servicio, **{"Idempotency-Key": f"clave-numero-{n}"}))
        assert servicio.post("/api/cosas", json={"nombre": "a"}).status_code == 201
    assert total(servicio) == 6


def test_a_refused_write_leaves_the_key_free_and_nothing_written(servicio):
    for _ in range(2):
        refused = post(servicio, {"nombre": "rechazada"})
        assert (refused.status_code, replayed(refused)) == (422, False)
    assert total(servicio) == 0
    assert post(servicio).status_code == 201
    assert total(servicio) == 1


def test_an_invalid_body_spends_no_key(servicio):
    assert post(servicio, {"nombre": ""}).status_code == 422
    assert post(servicio).status_code == 201


def test_the_same_key_for_another_request_is_a_conflict(servicio):
    first = post(servicio)
    for body, path in (
        ({"nombre": "b"}, "/api/cosas"),
        ({"nombre": "a", "importe": 1}, "/api/cosas"),
        ({"nombre": "a"}, "/api/cosas?con_clave=true"),
    ):
        conflict = post(servicio, body, path)
        assert (conflict.status_code, conflict.json()["codigo"]) == (422, "idempotencia_conflicto")
        assert [fault["campo"] for fault in conflict.json()["errores"]] == ["Idempotency-Key"]
    assert post(servicio).content == first.content
    assert total(servicio) == 1


def test_the_same_request_written_otherwise_is_a_replay(servicio):
    first = post(servicio, {"nombre": "a", "importe": 1, "cantidad": 2})
    headers = CLAVE | {"Content-Type": "application/json; charset=utf-8"}
    again = servicio.post(
        "/api/cosas", content=b'{ "cantidad": 2.0,\n"importe":1e0, "nombre":"\\u0061"}', headers=headers
    )
    assert (again.status_code, again.content, replayed(again)) == (201, first.content, True)


def test_a_key_belongs_to_one_company(servicio):
    mine = post(servicio)
    theirs = post(servicio, **{"X-API-Key": "clave-de-otra"})
    assert (theirs.status_code, replayed(theirs)) == (201, False)
    assert theirs.json()["id"] != mine.json()["id"]
    assert replayed(post(servicio, **{"X-API-Key": "clave-de-otra"}))


def test_a_key_is_remembered_across_restarts(servicio, url, opened, cosas, reloj):
    first = post(servicio)
    with TestClient(cosas.crear_app(opened(url), reloj), headers=servicio.headers) as restarted:
        again = post(restarted)
    assert (again.content, again.headers["etag"], replayed(again)) == (
        first.content,
        first.headers["etag"],
        True,
    )


def test_a_secret_is_shown_once_and_stored_nowhere(servicio, database, cosas):
    path = "/api/cosas?con_clave=true"
    assert post(servicio, path=path).json()["clave"] == cosas.SECRETO
    again = post(servicio, path=path)
    assert replayed(again)
    assert "clave" not in again.json()
    with database.reading() as session:
        (row,) = session.execute(select(IdempotencyKey)).scalars()
        assert cosas.SECRETO not in repr(row)


def test_after_thirty_days_the_key_answers_the_resource_as_it_stands(servicio, reloj, database):
    path = "/api/cosas?con_clave=true"
    first = post(servicio, path=path)
    servicio.put(first.headers["location"], json={"nombre": "b"})
    reloj.avanzar(days=30)
    assert post(servicio, path=path).json()["nombre"] == "a"
    reloj.avanzar(seconds=1)
    with database.unit_of_work() as session:
        forget(session, reloj())
    again = post(servicio, path=path)
    assert (again.status_code, replayed(again), again.headers["etag"]) == (201, True, '"2"')
    assert again.json() == {"id": first.json()["id"], "nombre": "b", "importe": "0.00"}
    assert post(servicio).json()["codigo"] == "idempotencia_conflicto"
    assert total(servicio) == 1


def test_answers_younger_than_thirty_days_are_not_forgotten(servicio, reloj, database):
    first = post(servicio)
    reloj.avanzar(days=29)
    with database.unit_of_work() as session:
        forget(session, reloj())
    assert post(servicio).content == first.content


@pytest.mark.parametrize(
    "key",
    [
        "corta",
        "1234567",
        "x" * 129,
        "",
        "clave-ñandú-1",
        "con\ttabulador",
        "\x7f" * 8,
        " 1234567",
        "1234567 ",
    ],
)
def test_a_key_that_is_none_is_refused(http, key):
    answer = http.post("/api/cosas", json={"nombre": "a"}, headers={"Idempotency-Key": key.encode("latin-1")})
    assert (answer.status_code, [f["campo"] for f in answer.json()["errores"]]) == (422, ["Idempotency-Key"])


@pytest.mark.parametrize(
    "key", ["12345678", "x" * 128, "a b c d e f", "~!@#$%^&*()", "0193e2b0-c1d2-7f3a-8b4c-5d6e7f809102:17"]
)
def test_any_key_of_8_to_128_printable_characters_is_taken(http, key):
    assert (
        http.post("/api/cosas", json={"nombre": key[:20]}, headers={"Idempotency-Key": key}).status_code
        == 201
    )


# --- waiting for the first ---------------------------------------------------------------------------------


@pytest.fixture
def once(cosas, reloj):
    """Runs a write under a key, in the test's own thread."""

    def run(database, write, key="una-sola-vez", digest=b"d", rereads=None):
        rereads = {"cos": cosas.releer} if rereads is None else rereads
        return Once(database, reloj, cosas.EMPRESA, key, request_digest=digest, rereads=rereads)(write)

    return run


@pytest.fixture
def making(cosas, reloj):
    """A write that makes a thing; when given events, says that it began and waits to be let go."""

    def make(began=None, go=None, *, fails=False):
        def write(session):
            cosa = cosas.crear(session, cosas.EMPRESA, reloj())
            session.flush()
            if began is not None:
                began.set()
                assert go.wait(20)
            if fails:
                raise invalid("nombre", "nombre_rechazado", "Elige otro nombre.")
            return Answer(cosas.publica(cosa), 201, recurso=cosa.id)

        return write

    return make


class Running:
    """A write under way in another thread."""

    def __init__(self, once, making, database, *, fails=False):
        self.began, self.go = threading.Event(), threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self._done = self._pool.submit(once, database, making(self.began, self.go, fails=fails))
        assert self.began.wait(20)

    def end(self):
        self.go.set()
        self._pool.shutdown()
        return self._done


def rows(database, cosas):
    with database.reading() as session:
        return len(session.execute(select(cosas.Cosa)).scalars().all())


def test_a_twin_that_has_waited_long_enough_hears_that_the_first_is_under_way(
    database, url, opened, once, making, cosas
):
    impatient = opened(url, write_wait=0.2) if "postgresql" in url else database
    impatient.write_wait = 0.2
    first = Running(once, making, database)
    with pytest.raises(IdempotencyInProgress) as waited:
        once(impatient, making())
    assert (waited.value.status, waited.value.code) == (409, "idempotencia_en_curso")
    made = first.end().result()
    assert once(impatient, making()).body == made.body
    assert rows(database, cosas) == 1


def test_a_twin_waits_for_the_first_and_gets_its_answer(database, once, making, cosas):
    first = Running(once, making, database)
    with ThreadPoolExecutor(1) as pool:
        twin = pool.submit(once, database, making())
        time.sleep(0.1)
        assert not twin.done()
        made = first.end().result()
        assert twin.result().body == made.body
        assert twin.result().headers["idempotent-replayed"] == "true"
    assert rows(database, cosas) == 1


def test_a_twin_of_a_first_that_is_refused_takes_its_place(database, once, making, cosas):
    first = Running(once, making, database, fails=True)
    with ThreadPoolExecutor(1) as pool:
        twin = pool.submit(once, database, making())
        assert first.end().exception().code == "datos_invalidos"
        assert "idempotent-replayed" not in twin.result().headers
    assert rows(database, cosas) == 1


def test_a_key_that_waits_behind_another_write_hears_of_overload_and_not_of_a_twin(
    sqlite, opened, cosas, once, making
):
    database = opened(sqlite, write_wait=0.1)
    cosas.crear_tablas(database)
    first = Running(once, making, database)
    with pytest.raises(Overloaded):
        once(database, making(), key="otra-clave-distinta")
    first.end().result()


def test_a_full_queue_inside_the_write_is_overload(database, once):
    def write(_):
        raise Overloaded("La cola está llena.")

    with pytest.raises(Overloaded):
        once(database, write)


def test_a_conflict_is_told_as_soon_as_the_first_has_ended(database, once, making):
    first = Running(once, making, database)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(once, database, making(), digest=b"otra")
        first.end()
        assert isinstance(other.exception(), IdempotencyConflict)


def test_what_nobody_could_read_again_in_thirty_days_is_not_made(database, once, making, cosas):
    with pytest.raises(LookupError, match="cos"):
        once(database, making(), rereads={})
    assert rows(database, cosas) == 0


# --- a crash between ---------------------------------------------------------------------------------------

DIES = """
import sys
sys.path.insert(0, {tests!r})
import cosas
from http_rules import Once, system_clock
from storage import Database

def write(session):
    cosas.crear(session, cosas.EMPRESA, system_clock(), nombre="medio hecha")
    session.flush()
    print("escrita", flush=True)
    sys.stdin.read()

database = Database({url!r})
Once(database, system_clock, cosas.EMPRESA, "una-sola-vez", request_digest=b"d", rereads={{}})(write)
"""


def test_a_process_killed_in_mid_transaction_keeps_nothing_and_leaves_the_key_free(
    database, url, once, making, cosas
):
    program = DIES.format(tests=str(Path(__file__).parents[1]), url=url)
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "escrita\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert rows(database, cosas) == 0
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM claves_idempotencia")).scalar() == 0
    assert "idempotent-replayed" not in once(database, making()).headers
    assert rows(database, cosas) == 1
