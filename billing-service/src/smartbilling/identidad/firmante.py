"""Who signs this installation's tokens, and who checks them."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any

from contratos import Unauthenticated
from contratos.identidad import AUDIENCIA_BILLING, AUDIENCIA_CRM, SCOPES_DEL_SERVICIO, SERVICIO_BILLING
from http_rules import Clock, Identity
from http_rules.tokens import LEEWAY, jwk, key_id, sign, verify
from storage import Database

from . import claves_firma
from .claves_firma import Llavero

VIGENCIA = timedelta(minutes=15)
"""How long a user's token opens both services."""

VIGENCIA_SERVICIO = timedelta(minutes=5)
"""How long billing's own token opens the CRM for one company."""

EDAD = timedelta(days=90)
"""How long a key signs, unless the settings say otherwise."""

REPASO = 15.0
"""Every how many seconds a process looks at the keys, unless the settings say otherwise."""

_REPASOS_DE_ANTELACION = 4
_MARGEN = timedelta(minutes=1)
_SEGUIDAS = 1.0
"""Seconds for which a key that is not there is not looked for again: forged tokens cost no query each."""


class Firmante:
    """Signs and checks tokens with the keys in the database. The first is made when there is none.

    Every process looks at them each `repaso` seconds, makes a new one once the last has signed for `edad`,
    and retires those that no token needs. A new key signs only when every process, and a CRM that asks as
    often, has seen it.
    """

    def __init__(
        self, database: Database, clock: Clock, *, edad: timedelta = EDAD, repaso: float = REPASO
    ) -> None:
        self._database, self._clock = database, clock
        self._edad, self._antelacion = edad, antelacion(repaso)
        self._guard = threading.Lock()
        self._llavero: Llavero | None = None
        self._leido = 0.0
        self._de_servicio: dict[str, tuple[str, str, datetime]] = {}

    def preparar(self) -> None:
        """Read the keys; make them at the first start."""
        with self._guard:
            if self._llavero is None:
                self._llavero = self._leer() or self._crear()

    def repasar(self) -> None:
        """Take what the database has now; rotate and retire what is due. To be called again and again."""
        llavero, ahora = self._releer(), self._clock()
        toca = llavero.ultima().desde + self._edad <= ahora
        acabadas = llavero.acabadas(ahora, VIGENCIA + LEEWAY + self._antelacion)
        if not toca and not acabadas:
            return
        with self._database.unit_of_work() as session:
            if toca:
                claves_firma.rotar_si_toca(session, ahora, self._edad, ahora + self._antelacion)
            claves_firma.retirar(session, acabadas, ahora)
        self._releer()

    def firmar(self, identity: Identity, ahora: datetime) -> str:
        """A user's token for one company, good for both services during `VIGENCIA`."""
        return self._firmar(identity, [AUDIENCIA_BILLING, AUDIENCIA_CRM], ahora, VIGENCIA)

    def token_de_servicio(self, empresa_id: str, ahora: datetime) -> str:
        """With which billing itself calls the CRM for one company; the same until it or its key is spent."""
        kid = self._llaves().firma(ahora).kid
        token, con, hecho = self._de_servicio.get(empresa_id, ("", "", None))
        if hecho is None or con != kid or not hecho <= ahora < hecho + VIGENCIA_SERVICIO - _MARGEN:
            identity = Identity(SERVICIO_BILLING, empresa_id, SCOPES_DEL_SERVICIO)
            token = self._firmar(identity, AUDIENCIA_CRM, ahora, VIGENCIA_SERVICIO)
            self._de_servicio[empresa_id] = (token, kid, ahora)
        return token

    def verificar(self, token: str, ahora: datetime) -> Identity:
        """Who a token speaks for here. Raises Unauthenticated when it is forged, foreign or expired."""
        kid = key_id(token)
        llavero = self._llaves()
        clave = _de_nombre(llavero, kid)
        if clave is None and time.monotonic() - self._leido > _SEGUIDAS:
            llavero = self._releer()
            clave = _de_nombre(llavero, kid)
        if clave is None:
            raise Unauthenticated("El token no es válido: vuelve a entrar para conseguir otro.")
        publica = clave.privada.public_key()
        return verify(token, publica, audience=AUDIENCIA_BILLING, issuer=llavero.emisor, now=ahora)

    def jwks(self) -> tuple[str, list[dict[str, Any]]]:
        """The issuer of the tokens and the public keys that verify them (RFC 7517)."""
        llavero = self._releer()
        return llavero.emisor, [jwk(clave.privada.public_key(), clave.kid) for clave in llavero.claves]

    def _firmar(
        self, identity: Identity, audience: str | list[str], ahora: datetime, lifetime: timedelta
    ) -> str:
        llavero = self._llaves()
        clave = llavero.firma(ahora)
        return sign(
            clave.privada,
            clave.kid,
            identity,
            issuer=llavero.emisor,
            audience=audience,
            now=ahora,
            lifetime=lifetime,
        )

    def _llaves(self) -> Llavero:
        if self._llavero is None:
            self.preparar()
        if self._llavero is None:
            raise RuntimeError("no signing key")
        return self._llavero

    def _releer(self) -> Llavero:
        """What the database has now: another process may have added a key or retired one."""
        self._llavero = self._leer() or self._llaves()
        self._leido = time.monotonic()
        return self._llavero

    def _leer(self) -> Llavero | None:
        with self._database.reading() as session:
            return claves_firma.llavero(session)

    def _crear(self) -> Llavero | None:
        with self._database.unit_of_work() as session:
            claves_firma.primera(session, self._clock())
            return claves_firma.llavero(session)


def antelacion(repaso: float) -> timedelta:
    """How long before it signs a key is published, where every process looks each `repaso` seconds."""
    return timedelta(seconds=_REPASOS_DE_ANTELACION * repaso)


def _de_nombre(llavero: Llavero, kid: str) -> claves_firma.Clave | None:
    return next((clave for clave in llavero.claves if clave.kid == kid), None)
