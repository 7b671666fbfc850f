"""The signing keys: made, rotated with overlap, retired. Each runs in its caller's transaction.

Guarantee: a key is published before it signs, and verifies until the last token that it signed has expired;
then its private part is erased. However many processes find that it is time, one key is made. Kept by: the
row says from when a key signs, so that every process changes at the same instant without being told; the
installation's row is locked while keys change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update
from sqlmodel import Session, col, select

from http_rules import new_id
from storage import insert_or_ignore

from .models import ClaveFirma, Despliegue

_UNICO = 1
_BORRADA = ""


@dataclass(frozen=True, slots=True)
class Clave:
    """A key that is not retired: it signs from `desde` until the next one does."""

    kid: str
    privada: Ed25519PrivateKey
    desde: datetime


@dataclass(frozen=True, slots=True)
class Llavero:
    """The keys as the database has them, in the order in which they sign."""

    emisor: str
    claves: Sequence[Clave]

    def firma(self, ahora: datetime) -> Clave:
        """The key that signs now: the last whose time has come."""
        return next((clave for clave in reversed(self.claves) if clave.desde <= ahora), self.claves[0])

    def ultima(self) -> Clave:
        """The key made last, which may not sign yet."""
        return self.claves[-1]

    def acabadas(self, ahora: datetime, vigencia: timedelta) -> list[str]:
        """Those whose successor has signed for so long that no token of theirs is left."""
        pairs = zip(self.claves, self.claves[1:], strict=False)
        return [clave.kid for clave, siguiente in pairs if siguiente.desde + vigencia <= ahora]


def despliegue(session: Session, ahora: datetime) -> Despliegue:
    """The row of this installation, locked; made if it is not there."""
    values = {"id": _UNICO, "emisor": f"urn:smartbilling:{uuid4()}", "creado": ahora}
    session.execute(insert_or_ignore(session, Despliegue, values))
    return session.exec(select(Despliegue).with_for_update()).one()


def llavero(session: Session) -> Llavero | None:
    """The keys that are not retired; None before the first."""
    emisor = session.exec(select(Despliegue.emisor)).first()
    rows = session.exec(select(ClaveFirma).where(col(ClaveFirma.retirada).is_(None))).all()
    if emisor is None or not rows:
        return None
    claves = [Clave(row.kid, _privada(row.privada), row.firma_desde or row.creada) for row in rows]
    return Llavero(emisor, sorted(claves, key=lambda clave: (clave.desde, clave.kid)))


def primera(session: Session, ahora: datetime) -> None:
    """The first signing key, unless another process made it meanwhile."""
    despliegue(session, ahora)
    if llavero(session) is None:
        _crear(session, ahora, ahora)


def rotar(session: Session, ahora: datetime, firma_desde: datetime) -> ClaveFirma:
    """A new key, published from now on and signing from `firma_desde`; the others verify until their time."""
    despliegue(session, ahora)
    return _crear(session, ahora, firma_desde)


def rotar_si_toca(session: Session, ahora: datetime, edad: timedelta, firma_desde: datetime) -> bool:
    """Rotate when the last key has signed for `edad`. Whether it did."""
    despliegue(session, ahora)
    actual = llavero(session)
    if actual is None or actual.ultima().desde + edad > ahora:
        return False
    _crear(session, ahora, firma_desde)
    return True


def retirar(session: Session, kids: Sequence[str], ahora: datetime) -> None:
    """These keys verify nothing any more, and could sign nothing either."""
    session.execute(
        update(ClaveFirma)
        .where(col(ClaveFirma.kid).in_(kids), col(ClaveFirma.retirada).is_(None))
        .values(retirada=ahora, activa=False, privada=_BORRADA)
    )


def _crear(session: Session, ahora: datetime, firma_desde: datetime) -> ClaveFirma:
    session.execute(update(ClaveFirma).where(col(ClaveFirma.activa)).values(activa=False))
    clave = ClaveFirma(
        kid=new_id("fir"), privada=_pem(), activa=True, creada=ahora, firma_desde=firma_desde, retirada=None
    )
    session.add(clave)
    session.flush()
    return clave


def _pem() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _privada(pem: str) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("a signing key that is not Ed25519")
    return key
