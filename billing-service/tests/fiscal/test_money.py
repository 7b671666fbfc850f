"""Cents: half up, away from zero, whatever the caller's decimal context."""

from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbilling.fiscal import exact, round_cents


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("1.004999999999999999999999999999999999", "1.00"),
        ("2.675", "2.68"),
        ("-2.665", "-2.67"),
        ("7", "7.00"),
        ("999999999999.995", "1000000000000.00"),
    ],
)
def test_half_a_cent_goes_away_from_zero(amount, cents):
    assert str(round_cents(Decimal(amount))) == cents


@pytest.mark.parametrize("amount", ["-0.004", "-0", "0.000000", "-0.00"])
def test_a_zero_has_no_sign(amount):
    assert str(round_cents(Decimal(amount))) == "0.00"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**20), max_value=10**20))
def test_rounding_is_off_by_half_a_cent_at_most(amount):
    assert abs(Fraction(round_cents(amount)) - Fraction(amount)) <= Fraction(1, 200)


def test_the_callers_context_changes_nothing():
    with localcontext() as poor:
        poor.prec, poor.rounding = 3, ROUND_DOWN
        assert str(round_cents(Decimal("123456.785"))) == "123456.79"
        with exact():
            assert str(Decimal("999999999.999999") * Decimal("999999999.999999")) == (
                "999999999999998000.000000000001"
            )
