"""Use cases of the audit room: each runs in its caller's transaction."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from http_rules import Identity, current_request_id, new_id

from .models import Auditoria, AuditoriaValores


def apunte(
    *,
    quien: str,
    empresa_id: str,
    accion: str,
    recurso: str,
    valores: Mapping[str, Any],
    ahora: datetime,
    peticion: str | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two rows of one audit entry, as plain values for a multi-row insert.

    `valores` must be plain JSON; the digest is SHA-256 over it, canonical, in hex.
    """
    text = json.dumps(valores, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    key = {"empresa_id": empresa_id, "id": new_id("aud")}
    row = key | {
        "instante": ahora,
        "quien": quien,
        "accion": accion,
        "recurso": recurso,
        "peticion": peticion,
        "huella": hashlib.sha256(text.encode()).hexdigest(),
    }
    return row, key | {"valores": json.loads(text)}


def anotar(
    session: Session,
    identity: Identity,
    accion: str,
    recurso: str,
    valores: Mapping[str, Any],
    ahora: datetime,
) -> None:
    """Write down that `identity` did `accion` to `recurso`, in the caller's transaction."""
    row, values = apunte(
        quien=identity.sub,
        empresa_id=identity.empresa_id,
        accion=accion,
        recurso=recurso,
        valores=valores,
        ahora=ahora,
        peticion=current_request_id(),
    )
    session.add(Auditoria(**row))
    session.add(AuditoriaValores(**values))
