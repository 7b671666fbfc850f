"""A service that is killed while it tells webhooks: each change arrives once or more, and none is lost."""

import signal

import httpx
import pytest
from receptor import wait_for
from serving import servers

from contratos import Scope
from crm.auditoria import Acto
from crm.empresas import EmpresaNueva, asegurar
from crm.identidad import crear_clave
from http_rules import new_id, system_clock
from storage import Database


@pytest.fixture
def serve(database_url, tmp_path):
    """Starts the service as a process on the database, and waits until it is ready."""
    with servers(database_url, tmp_path, CRM_WEBHOOKS_PRIVADOS="127.0.0.1") as start:
        yield start


@pytest.fixture
def lone_key(database_url):
    """A company's key and the kind of its database, which no service of this process looks at."""
    database = Database(database_url)
    nueva = EmpresaNueva(id=new_id("emp"))
    acto = Acto(nueva.id, "prueba", system_clock())
    with database.unit_of_work() as session:
        asegurar(session, acto, nueva)
        clave = crear_clave(session, acto, "prueba", frozenset(Scope))
    database.close()
    return {"X-API-Key": clave.clave}, database.dialect


class Client:
    """The CRM as the key sees it, at one of its processes."""

    def __init__(self, url, key):
        self.http = httpx.Client(base_url=f"{url}/api/crm/", headers=key, trust_env=False, timeout=60)

    def post(self, path, body):
        answer = self.http.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def feed(self):
        rows, where = [], {}
        while True:
            page = self.http.get("cambios", params=where | {"tipo": "cliente", "limite": 200}).json()
            rows += page["datos"]
            where = {"desde": page["cursor"]}
            if page["siguiente"] is None:
                return {row["numero"] for row in rows}


def test_one_process_sends_and_killed_meanwhile_nothing_is_lost_and_each_has_the_same_bytes(
    serve, lone_key, receptor
):
    """On PostgreSQL two processes serve, and the other goes on at once; on SQLite it is started again."""
    key, dialect = lone_key
    process, url = serve()
    beside = serve() if dialect == "postgresql" else None
    client = Client(beside[1] if beside else url, key)
    client.post("webhooks", {"url": receptor.url})
    for number in range(20):
        client.post("clientes", {"nombre_completo": f"Cliente {number}"})
    wait_for(lambda: set(receptor.numbers) >= client.feed(), 60)
    assert receptor.numbers == sorted(client.feed())
    receptor.free.clear()
    for number in range(20, 30):
        client.post("clientes", {"nombre_completo": f"Cliente {number}"})
    wait_for(lambda: len(receptor.seen) > 20)  # it has been sent and is not answered
    process.send_signal(signal.SIGKILL)
    process.wait()
    if beside is None:
        _, url = serve()
        client = Client(url, key)
    receptor.free.set()
    for number in range(30, 40):
        client.post("clientes", {"nombre_completo": f"Cliente {number}"})
    wanted = client.feed()
    assert len(wanted) == 40
    wait_for(lambda: set(receptor.numbers) == wanted, 60)
    bodies = {}
    for headers, body in receptor.seen:
        assert bodies.setdefault(headers["webhook-id"], body) == body
    firsts = list(dict.fromkeys(receptor.numbers))
    assert firsts == sorted(firsts)
