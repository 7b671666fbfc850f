"""Pairs of clients as rows of a table: what tells one from the other stands side by side."""

from collections.abc import Sequence
from typing import Any

from contratos import Salida
from contratos.types import Instante
from crm import duplicados
from crm.duplicados import ClienteBreve


class _DeDos(Salida):
    """Two clients."""

    id: str
    uno: ClienteBreve
    otro: ClienteBreve


class Pareja(_DeDos):
    """Two that may be the same."""

    razon: str
    razones: list[str]
    puntuacion: float
    explicacion: str


class ParejaDescartada(_DeDos):
    """Two of whom somebody said that they are not the same."""

    actor: str
    creado: Instante


def pareja(row: Sequence[Any]) -> Pareja:
    """A likely duplicate, as its room shows it."""
    return Pareja.model_validate(_side_by_side(duplicados.duplicado(row).model_dump()))


def descartada(row: Sequence[Any]) -> ParejaDescartada:
    """A pair that is none, as its room shows it."""
    return ParejaDescartada.model_validate(_side_by_side(duplicados.descarte(row).model_dump()))


def _side_by_side(shown: dict[str, Any]) -> dict[str, Any]:
    uno, otro = shown.pop("clientes")
    return shown | {"uno": uno, "otro": otro}
