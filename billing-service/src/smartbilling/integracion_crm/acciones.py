"""What a message wants of the CRM: to log an activity, as nearly all do, or to mend or withdraw one.

It stands in the message's own JSON, beside the activity, and never crosses the wire.
"""

from collections.abc import Mapping
from typing import Any

_ACCION = "accion"
_RESTAURAR = "restaurar"
_RETIRAR = "retirar"


def para_restaurar(actividad: Mapping[str, Any]) -> dict[str, Any]:
    """A message that leaves the activity as it says, whatever the CRM has of it."""
    return {**actividad, _ACCION: _RESTAURAR}


def para_retirar(origen: str, referencia: str) -> dict[str, Any]:
    """A message that withdraws the activity of a fact that never was."""
    return {
        "tipo": "retirada",
        "titulo": "Retirada de una actividad sin hecho",
        "origen": origen,
        "referencia_externa": referencia,
        _ACCION: _RETIRAR,
    }


def es_correccion(actividad: Mapping[str, Any]) -> bool:
    """Whether it mends what the CRM may have."""
    return actividad.get(_ACCION) == _RESTAURAR


def es_retirada(actividad: Mapping[str, Any]) -> bool:
    """Whether it withdraws an activity; it tells of no fact."""
    return actividad.get(_ACCION) == _RETIRAR


def sin_accion(actividad: Mapping[str, Any]) -> dict[str, Any]:
    """The activity alone."""
    return {name: value for name, value in actividad.items() if name != _ACCION}
