"""The keys of the issuer that the CRM trusts.

Guarantee: a token of billing is verified without asking billing, also while it is down and after a restart
of the CRM; a key that billing no longer publishes is no longer trusted; forged tokens, however many, make
billing answer at most once in a few seconds and hold no more than a few threads, for seconds.
Kept by: the key set, in memory and in the database; it is asked for again in the background, and by a request
that names an unknown key, one at a time and not soon after the last.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import delete
from sqlmodel import col, select

from contratos import Overloaded, Unauthenticated
from http_rules import Clock
from http_rules.tokens import public_key
from storage import Database

from .models import ClaveEmisor

_log = structlog.get_logger()

_TIMEOUT = 2.0
_AFTER_SUCCESS = 2.0
_AFTER_FAILURE = 0.25
_WAITING = 6
"""How many requests may wait at once to hear billing's keys: fewer than there are threads to serve others."""
_LARGEST = 64 * 1024


class JwksUnreadable(Exception):
    """Billing's answer is not a JWKS with its issuer."""


class IssuerUnknown(Overloaded):
    """Billing was never heard: nobody can tell whether a token is its."""

    code = "emisor_no_disponible"


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key, and whose."""

    issuer: str
    key: Ed25519PublicKey


class Issuer:
    """Billing's keys, as published at `url`."""

    def __init__(self, url: str, database: Database, clock: Clock) -> None:
        self._url, self._database, self._clock = url, database, clock
        self._keys: dict[str, TrustedKey] = {}
        self._asking = threading.Lock()
        self._places = threading.BoundedSemaphore(_WAITING)
        self._attempts = 0
        self._next_attempt = 0.0
        self._last_failed = True

    def load(self) -> None:
        """Take the keys that the database kept."""
        with self._database.reading() as session:
            rows = session.exec(select(ClaveEmisor)).all()
            self._keys = {row.kid: TrustedKey(row.emisor, public_key(row.jwk)) for row in rows}

    def key(self, kid: str) -> TrustedKey:
        """The key of that name.

        Raises Unauthenticated when billing has none, IssuerUnknown while no key of billing's is known at all,
        Overloaded when many wait to hear them.
        """
        found = self._keys.get(kid)
        if found is None:
            self._ask_for(kid)
            found = self._keys.get(kid)
        if found is None and not self._keys:
            raise IssuerUnknown("Aún no se conocen las claves de facturación: repítelo en unos segundos.")
        if found is None:
            raise Unauthenticated("El token no es de un emisor conocido: entra otra vez para tener otro.")
        return found

    def refresh(self) -> bool:
        """Ask billing for its keys now. Whether it answered."""
        with self._asking:
            return self._refresh()

    def _ask_for(self, kid: str) -> None:
        """Ask billing, unless it was heard a moment ago; whoever comes meanwhile waits for it too."""
        if not self._last_failed and time.monotonic() < self._next_attempt:
            return
        if not self._places.acquire(blocking=False):
            raise Overloaded("Se están comprobando muchas credenciales: repítelo en unos segundos.")
        try:
            before = self._attempts
            with self._asking:
                if kid in self._keys or self._attempts != before:
                    return
                time.sleep(max(0.0, self._next_attempt - time.monotonic()))
                self._refresh()
        finally:
            self._places.release()

    def _refresh(self) -> bool:
        self._attempts += 1
        try:
            document = _fetch(self._url)
            keys = _trusted(document)
        except (OSError, ValueError, JwksUnreadable) as error:
            self._last_failed, self._next_attempt = True, time.monotonic() + _AFTER_FAILURE
            _log.warning("claves_de_facturacion_no_disponibles", motivo=type(error).__name__)
            return False
        if keys != self._keys:
            self._keep(document)
        self._keys = keys
        self._last_failed, self._next_attempt = False, time.monotonic() + _AFTER_SUCCESS
        return True

    def _keep(self, document: Mapping[str, Any]) -> None:
        with self._database.unit_of_work() as session:
            kids = [row["kid"] for row in document["keys"]]
            session.execute(delete(ClaveEmisor).where(col(ClaveEmisor.kid).not_in(kids)))
            for row in document["keys"]:
                session.merge(
                    ClaveEmisor(kid=row["kid"], emisor=document["issuer"], jwk=row, obtenida=self._clock())
                )


def _fetch(url: str) -> Any:
    import httpx  # noqa: PLC0415 - only a CRM beside a billing needs it

    try:
        with httpx.stream("GET", url, timeout=_TIMEOUT, trust_env=False) as answer:
            answer.raise_for_status()
            raw = bytearray()
            deadline = time.monotonic() + _TIMEOUT
            for chunk in answer.iter_bytes():
                raw += chunk
                if len(raw) > _LARGEST or time.monotonic() > deadline:
                    raise JwksUnreadable
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise JwksUnreadable from error
    return json.loads(raw)


def _trusted(document: Any) -> dict[str, TrustedKey]:
    try:
        issuer, rows = document["issuer"], document["keys"]
        keys = {row["kid"]: TrustedKey(issuer, public_key(row)) for row in rows}
    except (KeyError, TypeError, AttributeError) as error:
        raise JwksUnreadable from error
    if not keys or not isinstance(issuer, str) or not all(isinstance(kid, str) for kid in keys):
        raise JwksUnreadable
    return keys
