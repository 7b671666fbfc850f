"""Payments and refunds against what is due."""

from decimal import Decimal

import pytest

from smartbilling.fiscal import DevolucionExcesiva, PagoExcesivo, Saldo


def test_two_partial_payments_settle_the_invoice():
    saldo = Saldo(Decimal("121.00")).cobrar(Decimal("21.00"))
    assert (saldo.pendiente, saldo.saldado) == (Decimal("100.00"), False)
    assert saldo.cobrar(Decimal("100.00")).saldado


def test_more_than_what_is_due_is_refused_and_says_how_much_is():
    with pytest.raises(PagoExcesivo) as negativa:
        Saldo(Decimal("121.00"), Decimal("100.00")).cobrar(Decimal("21.01"))
    assert (negativa.value.code, negativa.value.facts["pendiente"]) == ("pago_excesivo", Decimal("21.00"))


def test_a_refund_makes_the_amount_due_again():
    saldo = Saldo(Decimal("121.00"), Decimal("121.00")).devolver(Decimal("21.00"))
    assert (saldo.pendiente, saldo.cobrado) == (Decimal("21.00"), Decimal("100.00"))


def test_more_than_what_was_collected_is_not_refunded():
    with pytest.raises(DevolucionExcesiva) as negativa:
        Saldo(Decimal("121.00"), Decimal("20.00")).devolver(Decimal("20.01"))
    assert negativa.value.facts["cobrado"] == Decimal("20.00")
