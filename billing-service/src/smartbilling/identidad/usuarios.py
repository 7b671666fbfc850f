"""Use cases of users and what they are in a company: each runs in its caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from contratos import SCOPES_DE_ROL, DomainError, Forbidden, NotFound, Rol
from http_rules import Identity, check_version, new_id
from smartbilling import auditoria

from . import claves_api, queries, revocaciones, sesiones
from .claves_firma import despliegue
from .models import Membresia, Usuario


class UsuarioDuplicado(DomainError):
    """The user belongs to the company already."""

    code = "usuario_duplicado"
    status = 409


class UltimoAdministrador(DomainError):
    """A company is never left without somebody who administers it."""

    code = "ultimo_administrador"
    status = 409


@dataclass(frozen=True, slots=True)
class AccesoDado:
    """A user just given access; `es_nuevo` in the deployment, with the password given, or known before."""

    usuario: Usuario
    membresia: Membresia
    es_nuevo: bool


def dar_acceso(
    session: Session, quien: Identity, nombre: str, rol: Rol, clave_hash: str, ahora: datetime
) -> AccesoDado:
    """Make somebody a user of the company.

    A user that another company has keeps its own password. Raises UsuarioDuplicado, or Forbidden when `rol`
    may do more than `quien`.
    """
    _exigir_alcance(quien, rol)
    usuario = session.exec(queries.por_nombre(nombre)).first()
    es_nuevo = usuario is None
    if usuario is None:
        usuario = _crear(session, nombre, clave_hash, ahora, plataforma=False)
    elif session.get(Membresia, (usuario.id, quien.empresa_id)) is not None:
        raise _duplicado(nombre)
    membresia = hacer_miembro(session, quien, usuario.id, rol, ahora)
    return AccesoDado(usuario, membresia, es_nuevo)


def primer_administrador(
    session: Session, nombre: str, clave_hash: str, ahora: datetime
) -> tuple[Usuario, bool, bool]:
    """The user of this name, made if there is none; whether it is new, and whether the first of all.

    The first user of a deployment bears the mark `plataforma`.
    """
    despliegue(session, ahora)  # locked: two first users at once would not see one another
    usuario = session.exec(queries.por_nombre(nombre)).first()
    if usuario is not None:
        return usuario, False, False
    primero = session.exec(select(func.count()).select_from(Usuario)).one() == 0
    return _crear(session, nombre, clave_hash, ahora, plataforma=primero), True, primero


def hacer_miembro(session: Session, quien: Identity, usuario_id: str, rol: Rol, ahora: datetime) -> Membresia:
    """What a user is, from now on, in the company of `quien`."""
    membresia = Membresia(usuario_id=usuario_id, empresa_id=quien.empresa_id, rol=rol, creada=ahora)
    session.add(membresia)
    try:
        session.flush()
    except IntegrityError as error:
        raise _duplicado(None) from error
    auditoria.anotar(session, quien, "usuario.creado", usuario_id, {"rol": rol}, ahora)
    return membresia


def miembro(
    session: Session, empresa_id: str, usuario_id: str, *, lock: bool = False
) -> tuple[Usuario, Membresia]:
    """A user of the company. Raises NotFound, for another company's too."""
    query = queries.pertenencia(usuario_id, empresa_id)
    row = session.exec(query.with_for_update(of=Membresia) if lock else query).first()
    if row is None:
        raise NotFound("No hay ningún usuario con ese identificador.")
    return cast("tuple[Usuario, Membresia]", tuple(row))


def cambiar_rol(
    session: Session, quien: Identity, usuario_id: str, rol: Rol, if_match: str | None, ahora: datetime
) -> tuple[Usuario, Membresia]:
    """Another role for a user; one that may do less voids the tokens that said more.

    Raises NotFound, StaleVersion, Forbidden, UltimoAdministrador.
    """
    _exigir_alcance(quien, rol)
    admins = session.exec(queries.administradores(quien.empresa_id)).all()
    usuario, membresia = miembro(session, quien.empresa_id, usuario_id, lock=True)
    check_version(if_match, membresia.version)
    if membresia.rol != rol:
        _exigir_otro_administrador(admins, membresia)
        antes, membresia.rol = membresia.rol, rol
        membresia.version += 1
        if SCOPES_DE_ROL[Rol(antes)] - SCOPES_DE_ROL[rol]:
            revocaciones.revocar(session, quien.empresa_id, usuario_id, ahora)
        values = {"rol": rol, "antes": antes}
        auditoria.anotar(session, quien, "usuario.cambiado", usuario_id, values, ahora)
    return usuario, membresia


def quitar_acceso(
    session: Session, quien: Identity, usuario_id: str, if_match: str | None, ahora: datetime
) -> None:
    """The user leaves the company; its sessions, tokens and API keys there end.

    Raises NotFound, StaleVersion, UltimoAdministrador.
    """
    admins = session.exec(queries.administradores(quien.empresa_id)).all()
    _, membresia = miembro(session, quien.empresa_id, usuario_id, lock=True)
    check_version(if_match, membresia.version)
    _exigir_otro_administrador(admins, membresia)
    session.delete(membresia)
    revocaciones.revocar(session, quien.empresa_id, usuario_id, ahora)
    sesiones.cerrar_todas(session, quien.empresa_id, usuario_id, ahora)
    claves_api.revocar_las_de(session, quien, usuario_id, ahora)
    auditoria.anotar(session, quien, "usuario.quitado", usuario_id, {"rol": membresia.rol}, ahora)


def _crear(session: Session, nombre: str, clave_hash: str, ahora: datetime, *, plataforma: bool) -> Usuario:
    usuario = Usuario(
        id=new_id("usr"),
        usuario=nombre,
        clave_hash=clave_hash,
        plataforma=plataforma,
        ultima_empresa=None,
        creado=ahora,
    )
    session.add(usuario)
    try:
        session.flush()
    except IntegrityError as error:
        raise _duplicado(nombre) from error
    return usuario


def _exigir_alcance(quien: Identity, rol: Rol) -> None:
    if missing := sorted(SCOPES_DE_ROL[rol] - quien.scopes):
        raise Forbidden(f"No puedes dar el rol {rol}: incluye permisos que no tienes.", falta=missing)


def _exigir_otro_administrador(admins: Sequence[Membresia], membresia: Membresia) -> None:
    if {admin.usuario_id for admin in admins} == {membresia.usuario_id}:
        raise UltimoAdministrador("Es el último administrador de la empresa: da antes ese rol a otro.")


def _duplicado(nombre: str | None) -> UsuarioDuplicado:
    quien = f"El usuario {nombre}" if nombre else "Ese usuario"
    return UsuarioDuplicado(f"{quien} ya tiene acceso a la empresa: cambia su rol si hace falta.")
