"""Use cases of the audit room."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from crm.db.rows import write_values
from http_rules import current_request_id, new_id

from . import cambios
from .acto import Acto
from .models import Auditoria, AuditoriaValores


def anotar(session: Session, acto: Acto, accion: str, recurso_id: str, valores: Mapping[str, Any]) -> None:
    """Write down that `acto` did `accion` to `recurso_id`, in the trail and for the feed.

    `valores` are new, or pairs of before and after.
    """
    text = json.dumps(valores, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    key = {"empresa_id": acto.empresa_id, "id": new_id("aud")}
    salt = secrets.token_hex(16)
    row = {
        **key,
        "fecha": acto.ahora,
        "actor": acto.actor,
        "peticion": current_request_id(),
        "accion": accion,
        "recurso_id": recurso_id,
        "huella": hashlib.sha256(f"{salt}{text}".encode()).hexdigest(),
    }
    write_values(session, Auditoria, row)
    write_values(session, AuditoriaValores, {**key, "sal": salt, "valores": text})
    cambios.anotar(session, acto, accion, recurso_id, valores)
