"""A service that is killed in the middle of an import: another one goes on, and no row is done twice."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import httpx
import pytest
from importing import COUNTS, clients

ROWS = 700


@pytest.fixture
def serve(database_url, folder):
    """Starts the service as a process on the database, and waits until it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mine = {"CRM_DATABASE_URL": database_url, "CRM_DATA_DIR": str(folder), "CRM_PORT": str(port)}
    others = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    running = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-m", "crm", "servir"], env=others | mine, stderr=subprocess.DEVNULL
        )
        running.append(process)
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: process.poll() is None and ready(url))
        return process, url

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture
def alone(service):
    """The test's own service does no imports: only the processes that are started do."""
    importador = service.client.app.state.importador
    importador._stopping.set()  # noqa: SLF001 - there is no other way to have only one worker
    importador.wake()
    return service


def wait_for(fact):
    end = time.monotonic() + 300
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.01)


def ready(url):
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/health/ready", trust_env=False).status_code == 200
    return False


def test_killed_in_the_middle_another_process_goes_on_and_no_row_is_done_twice(serve, alone, api):
    table = "nombre;email\n" + "".join(f"Cliente {n};c{n}@x.example\n" for n in range(ROWS))
    process, url = serve()
    client = httpx.Client(base_url=f"{url}/api/crm", headers=api.headers, trust_env=False, timeout=60)
    sent = client.post("/importaciones", content=table.encode(), headers={"Content-Type": "text/csv"})
    path = f"/importaciones/{sent.json()['id']}"

    def progress():
        return client.get(path).json()

    assert client.post(f"{path}/ejecucion").status_code == 200
    for _ in range(2):
        began = progress()["procesadas"]
        wait_for(lambda began=began: progress()["procesadas"] > began)
        process.send_signal(signal.SIGKILL)
        process.wait()
        done = api.get(f"importaciones/{sent.json()['id']}").json()
        assert 0 < done["procesadas"] < ROWS
        assert len(clients(alone, api)) == done["creadas"] == done["procesadas"]
        process, _ = serve()
    wait_for(lambda: progress()["estado"] != "importando")
    now = progress()
    assert [now[name] for name in COUNTS] == [ROWS, ROWS, 0, 0, 0]
    names = {row["nombre_completo"] for row in clients(alone, api).values()}
    assert names == {f"Cliente {n}" for n in range(ROWS)}
    rows = client.get(f"{path}/filas", params={"orden": "-numero"}).json()
    assert (rows["total"], rows["datos"][0]["numero"]) == (ROWS, ROWS + 1)
    client.close()
