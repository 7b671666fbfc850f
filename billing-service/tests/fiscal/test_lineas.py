"""What is taken for granted of a line that does not say."""

from decimal import Decimal

import pytest

from smartbilling.fiscal import resolver_linea


@pytest.mark.parametrize(
    ("dicho", "calificacion", "tipo_iva"),
    [
        ({}, "S1", Decimal(21)),
        ({"tipo_iva": Decimal(0)}, "S1", Decimal(0)),
        ({"tipo_iva": Decimal(10)}, "S1", Decimal(10)),
        ({"exencion": "E1"}, None, None),
        ({"calificacion": "S2"}, "S2", Decimal(0)),
        ({"calificacion": "N1"}, "N1", None),
        ({"calificacion": "N2"}, "N2", None),
        ({"exencion": "E1", "tipo_iva": Decimal(0)}, None, None),
        ({"calificacion": "N2", "tipo_iva": Decimal(0)}, "N2", None),
    ],
)
def test_the_rate_is_21_unless_the_line_is_exempt_reversed_or_not_subject(
    linea, dicho, calificacion, tipo_iva
):
    resuelta = resolver_linea(linea(**dicho))
    assert (resuelta.calificacion, resuelta.tipo_iva) == (calificacion, tipo_iva)
    assert (resuelta.impuesto, resuelta.clave_regimen) == ("01", "01")


def test_a_suplido_has_no_tax_fields(linea):
    resuelta = resolver_linea(linea(suplido=True), Decimal(15))
    assert (resuelta.impuesto, resuelta.clave_regimen, resuelta.calificacion) == (None, None, None)
    assert (resuelta.tipo_iva, resuelta.irpf) == (None, None)


@pytest.mark.parametrize(
    ("suyo", "de_la_factura", "resulta"), [(None, "15", "15"), ("7", "15", "7"), ("0", "15", "0")]
)
def test_a_lines_own_withholding_beats_the_invoices(linea, suyo, de_la_factura, resulta):
    una = linea(irpf=suyo)
    assert resolver_linea(una, Decimal(de_la_factura)).irpf == Decimal(resulta)


def test_resolving_twice_changes_nothing(linea):
    una = resolver_linea(linea(), Decimal(15))
    assert resolver_linea(una) == una


def test_a_recargo_of_zero_is_none_where_there_is_no_such_recargo(linea):
    assert resolver_linea(linea(recargo_equivalencia=Decimal(0))).recargo_equivalencia is None


@pytest.mark.parametrize(
    ("impuesto", "clave_regimen", "tipo_iva"),
    [("01", "01", Decimal(21)), ("02", None, None), ("03", "01", None), ("05", None, None)],
)
def test_other_taxes_take_no_rate_for_granted_and_some_no_regime(linea, impuesto, clave_regimen, tipo_iva):
    resuelta = resolver_linea(linea(impuesto=impuesto))
    assert (resuelta.clave_regimen, resuelta.tipo_iva) == (clave_regimen, tipo_iva)
    assert resolver_linea(linea(impuesto=impuesto, calificacion="S2")).tipo_iva == Decimal(0)
