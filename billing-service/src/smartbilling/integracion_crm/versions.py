"""Which fields each version of the contract has: an older CRM is never sent a newer one."""

from collections.abc import Mapping
from typing import Any

OLDEST = "1.0"
"""What a CRM speaks whose version is not known yet."""

DESDE: Mapping[str, str] = {}
"""Field → the version that brought it, for every field newer than 1.0."""


def para_contrato(body: Mapping[str, Any], contrato: str, desde: Mapping[str, str] = DESDE) -> dict[str, Any]:
    """`body` without the fields that a CRM of version `contrato` does not know."""
    spoken = _version(contrato)
    return {name: value for name, value in body.items() if _version(desde.get(name, OLDEST)) <= spoken}


def is_version(text: str) -> bool:
    """Whether `text` is a version, such as `1.0`."""
    parts = text.split(".")
    return all(part.isascii() and part.isdecimal() for part in parts)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
