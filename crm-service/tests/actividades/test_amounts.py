"""What activities say of invoices and payments, by hand and as billing tells it."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from contratos import textos

WHEN = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def client_id(api):
    return api.cliente()["id"]


def tell(api, client_id, told):
    body = json.loads(told.model_dump_json(exclude_none=True))
    return api.post(f"clientes/{client_id}/actividades", body).json()


@pytest.mark.parametrize("kind", ["venta", "pago"])
def test_a_sale_and_a_payment_may_have_an_amount(api, client_id, kind):
    activity = api.actividad(client_id, tipo=kind, importe="121.5")
    assert activity["importe"] == "121.50"
    changed = api.patch(f"actividades/{activity['id']}", {"importe": None}).json()
    assert changed["importe"] == "0.00"


@pytest.mark.parametrize("kind", ["llamada", "email", "reunion", "tarea", "nota"])
def test_nothing_else_may(api, client_id, kind):
    body = {"tipo": kind, "titulo": "a", "fecha": WHEN.isoformat(), "importe": "1"}
    answer = api.post(f"clientes/{client_id}/actividades", body)
    assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, "importe")
    activity = api.post(f"clientes/{client_id}/actividades", body | {"importe": "0.00"}).json()
    assert activity["importe"] == "0.00"
    assert api.patch(f"actividades/{activity['id']}", {"importe": "1"}).status_code == 422


def test_a_sale_with_an_amount_becomes_nothing_else(api, client_id):
    activity = api.actividad(client_id, tipo="venta", importe="1")
    assert api.patch(f"actividades/{activity['id']}", {"tipo": "tarea"}).status_code == 422
    changed = api.patch(f"actividades/{activity['id']}", {"tipo": "tarea", "importe": None})
    assert (changed.status_code, changed.json()["importe"]) == (200, "0.00")


def test_what_billing_tells_has_the_amount_in_its_words_whoever_edits_them(api, client_id):
    sale = tell(api, client_id, textos.venta("fac_1", "F-1", Decimal("121.00"), WHEN))
    assert sale["importe"] == "121.00"
    path = f"actividades/{sale['id']}"
    assert api.patch(path, {"importe": "1.00"}).status_code == 422
    assert api.patch(path, {"descripcion": "Factura por €1.00"}).json()["importe"] == "121.00"
    assert api.get(f"clientes/{client_id}/estadisticas").json()["facturado"] == "121.00"


def test_what_is_put_right_counts_once_and_on_its_day(api, client_id):
    told = textos.venta("fac_1", "F-1", Decimal("121.00"), WHEN)
    sale = tell(api, client_id, told)
    body = json.loads(told.model_dump_json(exclude_none=True)) | {"fecha": "2026-11-20T09:30:00+00:00"}
    days = "estadisticas/actividades?desde=2026-11-01&hasta=2026-11-30"
    api.patch(f"actividades/{sale['id']}", {"descripcion": "Otra cosa", "archivado": True})
    assert api.get(days).json()["hechas"] == 0
    for _ in range(2):
        answer = api.put("conciliacion/actividad", body | {"cliente_id": client_id})
        assert answer.status_code in {200, 201}, answer.text
        (period,) = api.get(days).json()["periodos"]
        assert (period["desde"], period["por_tipo"][0]["hechas"]) == ("2026-11-20", 1)
        assert api.get(f"clientes/{client_id}/estadisticas").json()["facturado"] == "121.00"
