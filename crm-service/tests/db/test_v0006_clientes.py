"""Clients and contacts of before are whole: phones in E.164, states with their dates, contacts linked."""

import hashlib

import pytest
from fastapi.testclient import TestClient
from old_schema import at_revision, insert
from sqlalchemy import text

from crm.app import create_app
from crm.db.schema import is_current, migrate
from crm.settings import Settings
from storage import Database

PHONES = {
    "a": ("600 123 456", "+34600123456"),
    "b": ("+34 912-345-678", "+34912345678"),
    "c": ("0033 1 42 68 53 00", "+33142685300"),
    "d": ("centralita, preguntar por Ana", "centralita, preguntar por Ana"),
    "e": (None, None),
}


def client_id(letter):
    return f"cli_{letter * 32}"


@pytest.fixture
def before(empty):
    """A database of the release before, with clients, contacts, and what the timeline told."""
    database = Database(empty)
    at_revision(database, "0005")
    format_ = {"sqlite": "2026-11-{:02} 09:30:00.000000", "postgresql": "2026-11-{:02} 09:30:00+00:00"}
    at = format_[database.dialect].format
    for company in ("emp_1", "emp_2"):
        insert(database, "empresas", id=company, zona_horaria="Europe/Madrid", creada=at(1))
    huella = hashlib.sha256(b"crm_de_antes").hexdigest()
    key = {"empresa_id": "emp_1", "id": "cla_1", "nombre": "web", "huella": huella, "creada": at(1)}
    insert(database, "claves_api", **key, scopes='["crm:leer", "crm:escribir"]')
    row = {"version": 3, "creado": at(10), "actualizado": at(12), "archivado": False}
    for letter, (phone, _) in PHONES.items():
        named = {"nombre_completo": f"N {letter}", "nombre_orden": f"n {letter}", "etiquetas": "[]"}
        kind = {"tipo_cliente": "empresa", "estado": "inactivo" if letter == "a" else "activo"}
        insert(
            database,
            "clientes",
            empresa_id="emp_1",
            id=client_id(letter),
            telefono=phone,
            **row,
            **named,
            **kind,
        )
    insert(
        database,
        "clientes",
        empresa_id="emp_2",
        id=client_id("f"),
        telefono="600 000 000",
        nombre_completo="Otra",
        nombre_orden="otra",
        etiquetas="[]",
        tipo_cliente="empresa",
        estado="prospecto",
        **row,
    )
    for day, title in ((15, "prospecto → activo"), (20, "activo → inactivo")):
        insert(
            database,
            "historial",
            empresa_id="emp_1",
            id=f"his_{day}",
            cliente_id=client_id("a"),
            tipo="estado_cambiado",
            fecha=at(day),
            titulo=f"Estado: {title}",
            recurso_tipo="cliente",
            recurso_id=client_id("a"),
        )
    people = {
        "1": {"principal": True, "email": "Marta@Ruiz.example", "telefono": "600-999-999"},
        "2": {"principal": True, "archivado": True, "email": "marta@ruiz.example"},
        "3": {"principal": False, "cargo": "Compras", "telefono": "sin teléfono"},
    }
    for number, person in people.items():
        base = row | {"empresa_id": "emp_1", "id": f"con_{number * 32}", "cliente_id": client_id("a")}
        insert(database, "contactos", **base | {"nombre": f"Ñoño {number}"} | person)
    return database


def test_what_was_there_is_whole_and_goes_on_working(before, empty, reloj, tmp_path):
    migrate(before)
    assert is_current(before)
    settings = Settings(database_url=empty, data_dir=tmp_path)
    with TestClient(create_app(settings, before, reloj)) as service:
        service.headers["X-API-Key"] = "crm_de_antes"

        def rows(path, **params):
            answer = service.get(f"/api/crm/{path}", params=params)
            assert answer.status_code == 200, answer.text
            return answer.json()["datos"]

        clients = {each["id"]: each for each in rows("clientes")}
        assert {id_: each["telefono"] for id_, each in clients.items()} == {
            client_id(letter): kept for letter, (_, kept) in PHONES.items()
        }
        first = clients[client_id("a")]
        assert (first["estado"], first["estado_desde"][:10]) == ("inactivo", "2026-11-20")
        assert (first["telefonos"], first["consentimientos"], first["campos"]) == ([], [], {})
        states = rows(f"clientes/{client_id('a')}/estados", orden="desde")
        assert [(s["estado"], s["desde"][:10], (s["hasta"] or "")[:10]) for s in states] == [
            ("prospecto", "2026-11-10", "2026-11-15"),
            ("activo", "2026-11-15", "2026-11-20"),
            ("inactivo", "2026-11-20", ""),
        ]
        assert [s["desde"][:10] for s in rows(f"clientes/{client_id('b')}/estados")] == ["2026-11-10"]

        people = {each["id"][-1]: each for each in rows("contactos", archivados="true")}
        assert {n: (p["telefono"], p["principal"]) for n, p in people.items()} == {
            "1": ("+34600999999", True),
            "2": (None, True),
            "3": ("sin teléfono", False),
        }
        assert people["3"]["clientes"] == [
            {
                "cliente_id": client_id("a"),
                "nombre": "N a",
                "cargo": "Compras",
                "rol": None,
                "principal": False,
            }
        ]
        assert [each["id"][-1] for each in rows("contactos", orden="nombre")] == ["1", "3"]

        answer = service.patch(f"/api/crm/contactos/{people['2']['id']}", json={"archivado": False})
        assert (answer.status_code, answer.json()["principal"]) == (200, True)
        assert service.get(f"/api/crm/contactos/{people['1']['id']}").json()["principal"] is False
        answer = service.patch(f"/api/crm/clientes/{client_id('a')}", json={"estado": "activo"})
        assert answer.status_code == 200
        assert len(rows(f"clientes/{client_id('a')}/estados")) == 4
        twin = {"nombre": "X", "email": "MARTA@ruiz.example"}
        service.delete(f"/api/crm/contactos/{people['2']['id']}")
        made = service.post(f"/api/crm/clientes/{client_id('a')}/contactos", json=twin).json()
        assert made["archivado_parecido"] == people["2"]["id"]


def test_a_company_keeps_what_is_its_own(before):
    migrate(before)
    with before.reading() as session:
        states = session.execute(
            text("SELECT estado FROM clientes_estados WHERE empresa_id = 'emp_2'")
        ).scalars()
        assert list(states) == ["prospecto"]
        phone = session.execute(text("SELECT telefono FROM clientes WHERE empresa_id = 'emp_2'")).scalar_one()
        assert phone == "+34600000000"
