"""The command `crm`, alone on an empty folder: as a real process, or in this one where that is the same."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from crm import cli

SEED = {
    "empresa": {"id": "emp_0193e2b0c1d27f3a8b4c5d6e7f809102", "nombre": "Demo, S.L.", "nif": "B12345674"},
    "clientes": [{"nombre": "Ruiz", "email": "a@ruiz.example", "alta": "2026-05-01", "cif": None}],
    "desde": "2026-05-01",
    "hasta": "2026-11-24",
}


@pytest.fixture
def settings(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    others = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    return others | {"CRM_DATA_DIR": str(tmp_path / "datos"), "CRM_PORT": str(port)}


def crm(settings, *arguments, fails=False):
    """What a command says on stdout and on stderr."""
    done = subprocess.run(  # noqa: S603 - the program under test
        [sys.executable, "-m", "crm", *arguments],
        env=settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode != 0) == fails, done.stderr
    return done.stdout, done.stderr


def line(settings, *arguments):
    out, _ = crm(settings, *arguments)
    assert out.count("\n") == 1
    return json.loads(out)


@pytest.fixture
def inside(settings, monkeypatch):
    """Says what `crm` does, for a command that runs in this process, whose logs stay as they are."""
    monkeypatch.setattr(cli, "configure_logs", lambda *_: None)

    def run(*arguments, fails=False, **changes):
        done = CliRunner().invoke(cli.app, arguments, env=settings | changes)
        assert (done.exit_code != 0) == fails, done.stderr
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.stdout, done.stderr

    return run


@pytest.fixture
def serve(settings):
    """Starts `crm servir` and waits until it is ready."""
    running = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-m", "crm", "servir"], env=settings, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        client = httpx.Client(base_url=f"http://127.0.0.1:{settings['CRM_PORT']}")
        end = time.monotonic() + 30
        while time.monotonic() < end and process.poll() is None:
            try:
                if client.get("/health/ready").status_code == 200:
                    return process, client
            except httpx.ConnectError:
                time.sleep(0.02)
        raise AssertionError(process.stderr.read())

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()


def test_it_starts_alone_on_an_empty_folder_and_keeps_its_data(settings, serve):
    process, client = serve()
    company = line(settings, "empresa", "crear", "--nombre", "Mi Empresa, S.L.", "--nif", "b12345674")
    assert company == {"empresa_id": company["empresa_id"], "nombre": "Mi Empresa, S.L.", "nif": "B12345674"}
    key = line(settings, "clave", "crear", "--empresa-id", company["empresa_id"], "--nombre", "web")
    assert set(key) == {"id", "nombre", "scopes", "clave"}
    assert key["scopes"] == ["crm:escribir", "crm:leer"]
    reader = line(settings, "clave", "crear", "--empresa-id", company["empresa_id"], "--scope", "crm:leer")
    assert reader["scopes"] == ["crm:leer"]
    assert (Path(settings["CRM_DATA_DIR"]).stat().st_mode & 0o077) == 0  # its owner's alone
    headers = {"X-API-Key": key["clave"], "X-Request-ID": "peticion-de-prueba"}
    made = client.post("/api/crm/clientes", json={"nombre_completo": "Ana Ñandú"}, headers=headers)
    assert made.status_code == 201
    assert made.headers["x-request-id"] == "peticion-de-prueba"

    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    assert process.wait(15) == 0
    log = process.stderr.read()
    assert "peticion-de-prueba" in log
    assert "Ana" not in log
    assert key["clave"] not in log

    _, client = serve()
    assert client.get(made.headers["location"], headers=headers).json()["nombre_completo"] == "Ana Ñandú"


def test_the_first_company_has_a_key_with_every_scope_and_the_demo_a_past(settings, tmp_path, serve):
    seed = tmp_path / "semilla.json"
    seed.write_text(json.dumps(SEED))
    assert set(line(settings, "inicial", "--entrada", str(seed))) == {"crm_api_key"}
    out, err = crm(settings, "demo", "--entrada", str(seed))
    steps = [json.loads(row) for row in err.splitlines()]
    assert all(set(step) == {"hecho", "de"} for step in steps)
    assert steps[-1]["hecho"] == steps[-1]["de"]
    _, client = serve()
    answer = client.get("/api/crm/clientes", headers={"X-API-Key": json.loads(out)["crm_api_key"]})
    assert answer.json()["total"] > 1


def test_a_key_that_is_revoked_while_it_serves_opens_nothing_any_more(settings, inside, serve):
    _, client = serve()

    def told(*arguments):
        return json.loads(inside(*arguments)[0])

    company = told("empresa", "crear", "--nombre", "Mi Empresa, S.L.")["empresa_id"]
    key, other = (told("clave", "crear", "--empresa-id", company) for _ in range(2))

    def opens(made):
        return client.get("/api/crm/clientes", headers={"X-API-Key": made["clave"]}).is_success

    assert opens(key)
    revoked = line(settings, "clave", "revocar", "--empresa-id", company, "--id", key["id"])
    assert revoked["revocada"] is not None
    assert (opens(key), opens(other)) == (False, True)
    listed = told("clave", "listar", "--empresa-id", company)["claves"]
    assert {row["id"]: row["revocada"] is None for row in listed} == {key["id"]: False, other["id"]: True}
    assert all("clave" not in row and "huella" not in row for row in listed)


@pytest.mark.parametrize(
    ("arguments", "changes", "says"),
    [
        (["empresa", "crear", "--nombre", "X", "--nif", "B1"], {}, "nif"),
        (["clave", "crear", "--empresa-id", "emp_inventada"], {}, "ninguna empresa"),
        (["clave", "listar", "--empresa-id", "emp_inventada"], {}, "ninguna empresa"),
        (["clave", "revocar", "--empresa-id", "emp_inventada", "--id", "cla_1"], {}, "ninguna empresa"),
        (["migrar"], {"CRM_PORT": "hola"}, "port"),
        (["migrar"], {"CRM_DATA_DIR": "/proc/no"}, "CRM_DATA_DIR"),
        (["migrar"], {"CRM_DATABASE_URL": "postgresql://nadie@127.0.0.1:1/x"}, "CRM_DATABASE_URL"),
        (["demo", "--entrada", __file__], {}, "no es JSON"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(inside, arguments, changes, says):
    out, err = inside(*arguments, fails=True, **changes)
    assert out == ""
    assert says in err
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_said_in_a_sentence(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(settings["CRM_PORT"])))
        taken.listen()
        _, err = crm(settings, "servir", fails=True)
    assert settings["CRM_PORT"] in err
    assert "Traceback" not in err
