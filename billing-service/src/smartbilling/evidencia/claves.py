"""The key that signs evidence: made once, kept for ever, so that what it signed can always be checked."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlmodel import Session, col, select

from http_rules import new_id
from storage import Database, insert_or_ignore

from .models import ClaveEvidencia


@dataclass(frozen=True, slots=True)
class Publica:
    """The public part of a key: `clave` is its 32 bytes in base64, `huella` their SHA-256 in hex."""

    kid: str
    clave: str
    huella: str
    creada: datetime
    activa: bool


@dataclass(frozen=True, slots=True)
class Firma:
    """The key that signs now."""

    kid: str
    privada: Ed25519PrivateKey

    def firmar(self, texto: bytes) -> bytes:
        """The signature of `texto`: 64 bytes."""
        return self.privada.sign(texto)


class Llaves:
    """The public parts of every key of the deployment, to check what they signed."""

    def __init__(self, publicas: Mapping[str, Ed25519PublicKey]) -> None:
        self._publicas = publicas

    def comprueba(self, kid: str, texto: bytes, firma: bytes) -> bool:
        """Whether the key of that name signed `texto`."""
        publica = self._publicas.get(kid)
        if publica is None:
            return False
        try:
            publica.verify(firma, texto)
        except InvalidSignature:
            return False
        return True


def firma(session: Session) -> Firma | None:
    """The key that signs; None before the first."""
    row = session.exec(select(ClaveEvidencia).where(col(ClaveEvidencia.activa))).first()
    return None if row is None else Firma(row.kid, _privada(row.privada))


def asegurar(database: Database, ahora: datetime) -> Firma:
    """The key that signs, made if there is none: by one process, however many start at once."""
    with database.reading() as session:
        found = firma(session)
    if found is not None:
        return found
    privada = Ed25519PrivateKey.generate()
    values = {
        "kid": new_id("evi"),
        "publica": _en_base64(privada.public_key()),
        "privada": _pem(privada),
        "activa": True,
        "creada": ahora,
    }
    with database.unit_of_work() as session:
        session.execute(insert_or_ignore(session, ClaveEvidencia, values))
        made = firma(session)
    if made is None:
        raise RuntimeError("no evidence key")
    return made


def publicas(session: Session) -> list[Publica]:
    """Every key that ever signed, the first one first."""
    rows = session.exec(select(ClaveEvidencia).order_by(col(ClaveEvidencia.creada), col(ClaveEvidencia.kid)))
    return [
        Publica(row.kid, row.publica, huella_de(base64.b64decode(row.publica)), row.creada, row.activa)
        for row in rows
    ]


def llaves(session: Session) -> Llaves:
    """What checks the signatures of every key that ever signed."""
    return Llaves(
        {
            una.kid: Ed25519PublicKey.from_public_bytes(base64.b64decode(una.clave))
            for una in publicas(session)
        }
    )


def huella_de(publica: bytes) -> str:
    """The fingerprint by which people compare a key: SHA-256 of its 32 bytes, in hex."""
    return hashlib.sha256(publica).hexdigest()


def _en_base64(publica: Ed25519PublicKey) -> str:
    return base64.b64encode(publica.public_bytes_raw()).decode()


def _pem(privada: Ed25519PrivateKey) -> str:
    return privada.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _privada(pem: str) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("an evidence key that is not Ed25519")
    return key
