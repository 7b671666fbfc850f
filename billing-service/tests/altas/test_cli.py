"""The command, as a real process on an empty folder, with no CRM anywhere."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

COMMAND = (sys.executable, "-m", "smartbilling")
EMPRESA = ("--nombre", "Uno, S.L.", "--direccion", "Calle Mayor 1, Madrid")


@pytest.fixture
def entorno(tmp_path):
    """The environment of a process whose data are in a folder that does not exist yet."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BILLING_")}
    return clean | {"BILLING_DATA_DIR": str(tmp_path / "datos")}


@pytest.fixture
def run(entorno):
    def run(*arguments, **more):
        return subprocess.run(  # noqa: S603 - our own command
            [*COMMAND, *arguments],
            env=entorno | more,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.fixture
def con_base(entorno, plantilla_sqlite):
    """The folder is there, with a database that is up to date: faster than making it."""
    folder = Path(entorno["BILLING_DATA_DIR"])
    folder.mkdir()
    shutil.copyfile(plantilla_sqlite, folder / "billing.db")


@contextmanager
def serving(entorno):
    """The service in a process of its own: its address, and the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603
        [*COMMAND, "servir"],
        env=entorno | {"BILLING_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
            wait_until_ready(http, process)
            yield http, process
    finally:
        process.kill()
        process.communicate()


def wait_until_ready(http, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if http.get("/health/ready").json().get("listo"):
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"not ready: {process.stderr.read() if process.poll() is not None else 'too slow'}")


def one_sentence(finished):
    """What a command that failed said, which has to be one line and no more."""
    assert (finished.returncode, finished.stdout) == (1, "")
    assert len(finished.stderr.splitlines()) == 1, finished.stderr
    return finished.stderr.strip()


def test_a_company_made_by_command_can_log_in_and_use_its_key(entorno, run, tmp_path):
    finished = run("empresa", "crear", *EMPRESA, "--nif", "b-12345674", "--usuario", "Ana@Uno.example")
    assert finished.returncode == 0, finished.stderr
    assert len(finished.stdout.splitlines()) == 1
    made = json.loads(finished.stdout)
    assert list(made) == ["empresa_id", "usuario", "clave", "clave_api"]
    assert made["usuario"] == "ana@uno.example"
    assert stat.S_IMODE((tmp_path / "datos" / "billing.db").stat().st_mode) == 0o600

    second = json.loads(
        run("empresa", "crear", *EMPRESA, "--nif", "A58818501", "--usuario", "ana@uno.example").stdout
    )
    assert second["clave"] is None

    with serving(entorno) as (http, process):
        who = http.get("/api/auth/yo", headers={"X-API-Key": made["clave_api"]}).json()
        assert who["empresa"]["id"] == made["empresa_id"]
        assert "plataforma" in who["scopes"], "the first of a deployment"
        who = http.get("/api/auth/yo", headers={"X-API-Key": second["clave_api"]}).json()
        assert "plataforma" not in who["scopes"]
        credentials = {"usuario": made["usuario"], "clave": made["clave"]}
        tokens = http.post("/api/auth/login", json=credentials).json()
        http.post("/api/auth/login", json=credentials | {"clave": "clave equivocada"})
        http.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        process.send_signal(signal.SIGTERM)
        output, logs = process.communicate(timeout=20)
    assert (process.returncode, output) == (0, "")
    lines = [json.loads(line) for line in logs.splitlines()]
    assert "/api/auth/login" in [line.get("ruta") for line in lines]
    for secret in (
        made["clave"],
        made["clave_api"],
        "clave equivocada",
        tokens["access_token"],
        tokens["refresh_token"],
        made["usuario"],
    ):
        assert secret not in logs


@pytest.mark.usefixtures("con_base")
def test_a_company_that_cannot_be_made_is_refused_in_one_sentence(run):
    options = ("--nombre", " ", "--nif", "B12345670", "--direccion", "Calle 1", "--usuario", "ana")
    said = one_sentence(run("empresa", "crear", *options))
    assert "nombre: " in said
    assert "nif: El NIF no es válido" in said


@pytest.mark.usefixtures("con_base")
def test_an_empty_deployment_gets_its_first_company_once(run, tmp_path):
    seed = tmp_path / "semilla.json"
    made = json.loads(
        run("inicial", "--semilla", str(seed), "--nombre", "Ñandú", "--nif", "B12345674").stdout
    )
    assert list(made) == ["empresa_id", "usuario", "clave", "billing_api_key"]
    assert json.loads(seed.read_text())["empresa"] == {
        "id": made["empresa_id"],
        "nombre": "Ñandú",
        "nif": "B12345674",
        "zona_horaria": "Europe/Madrid",
    }
    again = run("inicial", "--semilla", str(seed), "--nif", "A58818501")
    assert "Ya hay una empresa en esta base de datos" in one_sentence(again)
    assert json.loads(seed.read_text())["empresa"]["nif"] == "B12345674"
    duplicate = run("empresa", "crear", *EMPRESA, "--nif", "B12345674", "--usuario", "ana@uno.example")
    assert "Ya hay una empresa con el NIF B12345674" in one_sentence(duplicate)


def test_what_keeps_it_from_starting_is_said_in_one_sentence(run, tmp_path):
    (tmp_path / "fichero").touch()
    secret = "postgresql://billing:muysecreta@127.0.0.1:1/billing"
    for more, sentence in (
        ({"BILLING_DATA_DIR": str(tmp_path / "fichero" / "datos")}, "No se puede crear la carpeta"),
        ({"BILLING_DATABASE_URL": secret}, "No se puede usar la base de datos"),
        ({"BILLING_PORT": "puerto"}, "Revisa estas variables de entorno"),
    ):
        said = one_sentence(run("servir", **more))
        assert said.startswith(sentence)
        assert "muysecreta" not in said


@pytest.mark.usefixtures("con_base")
def test_a_port_in_use_is_said_in_one_sentence(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"El puerto {port}" in one_sentence(run("servir", BILLING_PORT=str(port)))
