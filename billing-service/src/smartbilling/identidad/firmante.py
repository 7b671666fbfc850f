"""Who signs this installation's tokens, and who checks them."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlmodel import Session, col, select

from contratos import Unauthenticated
from contratos.identidad import AUDIENCIA_BILLING, AUDIENCIA_CRM, SCOPES_DEL_SERVICIO, SERVICIO_BILLING
from http_rules import Clock, Identity, new_id
from http_rules.tokens import jwk, key_id, sign, verify
from storage import Database, insert_or_ignore

from .models import ClaveFirma, Despliegue

VIGENCIA = timedelta(minutes=15)
"""How long a user's token opens both services."""

VIGENCIA_SERVICIO = timedelta(minutes=5)
"""How long billing's own token opens the CRM for one company."""

_MARGEN = timedelta(minutes=1)
_UNICO = 1


@dataclass(frozen=True, slots=True)
class _Llavero:
    """The keys as the database has them: `privada`, named `kid`, signs; each of `publicas` verifies."""

    emisor: str
    kid: str
    privada: Ed25519PrivateKey
    publicas: Mapping[str, Ed25519PublicKey]


class Firmante:
    """Signs and checks tokens with the keys in the database. The first is made when there is none.

    To rotate: add a row that is `activa` in the old one's place, and set `retirada` on the old one once its
    tokens have expired. Processes learn of a new key when they first see it, and sign with it once restarted.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._guard = threading.Lock()
        self._llavero: _Llavero | None = None
        self._de_servicio: dict[str, tuple[str, datetime]] = {}

    def preparar(self) -> None:
        """Read the keys; make them at the first start."""
        with self._guard:
            if self._llavero is None:
                self._llavero = self._leer() or self._crear()

    def firmar(self, identity: Identity, ahora: datetime) -> str:
        """A user's token for one company, good for both services during `VIGENCIA`."""
        return self._firmar(identity, [AUDIENCIA_BILLING, AUDIENCIA_CRM], ahora, VIGENCIA)

    def token_de_servicio(self, empresa_id: str, ahora: datetime) -> str:
        """With which billing itself calls the CRM for one company; the same until it nearly expires."""
        token, hecho = self._de_servicio.get(empresa_id, ("", None))
        if hecho is None or not hecho <= ahora < hecho + VIGENCIA_SERVICIO - _MARGEN:
            identity = Identity(SERVICIO_BILLING, empresa_id, SCOPES_DEL_SERVICIO)
            token = self._firmar(identity, AUDIENCIA_CRM, ahora, VIGENCIA_SERVICIO)
            self._de_servicio[empresa_id] = (token, ahora)
        return token

    def verificar(self, token: str, ahora: datetime) -> Identity:
        """Who a token speaks for here. Raises Unauthenticated when it is forged, foreign or expired."""
        kid = key_id(token)
        llavero = self._llaves()
        if kid not in llavero.publicas:
            llavero = self._releer()
        publica = llavero.publicas.get(kid)
        if publica is None:
            raise Unauthenticated("El token no es válido: vuelve a entrar para conseguir otro.")
        return verify(token, publica, audience=AUDIENCIA_BILLING, issuer=llavero.emisor, now=ahora)

    def jwks(self) -> tuple[str, list[dict[str, Any]]]:
        """The issuer of the tokens and the public keys that verify them (RFC 7517)."""
        llavero = self._releer()
        return llavero.emisor, [jwk(publica, kid) for kid, publica in llavero.publicas.items()]

    def _firmar(
        self, identity: Identity, audience: str | list[str], ahora: datetime, lifetime: timedelta
    ) -> str:
        llavero = self._llaves()
        return sign(
            llavero.privada,
            llavero.kid,
            identity,
            issuer=llavero.emisor,
            audience=audience,
            now=ahora,
            lifetime=lifetime,
        )

    def _llaves(self) -> _Llavero:
        if self._llavero is None:
            self.preparar()
        if self._llavero is None:
            raise RuntimeError("no signing key")
        return self._llavero

    def _releer(self) -> _Llavero:
        """What the database has now: another process may have added a key or retired one."""
        self._llavero = self._leer() or self._llaves()
        return self._llavero

    def _leer(self) -> _Llavero | None:
        with self._database.reading() as session:
            return _llavero(session)

    def _crear(self) -> _Llavero:
        ahora = self._clock()
        with self._database.unit_of_work() as session:
            _nueva_clave(session, ahora)
            made = _llavero(session)
        if made is None:
            raise RuntimeError("no signing key")
        return made


def despliegue(session: Session, ahora: datetime) -> Despliegue:
    """The row of this installation, locked; made if it is not there."""
    values = {"id": _UNICO, "emisor": f"urn:smartbilling:{uuid4()}", "creado": ahora}
    session.execute(insert_or_ignore(session, Despliegue, values))
    return session.exec(select(Despliegue).with_for_update()).one()


def _nueva_clave(session: Session, ahora: datetime) -> None:
    """The first signing key, unless another process made it meanwhile."""
    despliegue(session, ahora)
    if session.exec(select(ClaveFirma.kid).where(ClaveFirma.activa)).first() is None:
        session.add(ClaveFirma(kid=new_id("fir"), privada=_pem(), activa=True, creada=ahora, retirada=None))
        session.flush()


def _pem() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _llavero(session: Session) -> _Llavero | None:
    emisor = session.exec(select(Despliegue.emisor)).first()
    rows = session.exec(
        select(ClaveFirma).where(col(ClaveFirma.retirada).is_(None)).order_by(col(ClaveFirma.creada))
    ).all()
    privadas = {row.kid: _privada(row.privada) for row in rows}
    activa = next((row.kid for row in rows if row.activa), None)
    if emisor is None or activa is None:
        return None
    return _Llavero(
        emisor, activa, privadas[activa], {kid: privada.public_key() for kid, privada in privadas.items()}
    )


def _privada(pem: str) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("a signing key that is not Ed25519")
    return key
