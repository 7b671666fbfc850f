"""Secrets made here: shown once, and recognised afterwards by their SHA-256."""

import hashlib
import secrets

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are read as one another
_GROUPS, _GROUP = 4, 5


def huella(secret: str) -> str:
    """The SHA-256 by which a secret of high entropy is looked up, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def nueva_clave_api() -> str:
    """A new API key: 256 bits, with a prefix that secret scanners can look for."""
    return f"sbk_{secrets.token_urlsafe(32)}"


def nuevo_testigo() -> str:
    """The secret part of a refresh token: 256 bits."""
    return secrets.token_urlsafe(32)


def clave_inventada() -> str:
    """A password made up for a user, such as `k7mqp-3xw9d-hn2rt-8vbcz`: 99 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
