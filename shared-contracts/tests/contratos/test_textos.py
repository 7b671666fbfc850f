"""The activities that billing writes in the CRM, word for word as the contract's table has them."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from pydantic import ValidationError

from contratos import textos

FECHA = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FACTURA, PAGO = f"fac_{'a' * 32}", f"pag_{'b' * 32}"


def told(actividad):
    return json.loads(actividad.model_dump_json(exclude_none=True))


def test_an_issued_invoice_is_a_sale():
    assert told(textos.venta(FACTURA, "F-2026-000001", Decimal(121), FECHA)) == {
        "tipo": "venta",
        "titulo": "Factura #F-2026-000001",
        "descripcion": "Factura por €121.00",
        "fecha": "2026-11-24T09:30:00+00:00",
        "completada": True,
        "origen": "smartbilling",
        "referencia_externa": FACTURA,
    }


def test_a_registered_payment_is_a_payment():
    assert told(textos.pago(PAGO, "F-2026-000001", Decimal("21.5"), FECHA)) == {
        "tipo": "pago",
        "titulo": "Pago recibido - Factura #F-2026-000001",
        "descripcion": "Pago de €21.50",
        "fecha": "2026-11-24T09:30:00+00:00",
        "completada": True,
        "origen": "smartbilling",
        "referencia_externa": PAGO,
    }


def test_an_annulment_is_a_note_that_names_the_invoice():
    nota = told(textos.anulacion(FACTURA, "F-2026-000001", "Duplicada", FECHA))
    assert (nota["tipo"], nota["referencia_externa"]) == ("nota", f"{FACTURA}:anulada")
    assert "F-2026-000001" in nota["descripcion"]
    assert "Duplicada" in nota["descripcion"]
    otra = told(textos.anulacion(FACTURA, "F-2026-000001", "Duplicada", FECHA, 2))
    assert otra == nota | {"referencia_externa": f"{FACTURA}:anulada:2"}


def test_an_annulled_invoice_that_comes_back_is_a_note_with_its_reason_if_there_is_one():
    nota = told(textos.recuperacion(FACTURA, "F-2026-000001", "Era otra", FECHA))
    assert (nota["tipo"], nota["titulo"]) == ("nota", "Factura #F-2026-000001 recuperada")
    assert nota["referencia_externa"] == f"{FACTURA}:recuperada"
    assert nota["descripcion"].endswith("vuelve a estar emitida. Motivo: Era otra")
    otra = told(textos.recuperacion(FACTURA, "F-2026-000001", None, FECHA, 3))
    assert otra["referencia_externa"] == f"{FACTURA}:recuperada:3"
    assert "Motivo" not in otra["descripcion"]


@pytest.mark.parametrize(
    ("rectificadas", "metodo", "titulo", "que"),
    [
        (["F-1"], "I", "Factura #F-1 rectificada", "rectifica por diferencias la factura #F-1."),
        (
            ["F-1", "F-2"],
            "S",
            "Factura #F-1 rectificada",
            "rectifica por sustitución las facturas #F-1, #F-2.",
        ),
        ([f"F-{n}" for n in range(12)], "I", "Factura #F-0 rectificada", "#F-9 y 2 más."),
        ([], "I", "Factura rectificativa #R-1", "rectifica por diferencias operaciones anteriores."),
    ],
)
def test_a_rectification_is_a_note_that_names_the_first_under_the_new_invoices_id(
    rectificadas, metodo, titulo, que
):
    nota = told(
        textos.rectificacion(
            FACTURA, "R-1", rectificadas, metodo=metodo, motivo="Rappel", total=Decimal(-21), fecha=FECHA
        )
    )
    assert (nota["tipo"], nota["titulo"], nota["referencia_externa"]) == ("nota", titulo, FACTURA)
    assert "La factura #R-1, de €-21.00, " in nota["descripcion"]
    assert nota["descripcion"].endswith(f"{que} Motivo: Rappel")


def test_a_refund_is_a_note_that_names_the_payments_invoice():
    nota = told(textos.devolucion(PAGO, "F-2026-000001", Decimal("21.50"), FECHA))
    assert (nota["tipo"], nota["referencia_externa"]) == ("nota", f"{PAGO}:devuelto")
    assert "€21.50" in nota["descripcion"]
    assert "F-2026-000001" in nota["descripcion"]


@pytest.mark.parametrize(
    ("total", "written"),
    [("0", "€0.00"), ("-0.00", "€0.00"), ("-5", "€-5.00"), ("1234567.8", "€1234567.80"), ("1E+2", "€100.00")],
)
def test_amounts_are_written_as_in_json(total, written):
    assert textos.venta(FACTURA, "1", Decimal(total), FECHA).descripcion == f"Factura por {written}"


def test_the_instant_is_that_of_the_fact_in_utc():
    fecha = FECHA.astimezone(timezone(timedelta(hours=1)))
    assert told(textos.venta(FACTURA, "1", Decimal(1), fecha))["fecha"] == "2026-11-24T09:30:00+00:00"
    with pytest.raises(ValidationError):
        textos.venta(FACTURA, "1", Decimal(1), FECHA.replace(tzinfo=None))
