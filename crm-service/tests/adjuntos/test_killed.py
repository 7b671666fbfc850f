"""A service that is killed between a file and its row: nobody sees the file, and no row is without one."""

import os
import signal
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from serving import servers
from sqlalchemy import text

from storage import Database

PDF = b"%PDF-1.7\n" + b"0" * 100_000
WEEK_AND_A_DAY = 8 * 24 * 3600


@pytest.fixture
def serve(database_url, tmp_path):
    """Starts the service as a process on the database, and waits until it is ready."""
    with servers(database_url, tmp_path) as start:
        yield start


def wait_for(fact):
    end = time.monotonic() + 30
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def no_row_gets_in(database_url):
    """Until it ends, an attachment's row waits: for a lock or, on SQLite, for a trigger that counts long."""
    database = Database(database_url)
    if database.dialect == "postgresql":
        with database.engine.begin() as connection:
            connection.execute(text("LOCK TABLE adjuntos IN EXCLUSIVE MODE"))
            yield
    else:
        tables = ", ".join(f"sqlite_master t{number}" for number in range(12))
        with database.unit_of_work() as session:
            session.execute(
                text(
                    "CREATE TRIGGER slow BEFORE INSERT ON adjuntos BEGIN "
                    f"SELECT RAISE(IGNORE) WHERE (SELECT count(*) FROM {tables}) = 0; END"
                )
            )
        yield
        with database.unit_of_work() as session:
            session.execute(text("DROP TRIGGER slow"))
    database.close()


def test_killed_between_the_file_and_its_row_nothing_is_seen_and_the_file_goes_in_the_end(
    serve, api, database_url, tmp_path
):
    client_id = api.cliente()["id"]
    process, url = serve()
    client = httpx.Client(base_url=url, headers=api.headers, trust_env=False, timeout=60)
    path = f"/api/crm/clientes/{client_id}/adjuntos"

    def kept():
        return [each for each in Path(tmp_path, "adjuntos").rglob("adj_*") if each.is_file()]

    def upload():
        with suppress(httpx.TransportError):
            client.post(path, content=PDF, params={"nombre": "a.pdf"})

    with no_row_gets_in(database_url):
        uploading = threading.Thread(target=upload)
        uploading.start()
        wait_for(kept)
        process.send_signal(signal.SIGKILL)
        process.wait()
        uploading.join()
    (orphan,) = kept()
    assert orphan.read_bytes() == PDF
    past = time.time() - WEEK_AND_A_DAY
    os.utime(orphan, (past, past))

    _, client.base_url = serve()
    assert client.get(path).json()["datos"] == []
    for what in ("", "/contenido"):
        assert client.get(f"/api/crm/adjuntos/{orphan.name}{what}").status_code == 404
    wait_for(lambda: not orphan.exists())
    answer = client.post(path, content=PDF, params={"nombre": "a.pdf"})
    (row,) = client.get(path).json()["datos"]
    assert (answer.status_code, answer.json()) == (201, row)
    assert client.get(f"/api/crm/adjuntos/{row['id']}/contenido").content == PDF
    client.close()
