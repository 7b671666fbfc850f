"""Words, stored and searched, without a database."""

import pytest

from crm.busqueda import tokens_of
from crm.busqueda.words import fold, terms, whole


def stored(nombre="x", email=None, cif_nif=None, telefono=None, etiquetas=(), *, archivado=False):
    return tokens_of(
        nombre=nombre,
        emails=[email],
        cif_nif=cif_nif,
        telefonos=[telefono],
        etiquetas=etiquetas,
        archivado=archivado,
    ) - {"x", "~x"}


def asked(texto):
    return [[tuple(word.first for word in way) for way in term] for term in terms(texto)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Muñoz", "munoz"),
        ("ÀÉÎÕÜ", "aeiou"),
        ("Straße", "strasse"),
        ("ﬁn", "fin"),
        ("Ελλάς", "ελλασ"),
        ("🚀", "🚀"),
    ],
)
def test_accents_and_capitals_do_not_matter(text, folded):
    assert fold(text) == folded


def test_a_name_is_found_by_its_words_their_parts_and_both_joined():
    assert stored("O'Neill & García-López, S.L.") == {
        *("o", "neill", "oneill", "garcia", "lopez", "garcialopez", "s", "l", "sl")
    }


def test_an_email_is_found_whole_and_by_its_parts():
    assert stored(email="Ana.Gil@Cliente.example") == {
        f"{word} "
        for word in ("ana", "gil", "cliente", "example", "ana.gil@cliente.example", "anagilclienteexample")
    }


def test_a_nif_is_found_with_and_without_its_country():
    assert stored(cif_nif="B12345674") == {"b12345674 ", "esb12345674 "}


@pytest.mark.parametrize("written", ["600 12 34 56", "+34 600-123-456", "0034600123456", "(+34) 600.123.456"])
def test_a_spanish_phone_is_found_with_and_without_its_prefix(written):
    assert stored(telefono=written) == {"600123456 ", "34600123456 "}


def test_a_foreign_phone_is_found_by_its_digits():
    assert stored(telefono="+33 1 42 68 53 00") == {"33142685300 "}


def test_labels_and_archived_clients_are_apart_from_words():
    assert stored("ana", etiquetas=["Zona Norte"]) == {"ana", "#zona norte"}
    assert stored("ana", etiquetas=["Zona Norte"], archivado=True) == {"~ana", "~#zona norte"}


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("Muñ TALL", [[("mun",)], [("tall",)]]),
        ("S.L.", [[("s", "l"), ("sl",)]]),
        ("600 12 34", [[("600", "12", "34"), ("6001234",)]]),
        ("+34 600", [[("34", "600"), ("34600",)]]),
        ("0034 600", [[("0034", "600"), ("34600",)]]),
        ("ana@cli", [[("ana@cli",)]]),
        ("@cliente", [[("cliente",)]]),
        ("ruiz 600 12", [[("ruiz",)], [("600", "12"), ("60012",)]]),
        ("... -- !", []),
        ("🚀", [[("🚀",)]]),
    ],
)
def test_a_search_asks_for_every_word_in_one_of_its_ways(text, ways):
    assert asked(text) == ways


def test_a_search_with_digits_may_be_one_number_written_with_blanks():
    assert whole("B 12345674").first == "b12345674"
    assert whole("ruiz tall") is None
    assert whole("b12345674") is None
