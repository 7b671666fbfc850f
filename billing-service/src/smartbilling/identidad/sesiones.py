"""Use cases of logging in and staying so: each runs in its caller's transaction.

Guarantee: of a session only the last refresh token works, and one that was used before ends it. Kept by: one
row a session, with the digest of its last token, locked while it is renewed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from contratos import Forbidden, NotFound, Unauthenticated
from http_rules import Identity, is_id, new_id

from . import queries, revocaciones
from .autenticador import identidad_de, permitidos
from .models import Membresia, Sesion, Usuario
from .secretos import huella, nuevo_testigo

DURACION = timedelta(days=30)
"""How long a refresh token works."""


class CredencialesIncorrectas(Unauthenticated):
    """There is no such user, or that is not its password: which of both is not said."""

    code = "credenciales_incorrectas"


class SesionTerminada(Unauthenticated):
    """The refresh token is not, or is no longer, good."""

    code = "sesion_terminada"


@dataclass(frozen=True, slots=True)
class Apertura:
    """A session just opened or renewed: who it speaks for, and what it is renewed with."""

    identity: Identity
    refresh_token: str


def cifrada(session: Session, usuario: str) -> tuple[str, str] | None:
    """The id and the password's hash of the user of this name, normalised."""
    found = session.exec(queries.por_nombre(usuario)).first()
    return (found.id, found.clave_hash) if found else None


def abrir(session: Session, usuario_id: str, empresa_id: str | None, ahora: datetime) -> Apertura:
    """A session of a user in one company: the one named, else the last used, else the oldest.

    Raises NotFound when it does not belong to the one named, Forbidden when it belongs to none.
    """
    usuario = session.get_one(Usuario, usuario_id)
    membresia = _elegida(session, usuario, empresa_id)
    usuario.ultima_empresa = membresia.empresa_id
    session.execute(
        delete(Sesion).where(
            col(Sesion.empresa_id) == membresia.empresa_id,
            col(Sesion.usuario_id) == usuario_id,
            col(Sesion.caduca) < ahora,
        )
    )
    sesion = Sesion(
        empresa_id=membresia.empresa_id,
        id=new_id("ses"),
        usuario_id=usuario_id,
        huella="",
        creada=ahora,
        caduca=ahora,
        terminada=None,
    )
    session.add(sesion)
    return _apertura(sesion, usuario, membresia, ahora)


def renovar(session: Session, refresh_token: str, ahora: datetime) -> Apertura | None:
    """The session goes on with another refresh token.

    None when the token was used before: then its session ends and so do the user's access tokens, and the
    caller must keep that. Raises SesionTerminada when it is unknown, expired or ended, or when the user left
    the company.
    """
    sesion = _de_testigo(session, refresh_token)
    if sesion is None or sesion.terminada is not None or sesion.caduca <= ahora:
        raise sesion_terminada()
    if sesion.huella != huella(refresh_token):
        sesion.terminada = ahora
        revocaciones.revocar(session, sesion.empresa_id, sesion.usuario_id, ahora)
        return None
    row = session.exec(queries.pertenencia(sesion.usuario_id, sesion.empresa_id)).first()
    if row is None:
        raise sesion_terminada()
    usuario, membresia = row
    return _apertura(sesion, usuario, membresia, ahora)


def cerrar(session: Session, refresh_token: str, ahora: datetime) -> None:
    """End the session that the token belongs to, if any."""
    sesion = _de_testigo(session, refresh_token)
    if sesion is not None and sesion.terminada is None:
        sesion.terminada = ahora


def cerrar_todas(session: Session, empresa_id: str, usuario_id: str, ahora: datetime) -> None:
    """End every session of a user in one company."""
    session.execute(
        update(Sesion)
        .where(
            col(Sesion.empresa_id) == empresa_id,
            col(Sesion.usuario_id) == usuario_id,
            col(Sesion.terminada).is_(None),
        )
        .values(terminada=ahora)
    )


def sesion_terminada() -> SesionTerminada:
    """The refusal of a refresh token, the same whatever is wrong with it."""
    return SesionTerminada("La sesión ha terminado: vuelve a entrar con tu usuario y tu clave.")


def _elegida(session: Session, usuario: Usuario, empresa_id: str | None) -> Membresia:
    suyas = {row.empresa_id: row for row in session.exec(queries.membresias(usuario.id))}
    if empresa_id is not None:
        if empresa_id not in suyas:
            raise NotFound("No hay ninguna empresa con ese identificador entre las tuyas.")
        return suyas[empresa_id]
    if not suyas:
        raise Forbidden("Tu usuario no pertenece a ninguna empresa: pide acceso a su administrador.")
    return suyas.get(usuario.ultima_empresa or "") or next(iter(suyas.values()))


def _de_testigo(session: Session, refresh_token: str) -> Sesion | None:
    """The session of a refresh token `ses_….secret`, locked."""
    sesion_id = refresh_token.partition(".")[0]
    if not is_id(sesion_id, "ses"):
        return None
    return session.exec(select(Sesion).where(Sesion.id == sesion_id).with_for_update()).first()


def _apertura(sesion: Sesion, usuario: Usuario, membresia: Membresia, ahora: datetime) -> Apertura:
    refresh_token = f"{sesion.id}.{nuevo_testigo()}"
    sesion.huella, sesion.caduca = huella(refresh_token), ahora + DURACION
    return Apertura(identidad_de(usuario, membresia, permitidos(usuario, membresia)), refresh_token)
