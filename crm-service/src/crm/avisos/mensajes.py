"""What a webhook is told: the bytes of a message."""

import json
from collections.abc import Mapping
from typing import Any

from crm import cambios
from crm.auditoria import Cambio

PRUEBA = "prueba"
"""The type of a test message."""


def cuerpo(cambio: Cambio) -> bytes:
    """The message of a change that has its number: the same bytes whenever it is asked for.

    It follows from the change alone, which never changes: what happened to what, not the values.
    """
    told = cambios.visto(cambio, None).model_dump(mode="json")
    data = {**told["recurso"], "campos": told["campos"], "actor": told["actor"]}
    message = {"type": told["tipo"], "timestamp": told["fecha"], "data": data}
    return _as_bytes(message | {"numero": told["numero"], "id": told["id"]})


def de_prueba(evento_id: str, timestamp: str) -> bytes:
    """A test message: it has no number, as nothing happened."""
    data = {"mensaje": "Prueba: si lees esto y la firma coincide, el webhook funciona."}
    return _as_bytes({"type": PRUEBA, "timestamp": timestamp, "data": data, "numero": None, "id": evento_id})


def _as_bytes(message: Mapping[str, Any]) -> bytes:
    """JSON without blanks."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
