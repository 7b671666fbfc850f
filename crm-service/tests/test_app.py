"""What the service does on its own while it runs."""

import threading
import time

from fastapi.testclient import TestClient
from sqlalchemy import text

from crm.app import create_app
from crm.settings import Settings
from storage import Database


def test_answers_older_than_thirty_days_are_forgotten_at_the_start(api, service, reloj, database_url):
    api.post("clientes", {"nombre_completo": "Ana"}, Idempotency_Key="de-hace-un-mes")
    reloj.advance(days=31)
    api.post("clientes", {"nombre_completo": "Luis"}, Idempotency_Key="de-ahora-mismo")

    def remembered():
        query = text("SELECT clave FROM claves_idempotencia WHERE empresa_id = :e AND length(cuerpo) > 0")
        with service.database.reading() as session:
            return set(session.execute(query, {"e": api.empresa_id}).scalars())

    assert len(remembered()) == 2
    app = create_app(Settings(database_url=database_url), Database(database_url), reloj)
    with TestClient(app):
        end = time.monotonic() + 10
        while len(remembered()) > 1 and time.monotonic() < end:
            threading.Event().wait(0.02)
    assert remembered() == {"de-ahora-mismo"}
