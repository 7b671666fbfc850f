"""What billing tells in words is read back in figures."""

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contratos import textos
from contratos.importes import Apunte, leer

FECHA = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FACTURA, PAGO = f"fac_{'a' * 32}", f"pag_{'b' * 32}"
NUMEROS = st.text(string.ascii_letters + string.digits + "-/_.#", min_size=1, max_size=60)
EUROS = st.decimals(-(10**12), 10**12, places=2)
MOTIVOS = st.one_of(
    st.just("Rectifica. Motivo: la factura #X, de €1.00"), st.text(string.printable, max_size=60)
)


def read(actividad):
    return leer(actividad.tipo, actividad.titulo, actividad.descripcion)


@given(NUMEROS, EUROS)
def test_sales_and_payments_are_read_as_they_were_told(numero, euros):
    assert read(textos.venta(FACTURA, numero, euros, FECHA)) == Apunte(numero, euros)
    assert read(textos.pago(PAGO, numero, euros, FECHA)) == Apunte(numero, euros)


@given(NUMEROS, st.lists(NUMEROS, max_size=12), st.sampled_from("SI"), MOTIVOS, EUROS)
def test_a_rectification_is_read_with_what_it_replaces_as_far_as_it_is_named(
    numero, rectificadas, metodo, motivo, total
):
    nota = textos.rectificacion(
        FACTURA, numero, rectificadas, metodo=metodo, motivo=motivo, total=total, fecha=FECHA
    )
    replaced = tuple(rectificadas[:10]) if metodo == "S" else ()
    assert read(nota) == Apunte(numero, total, replaced)


@given(NUMEROS, MOTIVOS, EUROS)
def test_what_only_cancels_has_no_amount_of_its_own(numero, motivo, monto):
    assert read(textos.anulacion(FACTURA, numero, motivo, FECHA)) is None
    assert read(textos.recuperacion(FACTURA, numero, motivo, FECHA)) is None
    assert read(textos.devolucion(PAGO, numero, monto, FECHA)) is None


@pytest.mark.parametrize(
    ("tipo", "titulo", "descripcion", "apunte"),
    [
        ("venta", "Factura #F-1", "Por teléfono, unos €50", Apunte("F-1", None)),
        ("venta", "Factura #F-1", None, Apunte("F-1", None)),
        ("pago", "Pago recibido - Factura #F-1", "Pago de €1e3", Apunte("F-1", None)),
        ("pago", "Factura #F-1", "Pago de €1.00", None),
        ("venta", "Venta de octubre", "Factura por €121.00", None),
        ("nota", "Factura #F-1 rectificada", "Hablado con ellos", None),
        ("nota", "Factura #F-1 rectificada", None, None),
        ("tarea", "Factura #F-1", "Factura por €121.00", None),
    ],
)
def test_other_words_are_not_taken_for_the_contracts(tipo, titulo, descripcion, apunte):
    assert leer(tipo, titulo, descripcion) == apunte
