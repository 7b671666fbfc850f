"""A service that is killed in the middle of an import: another one goes on, and no row is done twice."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime

import httpx
import pytest
from importing import COUNTS
from sqlalchemy import text

from contratos import Scope
from crm.auditoria import Acto
from crm.empresas import EmpresaNueva, asegurar
from crm.identidad import crear_clave
from http_rules import new_id
from storage import Database

ROWS = 800


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
def headers(database_url):
    """Those of a company of its own: only the processes that are started work on its imports."""
    database = Database(database_url)
    empresa = EmpresaNueva(id=new_id("emp"))
    acto = Acto(empresa.id, "prueba", datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    with database.unit_of_work() as session:
        asegurar(session, acto, empresa)
        clave = crear_clave(session, acto, "prueba", frozenset({Scope.CRM_LEER, Scope.CRM_ESCRIBIR}))
    database.close()
    return {"X-API-Key": clave.clave}


def wait_for(fact):
    end = time.monotonic() + 300
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.01)


def ready(url):
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/health/ready", trust_env=False).status_code == 200
    return False


def left_behind(database_url):
    """What stands in the database while no process is there: how many clients, and the import."""
    database = Database(database_url)
    with database.reading() as session:
        there = session.execute(text("SELECT count(*) FROM clientes")).scalar_one()
        counts = session.execute(text("SELECT procesadas, creadas FROM importaciones")).one()
    database.close()
    return there, *counts


def test_killed_in_the_middle_another_process_goes_on_and_no_row_is_done_twice(database_url, serve, headers):
    table = "nombre;email\n" + "".join(f"Cliente {n};c{n}@x.example\n" for n in range(ROWS))
    process, url = serve()
    client = httpx.Client(base_url=f"{url}/api/crm", headers=headers, trust_env=False, timeout=60)
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
        there, processed, made = left_behind(database_url)
        assert 0 < processed < ROWS
        assert there == made == processed
        process, _ = serve()
    wait_for(lambda: progress()["estado"] != "importando")
    now = progress()
    assert [now[name] for name in COUNTS] == [ROWS, ROWS, 0, 0, 0]
    rows = client.get(f"{path}/filas", params={"orden": "-numero"}).json()
    assert (rows["total"], rows["datos"][0]["numero"]) == (ROWS, ROWS + 1)
    clients = client.get("/clientes", params={"orden": "-creado", "limite": 200}).json()
    assert (clients["total"], clients["datos"][0]["nombre_completo"]) == (ROWS, f"Cliente {ROWS - 1}")
    client.close()
