"""Dates of issue and of operation."""

import pytest

from smartbilling.fiscal import aprobar


@pytest.mark.parametrize(
    "fechas",
    [
        {},
        {"fecha_expedicion": "2024-10-28"},
        {"fecha_operacion": "2026-10-31"},
        {"fecha_operacion": "2006-11-24"},
        {"hoy": "2028-02-29", "fecha_expedicion": "2028-02-29", "fecha_operacion": "2008-02-29"},
    ],
)
def test_dates_that_the_aeat_takes_pass(propuesta, faltas, fechas):
    assert faltas(propuesta(**fechas)) == set()


@pytest.mark.parametrize(
    ("fechas", "falta"),
    [
        ({"fecha_expedicion": "2026-11-25"}, "fecha_expedicion fecha_futura 1112"),
        ({"fecha_expedicion": "2024-10-27"}, "fecha_expedicion fecha_demasiado_antigua 1152"),
        ({"fecha_operacion": "2026-11-25"}, "fecha_operacion fecha_futura 1173"),
        ({"fecha_operacion": "2028-01-01"}, "fecha_operacion fecha_futura 1125"),
        ({"fecha_operacion": "2006-11-23"}, "fecha_operacion fecha_demasiado_antigua 1134"),
        (
            {"fecha_expedicion": "2026-11-01", "fecha_operacion": "2026-11-02"},
            "fecha_operacion operacion_posterior 1146",
        ),
    ],
)
def test_dates_that_the_aeat_would_refuse_are_named(propuesta, faltas, fechas, falta):
    assert faltas(propuesta(**fechas)) == {falta}


def test_twenty_years_before_a_29_february_is_a_28(propuesta, faltas):
    bisiesto = {"hoy": "2120-02-29", "fecha_expedicion": "2120-02-29", "fecha_operacion": "2100-02-28"}
    assert faltas(propuesta(**bisiesto)) == set()


def test_even_works_that_fall_due_later_end_with_next_year(propuesta, linea, faltas):
    obra = linea(clave_regimen="15")
    assert faltas(propuesta(obra, fecha_operacion="2027-12-31")) == set()
    assert faltas(propuesta(obra, fecha_operacion="2028-01-01")) == {"fecha_operacion fecha_futura 1125"}


@pytest.mark.parametrize(("operacion", "dicha"), [("2026-11-24", None), ("2026-11-23", "2026-11-23")])
def test_an_operation_date_is_told_only_when_it_differs(propuesta, operacion, dicha):
    fecha = aprobar(propuesta(fecha_operacion=operacion)).fecha_operacion
    assert (fecha and fecha.isoformat()) == dicha
