"""Signing of webhooks, as Standard Webhooks 1.0 has it (https://www.standardwebhooks.com)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

_PREFIX = "whsec_"
_BYTES = 32


def new_webhook_secret() -> str:
    """A fresh secret of 32 bytes, as receivers' libraries take it: `whsec_` and base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signed_headers(secretos: Sequence[str], message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message that is sent at `moment`, with a signature by each of `secretos`.

    The id and the body are the same whenever it is sent again; the moment and the signatures are not.
    """
    timestamp = str(int(moment.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(secreto, signed) for secreto in secretos),
    }


def _signature(secreto: str, signed: bytes) -> str:
    key = base64.b64decode(secreto.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
