"""Rates and means of the statistics, rounded half up; null of nothing. Pure."""

from decimal import ROUND_HALF_UP, Decimal

from crm.oportunidades import DAY

_CENT, _TENTH = Decimal("0.01"), Decimal("0.1")


def percent(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in percent, with one decimal."""
    return (Decimal(100 * part) / whole).quantize(_TENTH, ROUND_HALF_UP) if whole else None


def mean(total: int, many: int) -> Decimal | None:
    """A mean with one decimal."""
    return _mean(Decimal(total), many, _TENTH)


def mean_days(seconds: int, many: int) -> Decimal | None:
    """The mean days, with one decimal, of `many` that took so many seconds together."""
    return _mean(Decimal(seconds), many * DAY, _TENTH)


def mean_euros(total: Decimal, many: int) -> Decimal | None:
    """The mean of so many euros, to the cent."""
    return _mean(total, many, _CENT)


def _mean(total: Decimal, many: int, unit: Decimal) -> Decimal | None:
    return (total / many).quantize(unit, ROUND_HALF_UP) if many else None
