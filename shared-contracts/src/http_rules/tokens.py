"""Tokens that open both services: JWT, EdDSA (RFC 8037), short-lived, void once their bearer is revoked."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.algorithms import OKPAlgorithm
from pydantic import BaseModel, ConfigDict

from contratos import Scope, Unauthenticated
from contratos.identidad import SERVICIO_BILLING

from .identity import Identity

_ALGORITHM = "EdDSA"
LEEWAY = timedelta(seconds=30)
"""How far apart the clocks of who signs and who verifies may be."""

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REQUIRED = ["iss", "aud", "sub", "exp", "iat", "empresa_id", "scopes"]
_NOT_A_TOKEN = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError)


class _Claims(BaseModel):
    """Who a token speaks for. Scopes that this version does not know count for nothing."""

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)

    exp: float
    iat: float
    emitido: int | None = None
    sub: str
    empresa_id: str
    scopes: list[str]
    rol: str | None = None

    def identity(self) -> Identity:
        known = frozenset(Scope(scope) for scope in self.scopes if scope in set(Scope))
        return Identity(sub=self.sub, empresa_id=self.empresa_id, rol=self.rol, scopes=known)

    def issued(self) -> datetime:
        """When it was issued; the earliest it may have been, if it says so in whole seconds only."""
        return instant(int(self.iat) * 1000 if self.emitido is None else self.emitido)


def sign(
    private_key: Ed25519PrivateKey,
    key_id: str,
    identity: Identity,
    *,
    issuer: str,
    audience: str | list[str],
    now: datetime,
    lifetime: timedelta,
) -> str:
    """A token that says who `identity` is, from `now` and for `lifetime`."""
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": identity.sub,
        "empresa_id": identity.empresa_id,
        "rol": identity.rol,
        "scopes": sorted(identity.scopes),
        "iat": int(now.timestamp()),
        "emitido": milliseconds(now),
        "exp": int((now + lifetime).timestamp()),
    }
    return jwt.encode(claims, private_key, algorithm=_ALGORITHM, headers={"kid": key_id})


def key_id(token: str) -> str:
    """The id of the key that a token says it was signed with. Raises Unauthenticated when it names none."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except _NOT_A_TOKEN:
        raise _rejected() from None
    if not isinstance(kid, str):
        raise _rejected()
    return kid


def verify(token: str, key: Ed25519PublicKey, *, audience: str, issuer: str, now: datetime) -> Identity:
    """Who a token speaks for. Raises Unauthenticated when it is forged, foreign, malformed or expired."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=audience,
            issuer=issuer,
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        said = _Claims.model_validate(claims)
    except _NOT_A_TOKEN:
        raise _rejected() from None
    if now.timestamp() > said.exp + LEEWAY.total_seconds():
        raise Unauthenticated("La sesión ha caducado: renueva el token o vuelve a entrar.")
    if said.iat > now.timestamp() + 10 * LEEWAY.total_seconds():
        raise _rejected()
    try:
        return replace(said.identity(), emitido=said.issued())
    except OverflowError:
        raise _rejected() from None


def milliseconds(moment: datetime) -> int:
    """An instant as a token and a revocation carry it: whole milliseconds since 1970."""
    return (moment - _EPOCH) // _MILLISECOND


def instant(milliseconds: int) -> datetime:
    """The instant that a token or a revocation carries. Raises OverflowError when there is none such."""
    return _EPOCH + milliseconds * _MILLISECOND


def bearer(empresa_id: str, sub: str = "") -> str:
    """How a revocation names a user of a company, or all of them: by a digest, for everybody may read it."""
    return hashlib.sha256(f"{empresa_id} {sub}".encode()).hexdigest()


def is_void(identity: Identity, void_until: Mapping[str, datetime]) -> bool:
    """Whether the token that `identity` came with was issued until its bearer, by `bearer`, was revoked.

    Billing's own tokens are nobody's, and outlive nobody.
    """
    if not void_until or identity.emitido is None or identity.sub == SERVICIO_BILLING:
        return False
    names = bearer(identity.empresa_id, identity.sub), bearer(identity.empresa_id)
    return any(name in void_until and identity.emitido <= void_until[name] for name in names)


def jwk(public_key: Ed25519PublicKey, key_id: str) -> dict[str, Any]:
    """A public key as it stands in a JWKS document (RFC 7517)."""
    return OKPAlgorithm.to_jwk(public_key, as_dict=True) | {"kid": key_id, "use": "sig", "alg": _ALGORITHM}


def public_key(document: Mapping[str, Any]) -> Ed25519PublicKey:
    """The key of one row of a JWKS document. Raises ValueError when it is not an Ed25519 public key."""
    try:
        key = OKPAlgorithm.from_jwk(dict(document))
    except (*_NOT_A_TOKEN, AttributeError) as error:
        raise ValueError("not an Ed25519 JWK") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public JWK")  # noqa: TRY004 - its value is wrong, not its type
    return key


def _rejected() -> Unauthenticated:
    return Unauthenticated("El token no es válido: vuelve a entrar para conseguir otro.")
