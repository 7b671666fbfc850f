"""A company's colour, whichever it is, can be read."""

from hypothesis import example, given
from hypothesis import strategies as st

from smartbilling.documentos.color import POR_DEFECTO, colores, contraste

COLOR = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@given(COLOR)
@example("#ffffff")
@example("#ffd400")
@example("#000000")
@example("#777777")
def test_what_is_written_in_it_or_on_it_has_contrast(color):
    hechos = colores(color)
    assert contraste(hechos.tinta, "#ffffff") >= 4.5
    assert contraste(hechos.acento, hechos.sobre) >= 4.5
    assert contraste(hechos.acento, "#ffffff") >= 1.3


def test_a_dark_enough_colour_is_used_as_it_is():
    assert (colores("#0b6e4f").acento, colores("#0b6e4f").tinta) == ("#0b6e4f", "#0b6e4f")
    assert colores("#ffd400").acento == "#ffd400"
    assert colores(None).acento == POR_DEFECTO
