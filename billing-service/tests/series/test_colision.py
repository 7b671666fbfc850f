"""Whether two series could ever give the same number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbilling.fiscal import FORMATO, faltas_de_formato, formatear
from smartbilling.series.colision import pueden_coincidir

TROZOS = ("{codigo}", "{anio}", "{numero}", "{numero:03}", "-", "/", "2", "20", "A")


@pytest.mark.parametrize(
    ("uno", "otro"),
    [
        ((FORMATO, "F"), (FORMATO, "G")),
        ((FORMATO, "F"), (FORMATO, "F-2026")),
        ((FORMATO, "F"), ("{codigo}/{anio}/{numero}", "F")),
        (("{codigo}{anio}{numero:06}", "F"), ("{codigo}{anio}{numero:06}", "F2")),
        (("A{anio}-{numero}", "X"), ("B{anio}-{numero}", "Y")),
        (("{numero:06}/{anio}", "X"), ("{anio}/{numero:06}", "Y")),
    ],
)
def test_series_that_always_differ_do_not_collide(uno, otro):
    assert not pueden_coincidir(*uno, *otro)
    assert not pueden_coincidir(*otro, *uno)


@pytest.mark.parametrize(
    ("uno", "otro"),
    [
        ((FORMATO, "F"), ("F-{anio}-{numero}", "G")),
        (("{anio}-{numero}", "X"), ("{anio}-{numero:06}", "Y")),
        (("{codigo}{anio}{numero}", "A"), ("{codigo}{anio}{numero}", "A20")),
        (("{numero}{anio}", "X"), ("{anio}{numero}", "Y")),
        (("{codigo}-{anio}-{numero}", "F-2026"), ("F-{anio}-{anio}-{numero}", "X")),
    ],
)
def test_series_that_may_give_one_number_twice_collide(uno, otro):
    assert pueden_coincidir(*uno, *otro)
    assert pueden_coincidir(*otro, *uno)


formatos = st.lists(st.sampled_from(TROZOS), min_size=2, max_size=6).map("".join)
codigos = st.text("A2-", min_size=1, max_size=3)
numeros = st.tuples(st.integers(2000, 2199), st.integers(1, 99_999))


@given(formatos, codigos, numeros, formatos, codigos, numeros)
def test_equal_numbers_are_never_missed(formato, codigo, numero, otro_formato, otro_codigo, otro_numero):
    if faltas_de_formato(formato, codigo) or faltas_de_formato(otro_formato, otro_codigo):
        return
    if formatear(formato, codigo, *numero) == formatear(otro_formato, otro_codigo, *otro_numero):
        assert pueden_coincidir(formato, codigo, otro_formato, otro_codigo)


@given(formatos, codigos, codigos, numeros)
def test_a_format_written_out_collides_with_the_one_it_came_from(formato, codigo, otro, numero):
    written = formato.replace("{codigo}", codigo)
    if not faltas_de_formato(formato, codigo) and not faltas_de_formato(written, otro):
        assert formatear(formato, codigo, *numero) == formatear(written, otro, *numero)
        assert pueden_coincidir(formato, codigo, written, otro)
