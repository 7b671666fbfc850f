"""What a record says when nobody described the operation."""

from hypothesis import given
from hypothesis import strategies as st

from smartbilling.fiscal import descripcion_de_lineas


def test_each_description_stands_once_in_one_line():
    assert descripcion_de_lineas(["Horas  de\nobra", "Portes", "Horas de obra"]) == "Horas de obra; Portes"


def test_a_long_one_is_cut_where_the_schema_ends():
    texto = descripcion_de_lineas(f"Artículo {n}" for n in range(2000))
    assert len(texto) <= 500
    assert texto.startswith("Artículo 0; Artículo 1;")
    assert texto.endswith("…")


@given(st.lists(st.text(max_size=300), max_size=8))
def test_it_never_passes_five_hundred_characters(descripciones):
    texto = descripcion_de_lineas(descripciones)
    assert len(texto) <= 500
    assert texto == texto.strip()
