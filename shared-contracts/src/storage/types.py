"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, String, TypeDecorator

_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])
_BIGINT = 2**63


class _Scaled(TypeDecorator[Decimal]):
    """A decimal kept as a whole number of its smallest unit: exact, and sums in SQL stay exact."""

    impl = BigInteger
    cache_ok = True
    places: int

    @property
    def python_type(self) -> type[Decimal]:
        return Decimal

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        try:
            whole = int(_EXACT.to_integral_exact(_EXACT.scaleb(value, self.places)))
        except (Inexact, InvalidOperation, OverflowError):
            raise ValueError(
                f"{value} is no amount of {self.places} decimals: round it where the contract says"
            ) from None
        if not -_BIGINT <= whole < _BIGINT:
            raise ValueError(f"{value} does not fit in the database: check its size where it comes in")
        return whole

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)


class Cents(_Scaled):
    """Euros as a whole number of cents: SQLite has no decimal, its sums would drift."""

    cache_ok = True
    places = 2


class Millionths(_Scaled):
    """Quantities, unit prices and percentages as a whole number of millionths."""

    cache_ok = True
    places = 6


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC)


class Key(TypeDecorator[str]):
    """Text that is looked up, compared and paged by its bytes, whatever the database's language."""

    impl = String
    cache_ok = True

    @property
    def python_type(self) -> type[str]:
        return str

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(String(collation="C" if dialect.name == "postgresql" else None))
