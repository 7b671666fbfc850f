"""`make run`: starts, stops, kills, and what it says when it cannot start."""

import json
import os
import random
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest
from machine import ROOT, environment, read_only, run

RUNNING = "en marcha"
FIELDS = [
    "panel_url",
    "billing_url",
    "crm_url",
    "usuario",
    "clave",
    "empresa_id",
    "billing_api_key",
    "crm_api_key",
]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def until(fact, seconds=60):
    """What `fact` answers once it is true."""
    end = time.monotonic() + seconds
    while not (answer := fact()):
        assert time.monotonic() < end, f"not within {seconds} s: {fact}"
        time.sleep(0.02)
    return answer


class Start:
    """One `make run` on a data folder, with ports of its own unless told."""

    def __init__(self, folder, target="run", **variables):
        self.folder = folder
        chosen = {"BILLING_PORT": str(free_port()), "CRM_PORT": str(free_port()), "DEMO": "0"} | variables
        self.billing, self.crm = (f"http://127.0.0.1:{chosen[f'{name}_PORT']}" for name in ("BILLING", "CRM"))
        self.said = []
        self.make = subprocess.Popen(
            ["make", target],
            cwd=ROOT,
            env=environment(SMARTBILLING_DATA=str(folder), **chosen),
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=lambda: self.said.extend(self.make.stdout), daemon=True)
        self._reader.start()

    @property
    def text(self):
        return "".join(self.said)

    def ready(self):
        """Wait until it says that everything runs."""
        until(lambda: RUNNING in self.text.lower() or self.make.poll() is not None, 120)
        assert self.make.poll() is None, self.text
        until(lambda: "Para pararlo" in self.text or "pero falta" in self.text)
        return self

    def processes(self):
        """What of it still runs: process ids, make's apart, by what they are."""
        mark = f"SMARTBILLING_DATA={self.folder}".encode()
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    command = (process / "cmdline").read_bytes().decode()
                    for name in ("launcher.py", "smartbilling", "crm"):
                        if name in command.split("\0"):
                            found[name] = int(process.name)
            except OSError:
                continue
        return found

    def ended(self):
        """Wait until nothing of it is left; what make answered."""
        code = self.make.wait(40)
        until(lambda: not self.processes())
        self._reader.join(10)
        return code

    def kill(self):
        """Leave nothing behind, whatever the test did."""
        with suppress(ProcessLookupError):
            os.killpg(self.make.pid, signal.SIGKILL)
        for process in self.processes().values():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.make.wait()


@pytest.fixture
def start():
    """Starts that are gone when the test is."""
    started = []

    def make_run(*arguments, **variables):
        started.append(Start(*arguments, **variables))
        return started[-1]

    yield make_run
    for one in started:
        one.kill()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A data folder that one start has made, and what that start said."""
    folder = tmp_path_factory.mktemp("preparada") / "datos"
    first = Start(folder, EMPRESA_NOMBRE="Talleres Ibáñez SL", EMPRESA_NIF="B12345674")
    try:
        first.ready()
        os.killpg(first.make.pid, signal.SIGINT)
        first.ended()
    finally:
        first.kill()
    return folder, first.text


@pytest.fixture
def folder(prepared, tmp_path):
    """A copy of that folder, for one test to use."""
    return shutil.copytree(prepared[0], tmp_path / "datos")


def credentials(folder):
    return json.loads((folder / "credenciales.json").read_text())


def sentence(result):
    """The one sentence of a start that was refused."""
    assert result.returncode != 0
    assert "Traceback" not in result.stdout + result.stderr
    said = [line for line in (result.stdout + result.stderr).splitlines() if not line.startswith("make")]
    assert len(said) == 1, said
    return said[0]


def refused(folder, target="run", **variables):
    chosen = {"BILLING_PORT": str(free_port()), "CRM_PORT": str(free_port()), "DEMO": "0"} | variables
    return sentence(run(["make", target], cwd=ROOT, env=environment(SMARTBILLING_DATA=str(folder), **chosen)))


def test_the_first_start_writes_the_credentials_for_their_owner_alone(prepared):
    folder, text = prepared
    written = credentials(folder)
    assert list(written) == FIELDS
    assert all(written.values())
    assert written["panel_url"] == written["billing_url"] + "/docs"
    assert stat.S_IMODE((folder / "credenciales.json").stat().st_mode) == 0o600
    for shown in ("usuario", "clave", "billing_url", "crm_url"):
        assert written[shown] in text
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".lock") == [
        ".preparado",
        "billing",
        "credenciales.json",
        "crm",
        "logs",
    ]


def test_the_printed_curl_line_issues_an_invoice(folder, start):
    one = start(folder).ready()
    (line,) = [line for line in one.text.splitlines() if line.strip().startswith("curl ")]
    words = shlex.split(line)
    headers = dict(words[i + 1].split(": ", 1) for i, word in enumerate(words) if word == "-H")
    (url,) = [word for word in words if word.startswith("http")]
    answer = httpx.post(url, headers=headers, content=words[words.index("-d") + 1].encode())
    assert (answer.status_code, answer.json()["total"]) == (201, "145.20")


def test_a_second_start_keeps_the_data_and_follows_the_ports(folder, start):
    before = credentials(folder)
    one = start(folder).ready()
    after = credentials(folder)
    assert (after["billing_url"], after["crm_url"]) == (one.billing, one.crm)
    assert {k: v for k, v in before.items() if not k.endswith("_url")} == {
        k: v for k, v in after.items() if not k.endswith("_url")
    }
    assert stat.S_IMODE((folder / "credenciales.json").stat().st_mode) == 0o600
    user = {"usuario": after["usuario"], "clave": after["clave"]}
    assert httpx.post(f"{one.billing}/api/auth/login", json=user).status_code == 200
    key = {"X-API-Key": after["crm_api_key"]}
    assert httpx.get(f"{one.crm}/api/crm/resumen", headers=key).status_code == 200


def to_group_several_times(one):
    for _ in range(4):
        os.killpg(one.make.pid, signal.SIGINT)
        time.sleep(0.1)


@pytest.mark.parametrize(
    "ask",
    [
        to_group_several_times,
        lambda one: os.killpg(one.make.pid, signal.SIGTERM),
        lambda one: os.kill(one.make.pid, signal.SIGINT),
        lambda one: os.kill(one.make.pid, signal.SIGTERM),
        lambda one: os.kill(one.processes()["launcher.py"], signal.SIGTERM),
    ],
    ids=[
        "ctrl-c-four-times",
        "sigterm-to-all",
        "sigint-to-make",
        "sigterm-to-make",
        "sigterm-to-the-launcher",
    ],
)
def test_asked_to_stop_it_stops_both_and_ends_when_they_have_ended(folder, start, ask):
    one = start(folder).ready()
    assert set(one.processes()) == {"launcher.py", "smartbilling", "crm"}
    ask(one)
    one.ended()
    assert "SmartBilling se ha parado." in one.text
    assert "Traceback" not in one.text + "".join(log.read_text() for log in (folder / "logs").iterdir())


def test_asked_to_stop_the_launcher_answers_that_all_went_well(folder, start):
    one = start(folder).ready()
    os.kill(one.processes()["launcher.py"], signal.SIGINT)
    assert one.ended() == 0


@pytest.mark.parametrize("victim", ["smartbilling", "crm"])
def test_when_a_service_dies_the_other_is_stopped_and_it_says_which(folder, start, victim):
    one = start(folder).ready()
    os.kill(one.processes()[victim], signal.SIGKILL)
    assert one.ended() != 0
    name = "billing" if victim == "smartbilling" else "crm"
    assert f"El servicio {name} ha terminado por su cuenta" in one.text


@pytest.mark.parametrize("victim", ["launcher", "make", "all"])
def test_killed_it_leaves_nothing_running_and_the_next_start_works(folder, start, victim):
    ports = {"BILLING_PORT": str(free_port()), "CRM_PORT": str(free_port())}
    one = start(folder, **ports).ready()
    {
        "launcher": lambda: os.kill(one.processes()["launcher.py"], signal.SIGKILL),
        "make": one.make.kill,
        "all": lambda: os.killpg(one.make.pid, signal.SIGKILL),
    }[victim]()
    again = start(folder, **ports)  # at once: it waits for what is ending
    again.ready()
    assert set(again.processes()) == {"launcher.py", "smartbilling", "crm"}


def test_killed_at_any_moment_of_the_first_start_the_next_one_works(tmp_path, start):
    folder, chance = tmp_path / "datos", random.Random(3)
    for _ in range(6):
        one = start(folder)
        time.sleep(chance.uniform(0.2, 6))
        os.killpg(one.make.pid, signal.SIGKILL)
        one.ended()
    one = start(folder).ready()
    written = credentials(folder)
    key = {"X-API-Key": written["billing_api_key"]}
    me = httpx.get(f"{one.billing}/api/verifactu/verificacion", headers=key)
    assert (me.status_code, me.json()["correcta"]) == (200, True)


def half_made(folder):
    (folder / ".preparacion" / "billing").mkdir()
    (folder / ".preparacion" / "billing" / "billing.db").write_bytes(b"half")
    for service in ("billing", "crm"):
        shutil.rmtree(folder / service)
    (folder / "credenciales.json").unlink()
    (folder / ".preparado").unlink()


def whole_but_not_in_place(folder):
    for service in ("billing", "crm"):
        (folder / service).rename(folder / ".preparacion" / service)
    (folder / "credenciales.json").rename(folder / ".preparacion" / "completos.json")
    (folder / ".preparado").unlink()


def one_of_two_in_place(folder):
    whole_but_not_in_place(folder)
    (folder / ".preparacion" / "billing").rename(folder / "billing")


def in_place_but_not_delivered(folder):
    (folder / "credenciales.json").rename(folder / ".pendientes.json")


def delivered_but_not_tidied(folder):
    shutil.copy(folder / "credenciales.json", folder / ".pendientes.json")


@pytest.mark.parametrize(
    "state",
    [
        half_made,
        whole_but_not_in_place,
        one_of_two_in_place,
        in_place_but_not_delivered,
        delivered_but_not_tidied,
    ],
)
def test_a_start_goes_on_from_wherever_the_first_one_was_cut(folder, start, state):
    before = credentials(folder)
    (folder / ".preparacion").mkdir()
    state(folder)
    one = start(folder).ready()
    after = credentials(folder)
    assert (after["clave"] == before["clave"]) is (state is not half_made)
    key = {"X-API-Key": after["billing_api_key"]}
    assert httpx.get(f"{one.billing}/api/auth/yo", headers=key).json()["empresa"]["id"] == after["empresa_id"]
    left = {path.name for path in folder.iterdir()}
    assert not left & {".preparacion", ".pendientes.json"}


@pytest.mark.parametrize("name", ["BILLING_PORT", "CRM_PORT"])
def test_a_port_in_use_is_named_with_its_variable_and_nothing_is_made(tmp_path, name):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused(tmp_path / "datos", **{name: str(port)})
    assert f"El puerto {port} está ocupado por otro programa" in said
    assert f"pon otro en {name}" in said
    assert not (tmp_path / "datos" / ".preparacion").exists()
    assert not (tmp_path / "datos" / "billing").exists()


def test_a_port_that_is_being_freed_is_waited_for(folder, start):
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        one = start(folder, BILLING_PORT=str(other.getsockname()[1]))
        until(lambda: "launcher.py" in one.processes())
        time.sleep(1)
    one.ready()


@pytest.mark.parametrize("target", ["run", "run-billing", "run-crm"])
def test_two_starts_on_one_folder_never_meet(folder, start, target):
    start(folder).ready()
    assert f"Otro SmartBilling está usando la carpeta de datos {folder}" in refused(folder, target)


def test_a_read_only_data_folder_is_named_with_its_variable(tmp_path):
    closed = tmp_path / "cerrada"
    closed.mkdir()
    command = read_only(closed, ["make", "-C", str(ROOT), "run"])
    result = run(command, env=environment(SMARTBILLING_DATA=str(closed / "datos")))
    said = sentence(result)
    assert f"No se puede escribir en la carpeta de datos {closed / 'datos'}" in said
    assert "SMARTBILLING_DATA=/otra/carpeta" in said


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"BILLING_PORT": "ochenta"}, "BILLING_PORT vale «ochenta»"),
        ({"CRM_PORT": "70000"}, "CRM_PORT vale «70000»"),
        ({"BILLING_PORT": "8055", "CRM_PORT": "8055"}, "son el mismo puerto, 8055"),
        ({"DEMO": "si"}, "DEMO vale «si»"),
        ({"BILLING_DATABASE_URL": "postgresql://x"}, "BILLING_DATABASE_URL está puesta"),
    ],
)
def test_a_variable_that_cannot_be_is_named(tmp_path, variables, words):
    assert words in refused(tmp_path / "datos", **variables)


@pytest.mark.parametrize(("target", "name"), [("run-billing", "billing"), ("run-crm", "crm")])
def test_each_service_runs_alone_on_an_empty_folder_which_make_run_then_uses(tmp_path, start, target, name):
    folder = tmp_path / "datos"
    alone = start(folder, target).ready()
    answer = httpx.get(f"{getattr(alone, name)}/health/ready")
    assert (answer.status_code, answer.json()["listo"]) == (200, True)
    os.killpg(alone.make.pid, signal.SIGINT)
    alone.ended()
    assert "SmartBilling se ha parado." in alone.text
    start(folder).ready()
    assert list(credentials(folder)) == FIELDS


def test_without_its_credentials_it_starts_and_says_so(folder, start):
    (folder / "credenciales.json").unlink()
    one = start(folder).ready()
    assert f"falta {folder / 'credenciales.json'}" in one.text
    assert not (folder / "credenciales.json").exists()


def test_damaged_credentials_are_named(folder):
    (folder / "credenciales.json").write_text("{")
    assert f"{folder / 'credenciales.json'} está dañado" in refused(folder)
