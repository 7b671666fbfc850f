"""Texts that people write, as the font can draw them."""

import asyncio
import json
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from smartbilling.documentos import Imprenta
from smartbilling.documentos.imprenta import Pliego
from smartbilling.documentos.letras import dibujables, legible, legibles

CORTE = "\N{ZERO WIDTH SPACE}"
TEXTOS = st.text(max_size=80)


def test_what_people_write_in_spain_stays_as_it_is():
    for texto in (
        "Ñandú, S.L. — «l’Hospitalet»",
        "col·legi 1.º 2.ª 3 € 50 % ½ ©",
        "Łódź Željko Čapek",
        "Ωμέγα Москва",
    ):
        assert legible(texto) == texto


def test_what_the_font_lacks_is_drawn_plainly_or_as_a_lozenge():
    assert legible("\U0001d4b3 ㎏ \uff21\uff22 e\u0301") == "X kg AB é"
    assert legible("中文 \U0001f680") == "◊◊ ◊"


def test_nothing_that_only_steers_text_is_left():
    assert legible("a\u202eb\u202c\u200f\u0007\u0000\ufeff\u200dc\td\u2028e") == "abc d e"
    assert legible("uno\ndos") == "uno\ndos"


def test_long_words_can_be_broken_and_short_ones_are_whole():
    assert legible("facturas@talleresruiz.example") == "facturas@talleresruiz.example"
    partido = legible("W" * 500)
    assert partido.replace(CORTE, "") == "W" * 500
    assert max(map(len, partido.split(CORTE))) == 12


def test_every_text_of_a_value_is_made_so_and_nothing_else():
    assert legibles({"a": ["\u202ex", ("y", None, 1)], "b": True}) == {"a": ["x", ["y", None, 1]], "b": True}


@given(TEXTOS)
def test_whatever_it_was_all_of_it_can_be_drawn(texto):
    for letra in legible(texto):
        assert letra in {"\n", CORTE} or ord(letra) in dibujables()
        assert letra in {"\n", CORTE} or unicodedata.category(letra) not in {"Cc", "Cf", "Cs"}


@given(st.lists(TEXTOS, min_size=40, max_size=60))
@settings(max_examples=8, deadline=None)
def test_a_document_of_any_texts_is_made(textos):
    """Typst refuses, or breaks down, when its fonts lack a character; here it has no reason to."""
    imprenta = Imprenta()
    try:
        pdf = asyncio.run(imprenta.imprimir(pliego(textos)))
    finally:
        imprenta.cerrar()
    assert pdf.startswith(b"%PDF-1.7")


def pliego(textos):
    """A document that has these texts in every place that there is."""
    uno = "".join(textos)[:500]
    filas = [[texto, texto[:10], texto[:10], texto[:10], texto[:10]] for texto in textos]
    datos = {
        "idioma": "es",
        "titulo": "Título",
        "tamano_titulo": 17,
        "titulo_documento": uno[:60] or "x",
        "numero": uno[:60],
        "aviso": None,
        "marcas": {"diagonal": uno[:10], "color": "#eeeeee", "tinta": "#000000", "banda": uno[:40]},
        "colores": {"acento": "#1f4e79", "tinta": "#1f4e79", "sobre": "#ffffff"},
        "emisor": {"rotulo": uno[:120], "tamano_rotulo": 15, "nombre": uno[:120], "lineas": textos[:5]},
        "datos": [(texto, texto) for texto in textos[:4]],
        "cliente": {"titulo": "Título", "nombre": uno, "lineas": textos[:3]},
        "otros": {"titulo": "Título", "filas": textos},
        "destacado": {"etiqueta": uno[:20], "importe": uno[:20], "nota": uno[:40]},
        "rectifica": {"titulo": "Título", "filas": [(texto, texto) for texto in textos[:4]]},
        "descripcion": uno,
        "lineas": {
            "cabecera": textos[:5],
            "anchos": ["resto", "justo", "justo", "justo", "justo"],
            "filas": filas,
            "acumulados": [texto[:10] for texto in textos],
            "suma_anterior": uno[:10],
            "suma_y_sigue": uno[:10],
        },
        "impuestos": {"titulo": "Título", "cabecera": textos[:4], "filas": [textos[:4]]},
        "totales": [(texto, texto) for texto in textos[:4]],
        "total": [uno[:20], uno[:20]],
        "menciones": textos[:5],
        "pago": {"titulo": "Título", "filas": [(texto, texto) for texto in textos[:2]]},
        "pie": {"texto": uno, "alto": 20, "pagina": "{n} {m}"},
        "logo": None,
        "qr": {"encima": uno, "debajo": textos[:2], "alt": uno or "x"},
    }
    return Pliego(json.dumps(legibles(datos)), "", "https://prewww2.aeat.es/", 1_700_000_000)
