"""What a webhook is told: the bytes of a message."""

import json
from collections.abc import Mapping
from typing import Any

from crm.auditoria import Cambio
from crm.cambios import visto
from http_rules import Answer

PRUEBA = "prueba"
"""The type of a test message."""


def cuerpo(cambio: Cambio, now: Answer | None) -> str:
    """The message of a change; `data` is what its resource's GET answers now, or its id when it is gone."""
    told = visto(cambio, now).model_dump(mode="json")
    data = told.pop("datos")
    message = {
        "type": told.pop("tipo"),
        "timestamp": told.pop("fecha"),
        "data": data or {"id": cambio.recurso_id},
        **told,
    }
    return as_text(message)


def de_prueba(evento_id: str, timestamp: str) -> str:
    """A test message: it has no number, as nothing happened."""
    data = {"mensaje": "Prueba: si lees esto y la firma coincide, el webhook funciona."}
    return as_text({"type": PRUEBA, "timestamp": timestamp, "data": data, "numero": None, "id": evento_id})


def as_text(message: Mapping[str, Any]) -> str:
    """JSON without blanks."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
