"""The record of a client: what billing knows, and what the CRM adds when it answers."""

import time

import pytest
from fastapi.testclient import TestClient

from http_rules import new_id
from smartbilling.app import create_app

from ..conftest import Servicio
from ..facturacion import Api, linea, problema
from ..integracion_crm.fake_crm import Answers, FakeCrm, Hangs

CERO = dict.fromkeys(("al_corriente", "hasta_30", "hasta_60", "hasta_90", "mas_de_90"), "0.00")


@pytest.fixture(scope="module")
def crm():
    fake = FakeCrm()
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def con_crm(settings, reloj, crm):
    """A company in a service that has a CRM."""
    crm.reset()
    crm.company_of = lambda _token: "una"
    app = create_app(settings.model_copy(update={"crm_url": crm.url}), reloj)
    with TestClient(app) as http:
        yield Api(Servicio(app, http, reloj, settings).empresa())


def ficha(api, cliente_id):
    return api.pedir("GET", f"/api/clientes/{cliente_id}/ficha")


def test_a_client_that_owes_at_every_age(api):
    cliente = new_id("cli")
    for expedicion, vencimiento, precio in (
        ("2026-08-01", "2026-11-23", 4),
        ("2026-08-01", "2026-10-25", 8),
        ("2026-08-01", "2026-10-24", 16),
        ("2026-08-01", "2026-09-25", 32),
        ("2026-08-01", "2026-09-24", 64),
        ("2026-08-01", "2026-08-26", 128),
        ("2026-08-01", "2026-08-25", 256),
        ("2026-11-24", "2026-11-24", 2),
        ("2026-11-24", "2026-11-25", 1),
    ):
        api.emitir(
            cliente_id=cliente,
            fecha_expedicion=expedicion,
            fecha_vencimiento=vencimiento,
            lineas=[linea(precio_unitario=precio, exencion="E1")],
        )
    answer = ficha(api, cliente)
    part = answer.json()["facturacion"]
    assert answer.status_code == 200
    assert part["antiguedad"] == {
        "al_corriente": "3.00",
        "hasta_30": "12.00",
        "hasta_60": "48.00",
        "hasta_90": "192.00",
        "mas_de_90": "256.00",
    }
    assert (part["saldo"], part["vencido"], part["credito_disponible"]) == ("511.00", "508.00", "0.00")
    assert answer.json()["crm"] == {"disponible": False, "cliente": None, "actividades": []}
    assert answer.json()["cliente_id"] == cliente


def test_it_shows_the_last_ten_invoices_and_drafts_without_their_lines(api):
    cliente = new_id("cli")
    hechas = [api.emitir(cliente_id=cliente)["id"] for _ in range(11)]
    hechas.append(api.borrador(cliente_id=cliente)["id"])
    api.emitir()
    shown = ficha(api, cliente).json()["facturacion"]["facturas"]
    assert [fila["id"] for fila in shown] == hechas[:1:-1]
    assert shown == api.lista(limite=10, cliente_id=cliente)["datos"]


def test_what_was_paid_or_annulled_is_not_owed(api):
    cliente = new_id("cli")
    paid, annulled, half = (api.emitir(cliente_id=cliente)["id"] for _ in range(3))
    api.pagar(paid)
    api.anular(annulled)
    api.pagar(half, "21.00")
    part = ficha(api, cliente).json()["facturacion"]
    assert (part["saldo"], part["vencido"], part["antiguedad"]) == (
        "100.00",
        "0.00",
        CERO | {"al_corriente": "100.00"},
    )


def test_a_client_that_neither_side_knows_is_not_found(con_crm):
    for cliente in (new_id("cli"), new_id("fac"), "otra-cosa"):
        assert problema(ficha(con_crm, cliente)) == (404, "no_encontrado")


def test_without_a_crm_a_client_that_no_invoice_names_is_not_found(api):
    assert problema(ficha(api, new_id("cli"))) == (404, "no_encontrado")


def test_another_company_s_client_is_not_found(api):
    cliente = new_id("cli")
    api.emitir(cliente_id=cliente)
    otra = Api(api.servicio.empresa())
    assert problema(ficha(otra, cliente)) == (404, "no_encontrado")


def test_the_crm_s_part_and_the_credit_that_is_left(con_crm, crm):
    cliente = crm.make("una", limite_credito="200.00")["id"]
    con_crm.emitir(cliente_id=cliente)
    whole = ficha(con_crm, cliente).json()
    assert whole["crm"]["disponible"] is True
    assert whole["crm"]["cliente"]["id"] == cliente
    assert whole["facturacion"]["credito_disponible"] == "79.00"
    con_crm.emitir(cliente_id=cliente)
    assert ficha(con_crm, cliente).json()["facturacion"]["credito_disponible"] == "0.00"


def test_a_client_of_the_crm_without_invoices_has_a_record(con_crm, crm):
    cliente = crm.make("una", limite_credito="50.00")["id"]
    whole = ficha(con_crm, cliente).json()
    assert whole["facturacion"] == {
        "saldo": "0.00",
        "vencido": "0.00",
        "antiguedad": CERO,
        "credito_disponible": "50.00",
        "facturas": [],
    }


def test_a_client_that_only_invoices_name_has_a_record(con_crm):
    cliente = new_id("cli")
    con_crm.emitir(cliente_id=cliente)
    whole = ficha(con_crm, cliente).json()
    assert (whole["crm"]["cliente"], len(whole["facturacion"]["facturas"])) == (None, 1)


@pytest.mark.parametrize("fault", [Hangs(), Answers(500)])
def test_a_silent_crm_leaves_billing_s_part_and_knows_no_stranger(con_crm, crm, fault):
    cliente = crm.make("una")["id"]
    con_crm.emitir(cliente_id=cliente)
    crm.always["leer"] = fault
    began = time.monotonic()
    whole = ficha(con_crm, cliente)
    assert time.monotonic() - began < 2
    assert (whole.status_code, whole.json()["crm"]["disponible"]) == (200, False)
    assert whole.json()["facturacion"]["saldo"] == "121.00"
    assert problema(ficha(con_crm, new_id("cli"))) == (404, "no_encontrado")
