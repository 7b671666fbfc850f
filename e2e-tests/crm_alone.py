"""The CRM as one process without billing, on a database of its own, and the companies in it."""

import json
import os
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

import httpx
import pytest
from ports import Port
from services import Service, command
from waiting import wait_for

_CLOCK = str(Path(__file__).with_name("standing_clock"))
_EVERYTHING = ("crm:leer", "crm:escribir", "empresa:administrar")
_UNDER_WAY = ("ensayando", "importando", "revirtiendo")
CSV = {"Content-Type": "text/csv"}

on_each_database = pytest.mark.parametrize(
    "kind", os.environ.get("CRM_BASES", "sqlite,postgresql").split(","), indirect=True
)
"""For tests of the CRM alone: on both databases, or on those that `CRM_BASES` names."""


class Crm:
    """The process, and whoever speaks to it."""

    def __init__(self, databases, folder, **settings):
        self.database = databases.crm
        self._told = self.database.environment | settings
        self.process = Service("crm", Port(), folder, self._told)
        self._others = []

    def company(self, **data):
        """A company just made."""
        options = [word for name, value in data.items() for word in (f"--{name.replace('_', '-')}", value)]
        nombre = ("--nombre", "Instalaciones Vega, S.L.")
        return Company(self, self._command("empresa", "crear", *nombre, *options)["empresa_id"])

    def key(self, empresa_id, nombre="clave"):
        """A key of the company that opens everything."""
        scopes = [word for scope in _EVERYTHING for word in ("--scope", scope)]
        made = self._command("clave", "crear", "--empresa-id", empresa_id, "--nombre", nombre, *scopes)
        return made["clave"]

    def another(self, folder):
        """One more process on the same database, started."""
        service = Service("crm", Port(), folder, self._told)
        self._others.append(service)
        service.start()
        return service

    def close(self):
        """End all of it."""
        for service in (*self._others, self.process):
            service.close()

    def _command(self, *arguments):
        return json.loads(command("crm", self._told, *arguments))


@contextmanager
def crm_alone(kind, folder, **settings):
    """The CRM on a fresh database, while the block runs."""
    databases = kind.fresh(folder)
    crm = Crm(databases, folder, **settings)
    try:
        crm.process.start()
        yield crm
    finally:
        crm.close()
        kind.drop(databases)


class Clock:
    """A clock that stands where it is put; `settings` have a process go by it."""

    def __init__(self, folder, now):
        self._file = folder / "reloj"
        self.settings = {"PYTHONPATH": _CLOCK, "RELOJ": str(self._file)}
        self.put(now)

    def put(self, now):
        """It is `now`, an aware instant."""
        self.now = now.astimezone(UTC)  # in which days have 24 hours when the hour changes, too
        new = self._file.with_suffix(".nuevo")
        new.write_text(self.now.isoformat(), encoding="ascii")
        new.replace(self._file)


class Company:
    """A company of the CRM, as who has a key of it sees it."""

    def __init__(self, crm, empresa_id):
        self.crm, self.id = crm, empresa_id
        self.api = self.member("dirección")

    def member(self, nombre):
        """Somebody with a key of their own."""
        return Api(self.crm.process.url, self.crm.key(self.id, nombre))


class Api:
    """The routes below `/api/crm/`, by one key."""

    def __init__(self, url, key):
        self.key = key
        self.http = httpx.Client(
            base_url=f"{url}/api/crm/", headers={"X-API-Key": key}, timeout=120, trust_env=False
        )

    def ask(self, status, method, path, body=None, **params):
        """The body of the answer, which has this status."""
        answer = self.http.request(method, path, json=body, params=params)
        assert answer.status_code == status, f"{method} {path} {body}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def get(self, path, **params):
        """What is there."""
        return self.ask(200, "GET", path, **params)

    def post(self, path, **body):
        """What was made."""
        return self.ask(201, "POST", path, body)

    def patch(self, path, **body):
        """What was changed."""
        return self.ask(200, "PATCH", path, body)

    def put(self, path, **body):
        """What was put."""
        return self.ask(200, "PUT", path, body)

    def delete(self, path):
        """It is put away."""
        self.ask(204, "DELETE", path)

    def total(self, path, **params):
        """How many rows a list says that it has; fewer than it counts exactly."""
        page = self.get(path, limite=1, **params)
        assert page["total_exacto"]
        return page["total"]

    def rows(self, path, **params):
        """All pages of a list."""
        rows, cursor = [], {}
        while cursor is not None:
            page = self.get(path, limite=200, **params, **cursor)
            rows += page["datos"]
            cursor = {"cursor": page["siguiente"]} if page["siguiente"] else None
        return rows

    def feed(self, desde="0"):
        """The changes after a cursor, and the cursor to go on from."""
        rows = []
        while True:
            page = self.get("cambios", limite=200, desde=desde)
            rows += page["datos"]
            desde = page["cursor"]
            if page["siguiente"] is None:
                return rows, desde

    def upload(self, content, entidad="clientes"):
        """An import, its table uploaded."""
        params = {"entidad": entidad, "nombre": "clientes.csv"}
        answer = self.http.post("importaciones", content=content, headers=CSV, params=params)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def phase(self, importacion, what):
        """The import once a phase of it has ended."""
        path = f"importaciones/{importacion['id']}"
        self.ask(200, "POST", f"{path}/{what}")
        return wait_for(lambda: _ended(self.get(path)), f"{what} ends")


def _ended(importacion):
    return importacion if importacion["estado"] not in _UNDER_WAY else None
