"""Euros as exact decimals, rounded to cents half up, away from zero, where the contract says so."""

from contextlib import AbstractContextManager
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext

CENT = Decimal("0.01")
CERO = Decimal("0.00")
CIEN = Decimal(100)

LIMITE_IMPORTE = Decimal(10) ** 12
"""Amounts stay under this size: the official schema takes twelve integer digits (ImporteSgn12.2Type)."""

_DECIMALES_DE_CENTIMO = -2
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])


def exact() -> AbstractContextManager[Context]:
    """Arithmetic with 60 digits, whatever the caller's context.

    A quantity and a price of 15 digits each, by two discounts of 9, take 48; the default 28 would round.
    """
    return localcontext(_EXACT)


def es_importe(valor: Decimal) -> bool:
    """Whether a record can carry `valor` as it is: at most twelve integer digits and two decimals."""
    if not valor.is_finite() or valor.copy_abs() >= LIMITE_IMPORTE:
        return False
    exponente = valor.as_tuple().exponent
    return (isinstance(exponente, int) and exponente >= _DECIMALES_DE_CENTIMO) or valor == valor.quantize(
        CENT, context=_EXACT
    )


def round_cents(amount: Decimal) -> Decimal:
    """`amount` in euros with two decimals, half up, away from zero; a zero never keeps a sign."""
    return amount.quantize(CENT, context=_EXACT) or CERO
