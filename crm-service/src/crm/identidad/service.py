"""Use cases of the identity room: each runs in its caller's transaction."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from contratos import NotFound, Scope, Unauthenticated
from crm.auditoria import Acto, anotar
from http_rules import Identity, new_id

from .models import ClaveApi


@dataclass(frozen=True, slots=True)
class ClaveNueva:
    """An API key at the one moment when it can be shown."""

    id: str
    nombre: str
    scopes: list[str]
    clave: str


def crear_clave(session: Session, acto: Acto, nombre: str, scopes: frozenset[Scope]) -> ClaveNueva:
    """Make an API key of the company of `acto`."""
    clave = ClaveNueva(
        id=new_id("cla"),
        nombre=nombre,
        scopes=sorted(scopes),
        clave="crm_" + secrets.token_urlsafe(32),
    )
    session.add(
        ClaveApi(
            empresa_id=acto.empresa_id,
            id=clave.id,
            nombre=nombre,
            huella=_digest(clave.clave),
            scopes=clave.scopes,
            creada=acto.ahora,
        )
    )
    anotar(session, acto, "clave_creada", clave.id, {"nombre": nombre, "scopes": clave.scopes})
    return clave


def claves(session: Session, empresa_id: str) -> Sequence[ClaveApi]:
    """The API keys of a company, revoked ones too, the first one first."""
    query = select(ClaveApi).where(ClaveApi.empresa_id == empresa_id).order_by(col(ClaveApi.id))
    return session.exec(query).all()


def revocar_clave(session: Session, acto: Acto, clave_id: str) -> ClaveApi:
    """The key stops working; again, nothing happens. Raises NotFound."""
    clave = session.get(ClaveApi, (acto.empresa_id, clave_id))
    if clave is None:
        raise NotFound("No hay ninguna clave de API con ese identificador en esa empresa.")
    if clave.revocada is None:
        clave.revocada = acto.ahora
        anotar(session, acto, "clave_revocada", clave.id, {"nombre": clave.nombre})
    return clave


def de_clave(session: Session, clave: str) -> Identity:
    """Who an API key speaks for. Raises Unauthenticated."""
    live = select(ClaveApi).where(col(ClaveApi.huella) == _digest(clave), col(ClaveApi.revocada).is_(None))
    row = session.exec(live).one_or_none()
    if row is None:
        raise Unauthenticated("La clave de API no es válida o se ha revocado: revísala o pide otra.")
    return Identity(
        sub=f"clave:{row.id}",
        empresa_id=row.empresa_id,
        scopes=frozenset(Scope(scope) for scope in row.scopes if scope in set(Scope)),
        clave_id=row.id,
    )


def _digest(clave: str) -> str:
    return hashlib.sha256(clave.encode("utf-8", "surrogatepass")).hexdigest()
