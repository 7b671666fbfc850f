"""Types of fields that both services take and give."""

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contratos.types import (
    Cantidad,
    Cobro,
    Email,
    Euros,
    Fecha,
    Importe,
    Instante,
    Nif,
    Nombre,
    Opcional,
    Porcentaje,
    Precio,
    Telefono,
    Texto,
    TextoLargo,
    plain,
    two_decimals,
)


def taken(kind, value):
    return TypeAdapter(kind).validate_python(value)


def given_out(kind, value):
    return json.loads(TypeAdapter(kind).dump_json(value))


def refusal(kind, value):
    with pytest.raises(ValidationError) as refused:
        taken(kind, value)
    (error,) = refused.value.errors()
    return error["type"]


# --- money and numbers -------------------------------------------------------------------------------------

AMOUNTS = [Importe, Cobro, Cantidad, Precio, Porcentaje]
BOUNDS = {
    # kind: the least and the greatest it takes, and the first beyond each
    Importe: ("0", "999999999999.99", "-0.01", "1000000000000"),
    Cobro: ("0.01", "999999999999.99", "0", "1000000000000"),
    Cantidad: ("-999999999.999999", "999999999.999999", "-1000000000", "1000000000"),
    Precio: ("0", "999999999.999999", "-0.000001", "1000000000"),
    Porcentaje: ("0", "100", "-0.000001", "100.000001"),
}


@pytest.mark.parametrize("kind", AMOUNTS)
@pytest.mark.parametrize(
    "value", ["1", "1.0", "1.00", " 1 ", "+1", "01", "1.", 1, Decimal("1.0"), Decimal("1E+0")]
)
def test_an_amount_may_be_a_text_or_a_number(kind, value):
    assert taken(kind, value) == 1


@pytest.mark.parametrize("kind", AMOUNTS)
@pytest.mark.parametrize(
    "value",
    [
        "", " ", "uno", "1,5", "1.000,50", "1e2", "1E-2", "1_000", "0x10", "١", "１", "1 2", "--1",
        "+-1", ".", "-", "NaN",
        "Infinity", "-inf", "sNaN", "1\n2", "€1", "1€", "½", "\x001", "1" * 13, "9" * 100_000,
        True, False, [], {}, [1], {"a": 1}, 10**30, Decimal("1e30"), Decimal("NaN"), Decimal("Infinity"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(kind, value):
    assert refusal(kind, value)


@pytest.mark.parametrize("kind", AMOUNTS)
def test_an_amount_has_its_bounds(kind):
    least, greatest, below, above = BOUNDS[kind]
    assert [taken(kind, least), taken(kind, greatest)] == [Decimal(least), Decimal(greatest)]
    assert refusal(kind, below).startswith("greater_than")
    assert refusal(kind, above).startswith("less_than")


@pytest.mark.parametrize(
    ("kind", "places"), [(Importe, 2), (Cobro, 2), (Cantidad, 6), (Precio, 6), (Porcentaje, 6)]
)
@pytest.mark.parametrize("beyond", [1, 20, 50])
def test_needless_zeros_are_no_decimals_and_one_more_decimal_is_too_many(kind, places, beyond):
    assert taken(kind, "1." + "0" * (places + beyond)) == 1
    assert taken(kind, "1." + "3" * places + "0" * beyond) == Decimal("1." + "3" * places)
    assert refusal(kind, "1." + "0" * (places + beyond - 1) + "1") == "decimal_max_places"
    assert refusal(kind, Decimal("1." + "3" * places + "0" * (beyond - 1) + "1")) == "decimal_max_places"


@given(st.decimals(0, 999_999_999, places=2))
def test_an_amount_is_exactly_what_was_written(value):
    for written in (value, str(value), f"{value:f}"):
        assert taken(Importe, written) == value


@pytest.mark.parametrize("kind", [Euros, Importe, Cobro])
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("121", "121.00"),
        ("0.1", "0.10"),
        ("0", "0.00"),
        ("-0.00", "0.00"),
        ("1E+2", "100.00"),
        ("1.000", "1.00"),
    ],
)
def test_money_is_shown_with_two_decimals(kind, value, shown):
    assert given_out(kind, Decimal(value)) == shown


@pytest.mark.parametrize("value", ["-0.00", "-0", "-0.004"])
def test_no_amount_is_zero_with_a_sign(value):
    assert two_decimals(Decimal(value)) == "0.00"
    assert two_decimals(Decimal("-0.01")) == "-0.01"


@pytest.mark.parametrize("kind", [Cantidad, Porcentaje])
@pytest.mark.parametrize(
    ("value", "shown"),
    [("21", "21"), ("21.00", "21"), ("5.2", "5.2"), ("5.20", "5.2"), ("0.000001", "0.000001"), ("1E+1", "10"),
     ("100", "100"), ("0", "0"), ("0.0", "0"), ("-0", "0"), ("-0.00", "0")],
)  # fmt: skip
def test_quantities_and_percentages_are_shown_without_needless_zeros(kind, value, shown):
    assert given_out(kind, Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("100", "100.00"),
        ("100.5", "100.50"),
        ("8.20", "8.20"),
        ("0.123456", "0.123456"),
        ("0.120000", "0.12"),
        ("-0", "0.00"),
    ],
)
def test_prices_keep_two_decimals_at_least(value, shown):
    assert given_out(Precio, Decimal(value)) == shown


@given(st.decimals(-(10**9), 10**9, places=6), st.integers(0, 6))
def test_a_number_without_needless_zeros_is_still_the_same_number(value, least):
    text = plain(value, least)
    assert Decimal(text) == value
    assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text)
    assert len(text.partition(".")[2]) >= least
    assert not text.partition(".")[2][least:].endswith("0")
    assert value or not text.startswith("-")


# --- texts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "least", "most"), [(Nombre, 1, 120), (Texto, 1, 500), (Telefono, 3, 40), (TextoLargo, 0, 10_000)]
)
def test_a_text_is_measured_without_the_blanks_around_it(kind, least, most):
    assert taken(kind, "  " + "a" * most + "\u00a0\n") == "a" * most
    assert taken(kind, " " + "a" * least + " ") == "a" * least
    assert refusal(kind, "a" * most + "b") == "string_too_long"
    if least:
        assert refusal(kind, " " * 10 + "a" * (least - 1)) == "string_too_short"
    for other in (1, True, [], {}, Decimal(1)):
        assert refusal(kind, other) == "string_type"


@pytest.mark.parametrize("blank", ["", " ", "\t\n", None])
def test_an_empty_text_in_an_optional_field_is_no_value(blank):
    for kind in (Email, Nif, Telefono, Texto):
        assert taken(Annotated[kind | None, Opcional], blank) is None


def test_an_optional_field_documents_that_it_takes_an_empty_text_and_never_gives_one():
    adapter = TypeAdapter(Annotated[Nif | None, Opcional])
    takes, gives = (adapter.json_schema(mode=mode)["anyOf"] for mode in ("validation", "serialization"))
    assert takes == [*gives, {"type": "string", "pattern": r"^\s*$"}]


def test_a_nif_is_kept_in_capitals_without_separators():
    assert taken(Nif, " es b-12.345.674 ") == "B12345674"
    assert refusal(Nif, "B12345678") == "nif_invalido"
    assert refusal(Nif, "B" * 31) == "string_too_long"


# --- e-mail ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ana@cliente.example", "ana@cliente.example"),
        ("Ana.Ruiz+facturas@Cliente.EXAMPLE", "Ana.Ruiz+facturas@cliente.example"),
        ("  ana@cliente.es\n", "ana@cliente.es"),
        ("peña@ñandú.es", "peña@ñandú.es"),
        ("ana@xn--and-6ma2c.es", "ana@ñandú.es"),
        ("a@b.co", "a@b.co"),
        ("o'brien@x.ie", "o'brien@x.ie"),
    ],
)
def test_an_email_keeps_what_is_before_the_at_and_lowers_the_domain(written, kept):
    assert taken(Email, written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "ana", "ana@", "@cliente.es", "ana@cliente", "ana@@cliente.es", "ana@cliente..es",
        "ana@.es", "ana@-x.es", "ana @x.es",
        "ana@x .es", '"ana ruiz"@x.es', "ana@[127.0.0.1]", "ana@127.0.0.1:25", "Ana <ana@x.es>",
        "a@b.es,c@d.es", ".ana@x.es",
        "ana.@x.es", "a..b@x.es", "a@" + "b" * 64 + ".es", "a@" + "b." * 127 + "es", "\u202eana@x.es",
        "ana@x.es\r\nBcc: todos@x.es", "ana\x00@x.es", "a@xn--a.es", "a@b.c/../d", "mailto:ana@x.es",
    ],
)  # fmt: skip
def test_what_is_no_email_is_refused(written):
    assert refusal(Email, written) in {"email_invalido", "string_too_long"}


@given(st.text(max_size=300))
def test_any_text_is_an_email_or_not_but_never_fails(text):
    for candidate in (text, f"{text}@x.es", f"ana@{text}", f"ana@{text}.es"):
        try:
            kept = taken(Email, candidate)
        except ValidationError:
            continue
        assert taken(Email, kept) == kept


# --- days and instants -------------------------------------------------------------------------------------


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_is_read_and_shown_as_it_is(day):
    assert taken(Fecha, day.isoformat()) == day
    assert given_out(Fecha, day) == day.isoformat()


@pytest.mark.parametrize(
    "value",
    [
        "2026-02-30", "2026-13-01", "2026-00-10", "2025-02-29", "20261124", "24/11/2026",
        "2026-11-24T00:00:00", "2026-11-24 ",
        "2026-W48-2", "2026-328", "+2026-11-24", "-2026-11-24", "9999-12-31", "1899-12-31",
        "2200-01-01", "0000-01-01",
        "２０２６-11-24", "", "hoy", "1764000000", 20261124, 1764000000, 1.5, 0, Decimal(1), True,
        False, [], {},
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(value):
    assert refusal(Fecha, value) in {"fecha_invalida", "date_from_datetime_parsing"}


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31, 23, 59, 59), timezones=offsets))  # noqa: DTZ001
def test_an_instant_of_any_offset_is_read_as_it_is_and_shown_in_utc(moment):
    read = taken(Instante, moment.isoformat())
    assert read == moment
    assert given_out(Instante, read) == moment.astimezone(UTC).isoformat()


@pytest.mark.parametrize(
    "value",
    ["2026-11-24T09:30:00Z", "2026-11-24t09:30:00z", "2026-11-24 09:30:00+00:00",
     "2026-11-24T10:30:00.000000+01:00",
     "2026-11-24T09:30:00.0000001234-00:00"],
)  # fmt: skip
def test_rfc_3339_has_several_spellings(value):
    assert taken(Instante, value) == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def test_an_instant_without_offset_hears_that_it_lacks_one():
    assert refusal(Instante, "2026-11-24T09:30:00") == "timezone_aware"


@pytest.mark.parametrize(
    "value",
    [
        "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
        "1899-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z", "2026-11-24", "2026-11-24T09:30Z", "2026-11-24T09:30:60Z",
        "2026-11-24T24:00:00Z",
        "2026-02-30T00:00:00Z", "2026-11-24T09:30:00+24:00", "2026-11-24T09:30:00+0100",
        "2026-11-24T09:30:00+01",
        "2026-11-24T09:30:00,5Z", "2026-11-24T09:30:00 Z", "2026-11-24T09:30:00[Europe/Madrid]",
        "20261124T093000Z", "ahora", "",
        "1764000000", 1764000000, 1764000000.5, Decimal(1764000000), 0, True, False, [], {},
    ],
)  # fmt: skip
def test_what_is_no_instant_is_refused(value):
    assert refusal(Instante, value) in {"instante_invalido", "datetime_from_date_parsing"}
