"""The demo company: eighteen months that look lived, made by the product's own use cases."""

import json
import shutil
import time
from collections import Counter
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from contratos import Scope
from contratos.nif import is_valid_nif
from http_rules import Credentials
from smartbilling import identidad
from smartbilling.app import create_app, productor
from smartbilling.demo import construir
from smartbilling.settings import Settings
from storage import Database

from ..conftest import EMPIEZA, EmpresaDePrueba, Reloj, Servicio
from ..facturacion import Api
from ..resumen.recuento import dia, recuento
from ..verifactu.linter import auditoria

SEGUNDOS = 30
"""How long making it may take, on a machine that is doing other things; alone it takes a tenth."""


@pytest.fixture(scope="module")
def hecha(plantilla_sqlite, tmp_path_factory):
    """The demo company, made on SQLite: what making it answered, told and took."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(plantilla_sqlite, folder / "billing.db")
    settings = Settings(data_dir=folder)
    database, told, began = Database(settings.url), [], time.monotonic()
    alta, semilla = construir(
        database,
        EMPIEZA,
        identidad.Claves().cifrar_ya("una clave de prueba"),
        productor(settings),
        entorno="pruebas",
        progreso=lambda done, of: told.append((done, of)),
    )
    took = time.monotonic() - began
    database.close()
    return settings, alta, semilla, told, took


@pytest.fixture(scope="module")
def demo(hecha):
    """The demo company through the public door, at the instant at which it was made."""
    settings, alta, _, _, _ = hecha
    reloj = Reloj()
    app = create_app(settings, reloj)
    with TestClient(app) as http:
        servicio = Servicio(app, http, reloj, settings)
        empresa = alta.alta.empresa
        yield Api(EmpresaDePrueba(empresa.id, empresa.nif, alta.usuario, alta.alta.clave_api, servicio))


@pytest.fixture(scope="module")
def facturas(demo):
    """Every invoice and draft, the oldest first."""
    rows, cursor = [], None
    while True:
        page = demo.lista(limite=200, orden="fecha_expedicion", **({"cursor": cursor} if cursor else {}))
        rows += page["datos"]
        if not (cursor := page["siguiente"]):
            return rows


def test_making_it_is_fast_and_tells_how_far_it_is(hecha):
    _, _, _, told, took = hecha
    assert took < SEGUNDOS
    assert [done for done, _ in told] == list(range(1, told[-1][1] + 1))
    assert len({of for _, of in told}) == 1


def test_there_are_two_hundred_invoices_over_eighteen_months(facturas):
    emitidas = [f for f in facturas if f["numero"]]
    assert len(emitidas) >= 200
    first, last = (date.fromisoformat(emitidas[n]["fecha_expedicion"]) for n in (0, -1))
    assert last - first > timedelta(days=17 * 30)
    assert EMPIEZA.date() - last < timedelta(days=15)
    assert emitidas[0]["numero"].endswith("-000001")
    months = {f["fecha_expedicion"][:7] for f in emitidas}
    assert len(months) >= 18


def test_every_state_is_there_and_what_happens_to_invoices(demo, facturas):
    states = Counter(f["estado"] for f in facturas)
    assert min(states[estado] for estado in ("borrador", "emitida", "pagada", "anulada")) >= 3
    assert sum(f["estado"] == "emitida" and f["pagado"] != "0.00" for f in facturas) >= 3
    assert sum(f["vencida"] for f in facturas) >= 3
    assert sum(not f["vencida"] and f["pendiente"] != "0.00" for f in facturas) >= 3
    assert {f["tipo"] for f in facturas} == {"F1", "F2", "F3", "R1", "R4"}
    assert {f["rectificacion"]["metodo"] for f in facturas if f["rectificacion"]} == {"I", "S"}
    assert sum(f["tipo"] == "F2" and f["cliente"]["cif"] is not None for f in facturas) >= 3
    assert sum(f["sustituida_por"] is not None for f in facturas) >= 2
    assert sum(bool(f["destinatarios"]) for f in facturas) >= 2
    assert sum(f["cliente"]["id_otro"] is not None for f in facturas) >= 2
    assert all(float(f["pendiente"]) >= 0 for f in facturas)
    assert sum(f["retencion"] != "0.00" for f in facturas) >= 1
    assert sum(f["suplidos"] != "0.00" for f in facturas) >= 1
    assert sum(f["recargo_total"] != "0.00" for f in facturas) >= 1
    assert demo.filas("SELECT count(*) FROM devoluciones")[0][0] >= 1


def test_thirty_clients_with_valid_numbers_and_addresses_of_nobody(facturas):
    clients = {f["cliente"]["cif"]: f["cliente"] for f in facturas if f["cliente"]["cif"]}
    assert len(clients) >= 30
    assert all(is_valid_nif(cif) for cif in clients)
    emails = [c["email"] for c in clients.values() if c["email"]]
    assert len(emails) == len(set(emails)) >= 30
    assert all(email.endswith(".example") for email in emails)


def test_a_linter_of_others_finds_nothing_in_its_records(demo, tmp_path):
    registros = [bytes(xml) for (xml,) in demo.filas("SELECT xml FROM registros ORDER BY secuencia")]
    informe = auditoria(tmp_path, *registros)
    assert informe.registros_analizados > 200
    assert informe.hallazgos == []


def test_its_chain_is_true_and_its_figures_equal_a_recount(demo):
    verificacion = demo.verificacion()
    assert (verificacion["correcta"], verificacion["hallazgos"]) == (True, [])
    assert verificacion["registros"] > 200
    assert demo.resumen() == recuento(demo, EMPIEZA.date())


def test_records_bear_the_instants_of_those_months_in_order(demo):
    rows = demo.filas("SELECT fecha_hora_huso, fecha_expedicion FROM registros ORDER BY secuencia")
    days = [row.fecha_hora_huso[:10] for row in rows]
    assert days == sorted(days)
    alta = demo.filas("SELECT fecha_hora_huso, fecha_expedicion FROM registros WHERE tipo = 'alta'")
    assert all(row.fecha_hora_huso[:10] == dia(row.fecha_expedicion).isoformat() for row in alta)
    assert max(days) <= EMPIEZA.date().isoformat()


def test_everything_waits_for_the_crm_and_nothing_lies_in_the_future(demo):
    rows = demo.filas("SELECT actividad, estado FROM mensajes_crm")
    assert {row.estado for row in rows} == {"pendiente"}
    said = [json.loads(row.actividad) for row in rows]
    assert Counter(a["tipo"] for a in said)["venta"] >= 190
    assert max(a["fecha"] for a in said) <= EMPIEZA.isoformat()


def test_its_key_can_do_everything_and_its_seed_tells_the_crm_of_every_client(hecha, demo, facturas):
    _, alta, semilla, _, _ = hecha
    quien = demo.servicio.app.state.authenticate(Credentials(api_key=demo.empresa.clave_api))
    assert quien.scopes == frozenset(Scope)
    assert semilla["empresa"]["id"] == alta.alta.empresa.id
    named = {f["cliente"]["cif"] for f in facturas if f["cliente"]["cif"]}
    assert {cliente["cif"] for cliente in semilla["clientes"]} == named
    assert semilla["desde"] < semilla["hasta"] == "2026-11-24"


def test_it_goes_on_where_the_demo_ended(demo):
    last = max(row.secuencia for row in demo.filas("SELECT secuencia FROM facturas WHERE anio = 2026"))
    assert demo.emitir()["numero"] == f"F-2026-{last + 1:06}"
