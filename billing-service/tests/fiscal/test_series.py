"""Formats of series and the numbers they give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbilling.fiscal import FORMATO, es_numero_valido, faltas_de_formato, formatear


def test_the_default_format_gives_series_year_and_six_digits():
    assert formatear(FORMATO, "F", 2026, 1) == "F-2026-000001"
    assert formatear(FORMATO, "F", 2026, 1234567) == "F-2026-1234567"


@pytest.mark.parametrize(
    ("formato", "reinicio"),
    [
        (FORMATO, "anual"),
        ("{anio}/{numero}", "anual"),
        ("{codigo}{numero:04}", "nunca"),
        ("T&C {anio} n.{numero:08}", "anual"),
        ("{{{anio}}}-{numero}", "anual"),
    ],
)
def test_a_format_that_tells_every_invoice_apart_is_taken(formato, reinicio):
    assert faltas_de_formato(formato, "F", reinicio=reinicio) == ()


@pytest.mark.parametrize(
    ("formato", "codigo", "reinicio", "falta"),
    [
        ("{codigo}-{anio}", "F", "anual", "formato_sin_numero"),
        ("{codigo}-{numero}", "F", "anual", "formato_sin_anio"),
        ("{numero", "F", "nunca", "formato_no_valido"),
        ("numero}", "F", "nunca", "formato_no_valido"),
        ("{numero}{}", "F", "nunca", "formato_no_valido"),
        ("{numero}{0}", "F", "nunca", "formato_no_valido"),
        ("{numero}{mes}", "F", "nunca", "formato_no_valido"),
        ("{numero.real}", "F", "nunca", "formato_no_valido"),
        ("{numero!r}", "F", "nunca", "formato_no_valido"),
        ("{numero:6}", "F", "nunca", "formato_no_valido"),
        ("{numero:x}", "F", "nunca", "formato_no_valido"),
        ("{numero:{anio}}", "F", "nunca", "formato_no_valido"),
        ("{codigo:010}{numero}", "F", "nunca", "formato_no_valido"),
        ("{numero:061}", "F", "nunca", "numero_no_valido"),
        (" {numero}", "F", "nunca", "numero_no_valido"),
        ("{numero} ", "F", "nunca", "numero_no_valido"),
        ("<{numero}>", "F", "nunca", "numero_no_valido"),
        ("{codigo}={numero}", "F", "nunca", "numero_no_valido"),
        ("{codigo}-{numero}", "Ñ", "nunca", "numero_no_valido"),
        ("{codigo}-{numero}", 'A"', "nunca", "numero_no_valido"),
        ("{codigo}-{numero}", "A\t", "nunca", "numero_no_valido"),
    ],
)
def test_a_format_that_repeats_or_breaks_numbers_is_refused(formato, codigo, reinicio, falta):
    faltas = faltas_de_formato(formato, codigo, reinicio=reinicio)
    assert [f.codigo for f in faltas] == [falta]
    assert faltas[0].campo == "formato"


def test_all_that_is_wrong_with_a_format_is_told_at_once():
    faltas = faltas_de_formato("<{codigo}>", "F", campo="serie.formato")
    assert [f.codigo for f in faltas] == ["formato_sin_numero", "formato_sin_anio", "numero_no_valido"]
    assert {f.campo for f in faltas} == {"serie.formato"}


def test_a_number_that_no_record_can_carry_is_an_error():
    with pytest.raises(ValueError, match="not a valid invoice number"):
        formatear("<{numero}>", "F", 2026, 1)


@given(st.text(max_size=70))
def test_a_valid_number_is_printable_ascii_without_reserved_characters(texto):
    permitidos = set(map(chr, range(32, 127))) - set("\"'<>=")
    esperado = 1 <= len(texto) <= 60 and set(texto) <= permitidos and texto == texto.strip(" ")
    assert es_numero_valido(texto) == esperado
