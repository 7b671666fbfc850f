"""Serve until the first signal, then finish what was begun and end: real processes, real sockets."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from http_rules import serving
from storage import Database

PROGRAM = """
import pathlib, sys, time
sys.path.insert(0, {tests!r})
import cosas
from contextlib import asynccontextmanager
from http_rules import api_router, configure_logs, system_clock
from http_rules.serving import serve
from storage import Database

folder = pathlib.Path({folder!r})

def wait_for(name, announce):
    (folder / announce).touch()
    while not (folder / name).exists():
        time.sleep(0.005)

app = cosas.crear_app(Database("sqlite:///" + str(folder / "cosas.db")), system_clock)

@app.get("/lento")
def lento():
    wait_for("sigue", "empezada")
    return "entera"

whole = app.router.lifespan_context

@asynccontextmanager
async def lifespan(app):
    if {fails}:
        raise RuntimeError("no puede empezar")
    async with whole(app):
        yield
        (folder / "cerrada").touch()

app.router.lifespan_context = lifespan
configure_logs("cosas")
serve(app, "127.0.0.1", {port}, drain={drain})
wait_for("termina", "servida")
"""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def until(fact):
    deadline = time.monotonic() + 30
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Service:
    """The small service as a process of its own, in a process group of its own."""

    def __init__(self, folder, port, *, fails=False, drain=0.0):
        program = PROGRAM.format(
            tests=str(Path(__file__).parents[1]), folder=str(folder), port=port, fails=fails, drain=drain
        )
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, start_new_session=True
        )

    def answers(self):
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/health/live").status_code == 200

    def has(self, name):
        return (self.folder / name).exists()

    def signal(self, *signals):
        for one in signals:
            os.killpg(self.process.pid, one)

    def end(self):
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


@pytest.fixture
def start(tmp_path, cosas):
    database = Database(f"sqlite:///{tmp_path}/cosas.db")
    cosas.crear_tablas(database)
    database.close()
    started = []

    def run(port=None, **how):
        started.append(Service(tmp_path, port or free_port(), **how))
        return started[-1]

    yield run
    for service in started:
        if service.process.poll() is None:
            service.process.kill()
            service.process.wait()


def test_the_first_signal_finishes_what_was_begun_and_later_ones_change_nothing(start, tmp_path):
    service = start()
    until(service.answers)
    with ThreadPoolExecutor(1) as pool, httpx.Client() as idle:
        assert idle.get(f"{service.url}/health/live").status_code == 200  # and stays connected
        under_way = pool.submit(httpx.get, f"{service.url}/lento", timeout=30)
        until(lambda: service.has("empezada"))
        service.signal(signal.SIGTERM)
        until(lambda: not service.answers())
        service.signal(signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGINT)
        assert not service.has("cerrada")
        (tmp_path / "sigue").touch()
        assert (under_way.result().status_code, under_way.result().json()) == (200, "entera")
    until(lambda: service.has("servida"))
    assert service.has("cerrada")
    service.signal(signal.SIGINT, signal.SIGTERM)  # while the process ends
    (tmp_path / "termina").touch()
    code, err = service.end()
    assert code == 0
    assert "Traceback" not in err
    assert all(json.loads(line) for line in err.splitlines())


def test_asked_to_stop_it_is_unready_at_once_and_serves_on_until_it_has_drained(start, tmp_path):
    (tmp_path / "termina").touch()
    service = start(drain=2.0)
    until(service.answers)
    with httpx.Client(base_url=service.url) as before:
        assert before.get("/health/ready").status_code == 200
        service.signal(signal.SIGTERM, signal.SIGTERM)
        until(lambda: before.get("/health/ready").status_code == 503)
        answer = httpx.get(f"{service.url}/health/ready")
        assert (answer.json()["listo"], answer.json()["codigo"]) == (False, "no_listo")
        served = before.get("/openapi.json")
        assert (served.status_code, served.headers["connection"]) == (200, "close")
        assert not service.has("cerrada")
    code, err = service.end()
    assert (code, "Traceback" in err) == (0, False)
    assert service.has("cerrada")


def test_what_was_sent_before_the_port_closed_is_answered(start, tmp_path):
    """On connections that were idle, and on those that nobody had accepted yet."""
    (tmp_path / "termina").touch()
    service = start()
    until(service.answers)
    port = int(service.url.rsplit(":", 1)[1])
    with contextlib.ExitStack() as stack:
        callers = [
            stack.enter_context(contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)))
            for _ in range(40)
        ]
        for caller in callers[:20]:
            caller.request("GET", "/health/live")
            assert caller.getresponse().read() == b'{"vivo":true}'
        service.signal(signal.SIGSTOP, signal.SIGTERM)
        for caller in callers:
            caller.request("GET", "/health/live")
        service.signal(signal.SIGCONT)
        answers = [caller.getresponse() for caller in callers]
        assert {(answer.status, answer.headers["connection"]) for answer in answers} == {(200, "close")}
    assert service.end() == (0, "")


def test_ctrl_c_ends_an_idle_service_well_and_its_port_is_free_at_once(start, tmp_path):
    (tmp_path / "termina").touch()
    port = free_port()
    service = start(port)
    until(service.answers)
    service.signal(signal.SIGINT, signal.SIGINT)
    assert service.end() == (0, "")
    with contextlib.closing(serving._bound("127.0.0.1", port)) as again:  # noqa: SLF001 - as the next start does
        assert again.getsockname()[1] == port


def test_a_port_in_use_is_one_sentence_that_says_what_to_do(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, err = start(port).end()
    assert code == 1
    (sentence,) = err.splitlines()
    assert str(port) in sentence
    assert sentence.endswith("usa otro puerto.")


def test_of_two_that_open_a_port_at_once_one_alone_gets_it():
    port = free_port()
    with (
        contextlib.closing(serving._bound("127.0.0.1", port)),  # noqa: SLF001 - before anyone serves on it
        pytest.raises(OSError, match="in use"),
    ):
        serving._bound("127.0.0.1", port)  # noqa: SLF001


def test_a_service_that_cannot_start_says_so_in_its_exit_status(start):
    code, err = start(fails=True).end()
    assert code == 3
    assert "no puede empezar" in err


def test_bodies_over_the_wire_hear_why_they_are_refused(start, tmp_path):
    (tmp_path / "termina").touch()
    service = start()
    until(service.answers)
    ana = {"X-API-Key": "clave-de-ana", "Content-Type": "application/json"}
    with httpx.Client(base_url=service.url, headers=ana) as client:

        def post(content, **headers):
            answer = client.post("/api/cosas", content=content, headers=headers)
            return answer.status_code, answer.json()["codigo"]

        assert post(b"a" * 2 * 1024 * 1024) == (413, "cuerpo_demasiado_grande")
        assert post(b"a" * 65_536 for _ in range(64)) == (413, "cuerpo_demasiado_grande")
        assert post(b"[" * 20_000) == (422, "json_invalido")
        assert post(b"a" * 2 * 1024 * 1024, **{"X-API-Key": "mala"}) == (401, "no_autenticado")
        assert client.post("/api/cosas", json={"nombre": "a"}).status_code == 201
    cut_short = (
        b"POST /api/cosas HTTP/1.1\r\nHost: x\r\nX-API-Key: clave-de-ana\r\n"
        b'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"nombre"'
    )
    with socket.create_connection(("127.0.0.1", int(service.url.rsplit(":", 1)[1]))) as caller:
        caller.sendall(cut_short)
    until(service.answers)
    service.signal(signal.SIGTERM)
    code, err = service.end()
    assert code == 0
    assert not [
        line
        for line in map(json.loads, err.splitlines())
        if line["level"] == "error" or line.get("status") == 500
    ]


NO_HTTP = [
    b"esto no es HTTP\r\n\r\n",
    b"INVENTADO / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX(: y\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
]


def test_what_is_no_http_is_refused_as_everything_else_is(start):
    service = start()
    until(service.answers)
    for sent in NO_HTTP:
        with socket.create_connection(("127.0.0.1", int(service.url.rsplit(":", 1)[1])), 30) as caller:
            caller.sendall(sent)
            answer = http.client.HTTPResponse(caller)
            answer.begin()
            problem = json.loads(answer.read())
        assert answer.status == problem["status"] == 400
        assert answer.getheader("content-type") == "application/problem+json"
        assert answer.getheader("x-request-id")
        assert problem["codigo"] == "peticion_incorrecta"
        assert {"type", "title", "detail", "instance"} < problem.keys()
