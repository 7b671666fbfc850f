"""The keys of the issuer that the CRM trusts, and whose tokens it no longer stands for.

Guarantee: a token of billing is verified without asking billing, also while it is down and after a restart
of the CRM; a key that billing no longer publishes is no longer trusted, and a token that it has revoked opens
nothing, once it was heard again; forged tokens, however many, make billing answer at most once in a few
seconds and hold no more than a few threads, for seconds.
Kept by: the key set and the revocations, in memory and in the database; they are asked for again in the
background, and by a request that names an unknown key, one at a time and not soon after the last.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import delete
from sqlmodel import col, select

from contratos import Overloaded, Unauthenticated
from http_rules import Clock
from http_rules.tokens import instant, public_key
from storage import Database, upsert

from .models import ClaveEmisor, RevocacionEmisor

_log = structlog.get_logger()

_TIMEOUT = 2.0
_AFTER_SUCCESS = 2.0
_AFTER_FAILURE = 0.25
_WAITING = 6
"""How many requests may wait at once to hear billing's keys: fewer than there are threads to serve others."""
_LARGEST = 1024 * 1024
_REMEMBERED = timedelta(hours=1)
"""How long a revocation is kept: much longer than any token that it voids."""


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


@dataclass(frozen=True, slots=True)
class _Published:
    """What billing publishes: its keys, and until when whose tokens are void."""

    keys: Mapping[str, TrustedKey] = field(default_factory=dict)
    void_until: Mapping[str, datetime] = field(default_factory=dict)


class Issuer:
    """Billing's keys and revocations, as published at `url`."""

    def __init__(self, url: str, database: Database, clock: Clock) -> None:
        self._url, self._database, self._clock = url, database, clock
        self._known = self._kept = _Published()
        self._asking = threading.Lock()
        self._places = threading.BoundedSemaphore(_WAITING)
        self._attempts = 0
        self._next_attempt = 0.0
        self._last_failed = True
        self._heard = time.monotonic()

    def silence(self) -> float:
        """Seconds since billing's keys were last heard by this process, or since its start."""
        return time.monotonic() - self._heard

    @property
    def void_until(self) -> Mapping[str, datetime]:
        """Until when whose tokens are void, for `tokens.is_void`."""
        return self._known.void_until

    def load(self) -> None:
        """Take what the database kept: what this process heard, or another one."""
        with self._database.reading() as session:
            keys = session.exec(select(ClaveEmisor)).all()
            revoked = session.exec(select(RevocacionEmisor)).all()
        self._known = self._kept = _Published(
            {row.kid: TrustedKey(row.emisor, public_key(row.jwk)) for row in keys},
            {row.quien: row.antes for row in revoked},
        )

    def key(self, kid: str) -> TrustedKey:
        """The key of that name.

        Raises Unauthenticated when billing has none, IssuerUnknown while no key of billing's is known at all,
        Overloaded when many wait to hear them.
        """
        found = self._known.keys.get(kid)
        if found is None:
            self._ask_for(kid)
            found = self._known.keys.get(kid)
        if found is None and not self._known.keys:
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
                if kid in self._known.keys or self._attempts != before:
                    return
                time.sleep(max(0.0, self._next_attempt - time.monotonic()))
                self._refresh()
        finally:
            self._places.release()

    def _refresh(self) -> bool:
        self._attempts += 1
        try:
            document = _fetch(self._url)
            published = _Published(_trusted(document), self._still_void(_revoked(document)))
        except (OSError, ValueError, JwksUnreadable) as error:
            self._last_failed, self._next_attempt = True, time.monotonic() + _AFTER_FAILURE
            _log.warning("claves_de_facturacion_no_disponibles", motivo=type(error).__name__)
            self._take_what_others_heard()
            return False
        self._known = published
        self._heard = time.monotonic()
        self._last_failed, self._next_attempt = False, self._heard + _AFTER_SUCCESS
        if published != self._kept:
            self._keep(document, published)
            self._kept = published
        return True

    def _take_what_others_heard(self) -> None:
        """Another process of the CRM may have reached billing; what this one could not keep stays, though."""
        if self._known is self._kept:
            self.load()

    def _still_void(self, said: Mapping[str, datetime]) -> dict[str, datetime]:
        """What billing says now, and what it said a while ago: until no such token lives."""
        oldest = self._clock() - _REMEMBERED
        known = {who: until for who, until in self._known.void_until.items() if until > oldest}
        return known | {who: max(until, known.get(who, until)) for who, until in said.items()}

    def _keep(self, document: Mapping[str, Any], published: _Published) -> None:
        now = self._clock()
        keys = [
            {"kid": row["kid"], "emisor": document["issuer"], "jwk": row, "obtenida": now}
            for row in sorted(document["keys"], key=lambda row: str(row["kid"]))
        ]
        void = [{"quien": who, "antes": until} for who, until in sorted(published.void_until.items())]
        with self._database.unit_of_work() as session:
            session.execute(delete(ClaveEmisor).where(col(ClaveEmisor.kid).not_in(published.keys)))
            replace = ("emisor", "jwk", "obtenida")
            session.execute(upsert(session, ClaveEmisor, keys, keys=("kid",), replace=replace))
            session.execute(delete(RevocacionEmisor).where(col(RevocacionEmisor.antes) <= now - _REMEMBERED))
            if void:
                statement = upsert(session, RevocacionEmisor, [], keys=("quien",), replace=("antes",))
                session.execute(statement, void)


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


def _revoked(document: Mapping[str, Any]) -> dict[str, datetime]:
    """What an issuer has revoked, if it is one that can tell."""
    try:
        return {str(who): instant(until) for who, until in document.get("revocaciones", {}).items()}
    except (TypeError, AttributeError, OverflowError) as error:
        raise JwksUnreadable from error
