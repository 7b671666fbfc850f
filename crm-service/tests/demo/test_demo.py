"""The demo's past: realistic, true, and the same each time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contratos import Scope
from contratos.nif import is_valid_nif
from crm.auditoria import Acto
from crm.demo import Semilla, build
from crm.empresas import EmpresaNueva, asegurar
from crm.identidad import crear_clave
from http_rules import new_id

SINCE, UNTIL = date(2025, 5, 24), date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
NIFS = [f"{number:08}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}" for number in range(10_000_000, 10_000_014)]
SEED = {
    "empresa": {"id": "emp_x", "nombre": "Demo, S.L.", "nif": "B12345674", "zona_horaria": "Europe/Madrid"},
    "clientes": [
        {
            "nombre": f"Cliente {number}",
            "cif": None if number % 5 == 0 else nif,
            "email": f"hola@cliente{number}.example",
            "telefono": f"+34 912 345 {number:03}",
            "direccion": f"Calle Mayor {number}",
            "tipo": "empresa" if number % 2 else None,
            "alta": (SINCE + timedelta(days=35 * number)).isoformat(),
        }
        for number, nif in enumerate(NIFS)
    ],
    "desde": SINCE.isoformat(),
    "hasta": UNTIL.isoformat(),
}


@pytest.fixture(scope="module")
def built(service):
    """A company with the demo in it, as its key sees it on the day it was built."""
    service.reloj.now = NOW
    api = service.company(frozenset(Scope))
    steps = []
    build(
        service.database, api.empresa_id, Semilla.model_validate(SEED), NOW, lambda *step: steps.append(step)
    )
    return api, steps


def test_it_has_clients_with_contacts_activities_and_opportunities_in_every_stage(built):
    api, steps = built
    clients = api.every_row("clientes", limite=200)
    assert len(clients) >= 14 + 5
    assert {c["estado"] for c in clients} == {"activo", "prospecto", "inactivo"}
    assert {c["nombre_completo"] for c in clients} > {c["nombre"] for c in SEED["clientes"]}
    assert len(api.every_row("contactos", limite=200)) >= len(clients)
    kinds = {a["tipo"] for a in api.every_row("actividades", limite=200)}
    assert kinds == {"llamada", "email", "reunion", "nota", "tarea"}
    assert all(column["oportunidades"] for column in api.get("pipeline").json()["etapas"])
    deals = api.every_row("oportunidades", limite=200)
    assert {d["estado"] for d in deals} == {"abierta", "ganada", "perdida"}
    assert all(d["motivo"] for d in deals if d["estado"] != "abierta")
    assert steps[-1][0] == steps[-1][1]
    assert steps == sorted(steps)


def test_it_has_overdue_and_future_tasks(built):
    api, _ = built
    overdue = api.every_row("actividades", vencidas="true")
    pending = api.every_row("actividades", completada="false")
    assert overdue
    assert len(pending) > len(overdue)
    assert api.get("resumen").json()["actividades_vencidas"] == len(overdue)


def test_it_happens_between_the_first_day_and_now(built):
    api, _ = built
    for path, field in (("clientes", "creado"), ("contactos", "creado"), ("oportunidades", "actualizado")):
        moments = [datetime.fromisoformat(row[field]) for row in api.every_row(path, limite=200)]
        assert min(moments).date() >= SINCE
        assert max(moments) <= NOW
    assert all(c["email"].endswith(".example") for c in api.every_row("contactos", limite=200) if c["email"])
    assert all(is_valid_nif(c["cif_nif"]) for c in api.every_row("clientes", limite=200) if c["cif_nif"])


def test_billings_clients_are_found_by_the_upsert(built):
    api, _ = built
    for client in SEED["clientes"]:
        body = {"nombre_completo": client["nombre"], "cif_nif": client["cif"], "email": client["email"]}
        assert api.put("clientes/upsert", body).json()["creado"] is False


def test_it_is_the_same_each_time_and_is_not_built_twice(built, service):
    first, _ = built
    second = service.company(frozenset(Scope))
    for _ in range(2):
        build(service.database, second.empresa_id, Semilla.model_validate(SEED), NOW, lambda *_: None)

    def story(api):
        return [(a["titulo"], a["fecha"], a["vence"]) for a in api.every_row("actividades", limite=200)]

    assert sorted(story(first), key=str) == sorted(story(second), key=str)


def test_a_seed_without_clients_makes_the_prospects_alone(service):
    nueva = EmpresaNueva(id=new_id("emp"))
    with service.database.unit_of_work() as session:
        asegurar(session, Acto(nueva.id, "prueba", NOW), nueva)
        crear_clave(session, Acto(nueva.id, "prueba", NOW), "x", frozenset(Scope))
    build(service.database, nueva.id, Semilla.model_validate(SEED | {"clientes": []}), NOW, lambda *_: None)
