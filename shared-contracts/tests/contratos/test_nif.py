"""Spanish tax identification numbers."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.es import cif

from contratos.nif import is_valid_nif, nif_kind, normalise_nif

PUBLISHED = {
    "12345678Z": "fisica",  # DNI, the example on the Interior Ministry's page
    "00000000T": "fisica",
    "99999999R": "fisica",
    "54362315K": "fisica",
    "X1234567L": "fisica",  # NIE
    "Y1234567X": "fisica",
    "Z1234567R": "fisica",
    "X0000000T": "fisica",
    "K1234567L": "fisica",  # under 14, without DNI
    "L1234567L": "fisica",  # living abroad, without DNI
    "M1234567L": "fisica",  # foreigner without NIE
    "A58818501": "juridica",  # Inditex's bank, used in the law's own examples
    "B12345674": "juridica",
    "B64717838": "juridica",
    "A28015865": "juridica",  # Telefónica
    "Q2826000H": "juridica",  # Agencia Tributaria
    "P2807900B": "juridica",  # Ayuntamiento de Madrid
    "S2833002E": "juridica",
    "G28029643": "juridica",
    "N0032484H": "juridica",
    "W8265365J": "juridica",
}
LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
digits8 = st.text(string.digits, min_size=8, max_size=8)
digits7 = st.text(string.digits, min_size=7, max_size=7)


@pytest.mark.parametrize("nif", PUBLISHED)
def test_a_published_number_is_valid_and_says_whose_it_is(nif):
    assert is_valid_nif(nif)
    assert nif_kind(nif) == PUBLISHED[nif]


@given(digits8)
def test_a_dni_has_one_control_letter_and_any_other_is_wrong(number):
    right = LETTERS[int(number) % 23]
    assert [c for c in string.printable + "Ññſİı\u212a" if is_valid_nif(number + c)] == [right.lower(), right]


@given(st.sampled_from("XYZ"), digits7)
def test_an_nie_has_one_control_letter_and_any_other_is_wrong(first, number):
    right = LETTERS[int(str("XYZ".index(first)) + number) % 23]
    assert [c for c in string.printable if is_valid_nif(first + number + c)] == [right.lower(), right]


@given(st.sampled_from("ABCDEFGHJNPQRSUVW"), digits7)
def test_an_organisation_has_its_control_as_digit_or_letter_and_any_other_is_wrong(first, number):
    digit, letter = cif.calc_check_digits(first + number)
    assert [c for c in string.printable if is_valid_nif(first + number + c)] == [
        digit,
        letter.lower(),
        letter,
    ]


@given(st.sampled_from(sorted(PUBLISHED)), st.integers(1, 7), st.sampled_from(string.digits))
def test_one_digit_changed_is_never_the_same_number(nif, at, digit):
    changed = nif[:at] + digit + nif[at + 1 :]
    assert changed == nif or not is_valid_nif(changed)


separators = st.text(" .-/\t\u00a0\u2009", max_size=3)


@given(
    st.sampled_from(sorted(PUBLISHED)),
    st.lists(separators, min_size=10, max_size=10),
    st.booleans(),
    st.booleans(),
)
def test_however_it_is_written_it_is_the_same_number(nif, between, prefixed, lower):
    text = "".join(sep + c for sep, c in zip(between, nif, strict=False)) + between[-1]
    text = f"ES{text}" if prefixed else text
    text = text.lower() if lower else text
    assert is_valid_nif(text)
    assert normalise_nif(text) == nif


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "ES", "ESES12345678Z", "FR12345678Z", "1234567L", "123456789Z", "12345678",
        "12345678ZZ", "I1234567L",
        "O1234567L", "T1234567L", "１２３４５６７８Z", "12345678\u200bZ", "12345678Z\x00", "12345678Ｚ",
        "1234567８Z", "ABCDEFGHI",
        "B1234567ſ", "-" * 9, "12345678_Z", "+12345678Z", "B" * 10_000, "\ud800", "😀",
    ],
)  # fmt: skip
def test_what_is_no_number_is_invalid(text):
    assert not is_valid_nif(text)


@given(st.text())
def test_any_text_is_valid_or_not_but_never_fails(text):
    assert is_valid_nif(text) == is_valid_nif(normalise_nif(text))
    assert normalise_nif(normalise_nif(text)) == normalise_nif(text) or normalise_nif(text).startswith("ES")
