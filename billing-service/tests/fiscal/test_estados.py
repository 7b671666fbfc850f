"""Every move between states, allowed or not."""

from decimal import Decimal

import pytest

from contratos import InvalidData
from smartbilling.fiscal import Estado, TransicionInvalida, mover, permitidas

MOVIMIENTOS = {("borrador", "emitida"), ("emitida", "pagada"), ("emitida", "anulada")}


@pytest.mark.parametrize("actual", list(Estado))
@pytest.mark.parametrize("nuevo", list(Estado))
def test_only_the_moves_of_the_contract_are_allowed(actual, nuevo):
    if actual == nuevo:
        assert not mover(actual, nuevo)
    elif (actual, nuevo) in MOVIMIENTOS:
        assert mover(actual, nuevo, motivo="Duplicada")
    else:
        with pytest.raises(TransicionInvalida) as negativa:
            mover(actual, nuevo, motivo="Duplicada")
        assert (negativa.value.code, negativa.value.status) == ("transicion_invalida", 409)
        assert negativa.value.facts["permitidas"] == [
            b for a, b in sorted(MOVIMIENTOS, reverse=True) if a == actual
        ]


@pytest.mark.parametrize("motivo", [None, "", "  \n"])
def test_annulling_needs_a_reason(motivo):
    with pytest.raises(InvalidData) as negativa:
        mover(Estado.EMITIDA, Estado.ANULADA, motivo=motivo)
    assert [(f.campo, f.codigo) for f in negativa.value.faults] == [("motivo", "motivo_obligatorio")]


def test_an_invoice_with_money_collected_is_not_annulled():
    with pytest.raises(TransicionInvalida, match=r"10\.00 € cobrados") as negativa:
        mover(Estado.EMITIDA, Estado.ANULADA, motivo="Error", cobrado=Decimal("10.00"))
    assert negativa.value.facts["permitidas"] == ["pagada"]
    assert permitidas(Estado.EMITIDA, Decimal("10.00")) == (Estado.PAGADA,)
