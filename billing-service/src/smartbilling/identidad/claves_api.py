"""Use cases of API keys: each runs in its caller's transaction."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from contratos import Forbidden, NotFound, Scope
from http_rules import Identity, new_id
from smartbilling import auditoria

from . import queries
from .models import ClaveApi
from .secretos import huella, nueva_clave_api


def crear(
    session: Session, quien: Identity, nombre: str, scopes: Collection[Scope], ahora: datetime
) -> tuple[ClaveApi, str]:
    """A new API key of the caller's, and the key itself, which is not kept.

    Raises Forbidden when it could do more than its maker.
    """
    if missing := sorted(set(scopes) - quien.scopes):
        raise Forbidden("No puedes crear una clave con permisos que no tienes.", falta=missing)
    secreto = nueva_clave_api()
    clave = ClaveApi(
        empresa_id=quien.empresa_id,
        id=new_id("cla"),
        nombre=nombre,
        usuario_id=quien.sub,
        scopes=sorted(set(scopes)),
        huella=huella(secreto),
        creada=ahora,
        revocada=None,
    )
    session.add(clave)
    session.flush()
    values = {"nombre": nombre, "scopes": clave.scopes}
    auditoria.anotar(session, quien, "clave_api.creada", clave.id, values, ahora)
    return clave, secreto


def existente(session: Session, empresa_id: str, clave_id: str) -> ClaveApi:
    """An API key that still works. Raises NotFound, for another company's too."""
    clave = session.exec(queries.claves(empresa_id).where(ClaveApi.id == clave_id)).first()
    if clave is None:
        raise _desconocida()
    return clave


def revocar(session: Session, quien: Identity, clave_id: str, ahora: datetime) -> None:
    """The key stops working; again, nothing happens. Raises NotFound."""
    clave = session.get(ClaveApi, (quien.empresa_id, clave_id))
    if clave is None:
        raise _desconocida()
    _revocar(session, quien, clave, ahora)


def revocar_las_de(session: Session, quien: Identity, usuario_id: str, ahora: datetime) -> None:
    """Every key of a user in the company stops working."""
    for clave in session.exec(queries.claves(quien.empresa_id).where(ClaveApi.usuario_id == usuario_id)):
        _revocar(session, quien, clave, ahora)


def _revocar(session: Session, quien: Identity, clave: ClaveApi, ahora: datetime) -> None:
    if clave.revocada is None:
        clave.revocada = ahora
        auditoria.anotar(session, quien, "clave_api.revocada", clave.id, {"nombre": clave.nombre}, ahora)


def _desconocida() -> NotFound:
    return NotFound("No hay ninguna clave de API con ese identificador.")
