"""Rates of IVA and of the recargo de equivalencia, and the days on which each applies."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

TIPOS_VIGENTES = (Decimal(0), Decimal(4), Decimal(10), Decimal(21))

_CERO = Decimal(0)
_CINCO = Decimal(5)


class _Plazo(NamedTuple):
    desde: date
    hasta: date
    codigo_aeat: str


_FIN_2024 = date(2024, 12, 31)
_TEMPORALES = {
    _CINCO: _Plazo(date(2022, 7, 1), date(2024, 9, 30), "1194"),
    Decimal(2): _Plazo(date(2024, 10, 1), _FIN_2024, "1235"),
    Decimal("7.5"): _Plazo(date(2024, 10, 1), _FIN_2024, "1236"),
}
_RECARGOS = {
    Decimal(21): ((Decimal("5.2"), Decimal("1.75")), "1162"),
    Decimal(10): ((Decimal("1.4"),), "1163"),
    Decimal(4): ((Decimal("0.5"),), "1164"),
    Decimal("7.5"): ((Decimal(1),), "1169"),
    Decimal(2): ((Decimal("0.26"),), "1166"),
}
_RECARGOS_DEL_CINCO = {
    Decimal("0.5"): _Plazo(date(2022, 7, 1), date(2022, 12, 31), "1167"),
    Decimal("0.62"): _Plazo(date(2023, 1, 1), date(2024, 9, 30), "1168"),
}
_RECARGO_DEL_CERO = _Plazo(date(2023, 1, 1), date(2024, 9, 30), "1165")
_TODOS_LOS_RECARGOS = frozenset(
    {_CERO, *_RECARGOS_DEL_CINCO, *(recargo for admitidos, _ in _RECARGOS.values() for recargo in admitidos)}
)


def rechazo_de_tipo(tipo: Decimal, dia: date) -> str | None:
    """The AEAT's code for refusing `tipo` % of IVA on `dia`, or None when it applies.

    Source: LIVA arts. 90-91; RDL 20/2022 and 4/2024 (5, 7.5 and 2 %); AEAT 1124, 1194, 1235, 1236.
    """
    if tipo in TIPOS_VIGENTES:
        return None
    return _fuera_de_plazo(_TEMPORALES.get(tipo), dia, "1124")


def rechazo_de_recargo(recargo: Decimal, tipo: Decimal, dia: date) -> str | None:
    """The AEAT's code for refusing a recargo beside `tipo` % of IVA on `dia`, or None when they agree.

    A rate that never was has nothing to agree with: `rechazo_de_tipo` tells of it. AEAT 1170 is listed but
    not applied.
    Source: LIVA arts. 154-163; AEAT 1127, 1160, 1162-1169, 1277.
    """
    if recargo not in _TODOS_LOS_RECARGOS:
        return "1127"
    if tipo == _CERO:
        return "1277" if recargo else _fuera_de_plazo(_RECARGO_DEL_CERO, dia, "1277")
    if tipo == _CINCO:
        return _fuera_de_plazo(_RECARGOS_DEL_CINCO.get(recargo), dia, "1160")
    if tipo not in _RECARGOS:
        return None
    admitidos, codigo = _RECARGOS[tipo]
    return None if recargo in admitidos else codigo


def _fuera_de_plazo(plazo: _Plazo | None, dia: date, sin_plazo: str) -> str | None:
    if plazo is None:
        return sin_plazo
    return None if plazo.desde <= dia <= plazo.hasta else plazo.codigo_aeat


def recargos_de(tipo: Decimal) -> tuple[Decimal, ...]:
    """The recargos that go with `tipo` % of IVA, whatever the day."""
    if tipo == _CINCO:
        return tuple(_RECARGOS_DEL_CINCO)
    return _RECARGOS.get(tipo, ((), ""))[0]
