"""The table of moves, without a database."""

import pytest

from contratos import InvalidData
from crm.oportunidades.states import MOVES, EstadoOportunidad, TransicionInvalida, check_move


@pytest.mark.parametrize("now", EstadoOportunidad)
@pytest.mark.parametrize("to", EstadoOportunidad)
def test_a_move_is_allowed_when_the_table_says_so(now, to):
    if to in MOVES[now]:
        check_move(now, to, "motivo")
    else:
        with pytest.raises(TransicionInvalida) as refusal:
            check_move(now, to, "motivo")
        assert refusal.value.facts["permitidas"] == list(MOVES[now])


def test_only_reopening_needs_no_reason():
    check_move(EstadoOportunidad.GANADA, EstadoOportunidad.ABIERTA, None)
    for to in MOVES[EstadoOportunidad.ABIERTA]:
        with pytest.raises(InvalidData):
            check_move(EstadoOportunidad.ABIERTA, to, None)
