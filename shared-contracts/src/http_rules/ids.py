"""Identifiers: a prefix that says what it is, and a UUIDv7, which sorts by time."""

import re
from typing import Annotated

from fastapi import Path
from uuid_utils import uuid7

_ID = re.compile(r"[a-z]{3}_[0-9a-f]{32}", re.ASCII)


def new_id(prefix: str) -> str:
    """A fresh id such as `pag_0193…`: opaque, unguessable, never reused."""
    return f"{prefix}_{uuid7().hex}"


def is_id(text: str, prefix: str) -> bool:
    """Whether `text` has the form of an id of this kind."""
    return text.startswith(f"{prefix}_") and _ID.fullmatch(text) is not None


IdEnRuta = Annotated[
    str, Path(pattern=r"^[a-z]{3}_[0-9a-f]{32}$", examples=["fac_0193e2b0c1d27f3a8b4c5d6e7f809102"])
]
"""An id in a path. One of another form is the id of nothing: 404, as `problems` answers it."""
