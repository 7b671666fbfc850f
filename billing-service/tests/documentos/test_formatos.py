"""Figures and dates: nothing lost, nothing rounded, whatever they are."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbilling.documentos import formatos

CENTIMOS = st.integers(-(10**14), 10**14).map(lambda n: Decimal(n).scaleb(-2))
MILLONESIMAS = st.integers(-(10**15), 10**15).map(lambda n: Decimal(n).scaleb(-6))
IDIOMAS = st.sampled_from(["es", "ca", "en"])
DURO = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("valor", "idioma", "texto"),
    [
        ("1234.56", "es", f"1.234,56{DURO}€"),
        ("-1234567.8", "ca", f"-1.234.567,80{DURO}€"),
        ("1234.56", "en", "€1,234.56"),
        ("-0.5", "en", "-€0.50"),
        ("-0.00", "es", f"0,00{DURO}€"),
    ],
)
def test_euros_are_written_as_each_language_does(valor, idioma, texto):
    assert formatos.euros(Decimal(valor), idioma) == texto


def test_quantities_prices_percentages_and_days_too():
    assert formatos.numero(Decimal("1234.500000"), "es") == "1.234,5"
    assert formatos.numero(Decimal("-0.25"), "es") == "-0,25"
    assert formatos.precio(Decimal("3.100000"), "es") == f"3,10{DURO}€"
    assert formatos.precio(Decimal("0.123456"), "en") == "€0.123456"
    assert formatos.porcentaje(Decimal("5.2"), "es") == f"5,2{DURO}%"
    assert formatos.porcentaje(Decimal(21), "en") == "21%"
    assert formatos.fecha(date(2026, 3, 9), "ca") == "09/03/2026"
    assert formatos.fecha(date(2026, 3, 9), "en") == f"9{DURO}Mar{DURO}2026"
    assert formatos.iban("ES9121000418450200051332").split(DURO) == [
        "ES91",
        "2100",
        "0418",
        "4502",
        "0005",
        "1332",
    ]


def leida(texto, idioma):
    """The number that somebody reads in a text."""
    miles, coma = (",", ".") if idioma == "en" else (".", ",")
    cifras = texto.replace("€", "").replace("%", "").replace(DURO, "")
    return Decimal(cifras.replace(miles, "").replace(coma, "."))


@given(CENTIMOS, IDIOMAS)
def test_whoever_reads_euros_reads_the_same_amount(valor, idioma):
    assert leida(formatos.euros(valor, idioma), idioma) == valor


@given(MILLONESIMAS, IDIOMAS)
def test_whoever_reads_a_quantity_or_a_price_reads_the_same_number(valor, idioma):
    assert leida(formatos.numero(valor, idioma), idioma) == valor
    assert leida(formatos.precio(valor, idioma), idioma) == valor


@given(st.dates())
def test_whoever_reads_a_day_reads_the_same_day(dia):
    assert date(*map(int, reversed(formatos.fecha(dia, "es").split("/")))) == dia
