"""Phones come to be written in one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import example_number_for_type, format_number, supported_calling_codes
from phonenumbers.phonenumberutil import region_codes_for_country_code
from pydantic import TypeAdapter, ValidationError

from crm.medios import Telefono, e164

PHONE = TypeAdapter(Telefono)


@pytest.mark.parametrize(
    "written",
    [
        *("600123456", "600 123 456", "600-12-34-56", "600.123.456", "(600) 123 456", "６００１２３４５６"),
        *("+34600123456", "+34 600 123 456", "+34 600-123-456", "(+34) 600 12 34 56", "0034 600 123 456"),
        *("34600123456", "tel:+34600123456", "+34\u200b600\u00a0123 456", "Tel. 600 123 456"),
    ],
)
def test_one_number_is_written_in_one_way(written):
    assert PHONE.validate_python(written) == "+34600123456"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+351 912 345 678", "+351912345678"),
        ("0044 20 7946 0958", "+442079460958"),
        ("+1 (202) 555-0123", "+12025550123"),
        ("902 123 456", "+34902123456"),
    ],
)
def test_a_number_keeps_its_country(written, kept):
    assert PHONE.validate_python(written) == kept


@pytest.mark.parametrize(
    "written", ["1", "12345", "hola", "+", "+999123456789", "60012345", "6" * 41, "@", ""]
)
def test_what_cannot_be_a_number_is_refused_and_says_how_to_write_one(written):
    assert e164(written) is None
    with pytest.raises(ValidationError) as refused:
        PHONE.validate_python(written)
    (error,) = refused.value.errors()
    assert error["type"] == "telefono_invalido"
    assert "+34 600 123 456" in error["msg"]


@pytest.mark.parametrize("written", ["912 345 678 ext. 12", "+34912345678;ext=3"])
def test_an_extension_is_not_lost_but_asked_to_be_told_elsewhere(written):
    with pytest.raises(ValidationError) as refused:
        PHONE.validate_python(written)
    assert "extensión" in refused.value.errors()[0]["msg"]


REGIONS = sorted(
    {region for code in supported_calling_codes() for region in region_codes_for_country_code(code)}
)
EXAMPLES = [number for region in REGIONS if (number := example_number_for_type(region, 1)) is not None]


@given(st.sampled_from(EXAMPLES), st.integers(0, 3))
def test_a_number_of_any_country_in_any_international_spelling_is_one_and_stays_so(number, spelling):
    kept = e164(format_number(number, spelling)) if spelling in {0, 1, 3} else e164(format_number(number, 0))
    assert kept == format_number(number, 0)
    assert e164(kept) == kept


@given(st.text(max_size=60))
def test_any_text_is_a_number_that_stays_as_it_is_or_none(text):
    kept = e164(text)
    assert kept is None or (
        kept[0] == "+" and kept[1:].isdigit() and kept[1:].isascii() and e164(kept) == kept
    )


@given(
    st.from_regex(r"[679][0-9]{8}", fullmatch=True),
    st.lists(st.sampled_from(" -./()"), min_size=8, max_size=8),
)
def test_spanish_digits_are_one_number_whatever_stands_between_them(digits, between):
    spelled = digits[0] + "".join(f"{sign}{digit}" for sign, digit in zip(between, digits[1:], strict=True))
    assert e164(f"+34 {spelled}") == f"+34{digits}"
