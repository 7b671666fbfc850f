"""Reads of the identity room."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from contratos import Rol
from smartbilling.empresas import Empresa

from .models import AccesoRevocado, ClaveApi, Membresia, Usuario


def por_nombre(usuario: str) -> SelectOfScalar[Usuario]:
    """The user of this name, normalised."""
    return select(Usuario).where(Usuario.usuario == usuario)


def pertenencia(usuario_id: str, empresa_id: str) -> Select[Usuario, Membresia]:
    """A user and what it is in one company."""
    return (
        select(Usuario, Membresia)
        .join(Membresia, col(Membresia.usuario_id) == col(Usuario.id))
        .where(Usuario.id == usuario_id, Membresia.empresa_id == empresa_id)
    )


def pertenencia_de_token(usuario_id: str, empresa_id: str) -> Select[Usuario, Membresia, datetime | None]:
    """The same, and until when tokens of theirs are void."""
    revocado = (col(AccesoRevocado.usuario_id) == col(Membresia.usuario_id)) & (
        col(AccesoRevocado.empresa_id) == col(Membresia.empresa_id)
    )
    return (
        select(Usuario, Membresia, AccesoRevocado.antes)
        .join(Membresia, col(Membresia.usuario_id) == col(Usuario.id))
        .outerjoin(AccesoRevocado, revocado)
        .where(Usuario.id == usuario_id, Membresia.empresa_id == empresa_id)
    )


def pertenencia_de_clave(huella: str) -> Select[ClaveApi, Usuario, Membresia]:
    """A live API key, the user it belongs to and what that user still is in its company."""
    return (
        select(ClaveApi, Usuario, Membresia)
        .join(Usuario, col(Usuario.id) == col(ClaveApi.usuario_id))
        .join(
            Membresia,
            (col(Membresia.usuario_id) == col(ClaveApi.usuario_id))
            & (col(Membresia.empresa_id) == col(ClaveApi.empresa_id)),
        )
        .where(ClaveApi.huella == huella, col(ClaveApi.revocada).is_(None))
    )


def miembros(empresa_id: str) -> Select[Usuario, Membresia]:
    """The users of a company, with what each is there."""
    return (
        select(Usuario, Membresia)
        .join(Membresia, col(Membresia.usuario_id) == col(Usuario.id))
        .where(Membresia.empresa_id == empresa_id)
    )


def membresias(usuario_id: str) -> SelectOfScalar[Membresia]:
    """What a user is in each of its companies, the oldest company first."""
    return select(Membresia).where(Membresia.usuario_id == usuario_id).order_by(col(Membresia.empresa_id))


def empresas_de(usuario_id: str) -> Select[Empresa, Membresia]:
    """The companies of a user, with what it is in each."""
    return (
        select(Empresa, Membresia)
        .join(Membresia, col(Membresia.empresa_id) == col(Empresa.id))
        .where(Membresia.usuario_id == usuario_id)
    )


def claves(empresa_id: str) -> SelectOfScalar[ClaveApi]:
    """The company's API keys that still work."""
    return select(ClaveApi).where(ClaveApi.empresa_id == empresa_id, col(ClaveApi.revocada).is_(None))


def administradores(empresa_id: str) -> SelectOfScalar[Membresia]:
    """Who administers a company, locked in order so that two of them never remove one another."""
    return (
        select(Membresia)
        .where(Membresia.empresa_id == empresa_id, Membresia.rol == Rol.ADMIN)
        .order_by(col(Membresia.usuario_id))
        .with_for_update()
    )
