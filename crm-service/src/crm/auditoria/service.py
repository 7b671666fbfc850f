"""Use cases of the audit room."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from contratos.identidad import SERVICIO_BILLING
from crm.db.rows import write
from http_rules import current_request_id, new_id

from .models import Auditoria, AuditoriaValores


@dataclass(frozen=True, slots=True)
class Acto:
    """Who does something, for which company, and when: what every use case that writes is given."""

    empresa_id: str
    actor: str
    ahora: datetime

    @property
    def by_user(self) -> bool:
        """Whether a person or their key does it, and not billing on its own."""
        return self.actor != SERVICIO_BILLING


def anotar(session: Session, acto: Acto, accion: str, recurso_id: str, valores: Mapping[str, Any]) -> None:
    """Write down that `acto` did `accion` to `recurso_id`; `valores` are new, or before and after."""
    text = json.dumps(valores, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    key = {"empresa_id": acto.empresa_id, "id": new_id("aud")}
    salt = secrets.token_hex(16)
    row = Auditoria(
        **key,
        fecha=acto.ahora,
        actor=acto.actor,
        peticion=current_request_id(),
        accion=accion,
        recurso_id=recurso_id,
        huella=hashlib.sha256(f"{salt}{text}".encode()).hexdigest(),
    )
    write(session, row)
    write(session, AuditoriaValores(**key, sal=salt, valores=text))
