"""Spanish tax identification numbers: NIF of persons and organisations, and NIE.

Control characters: RD 1065/2007 arts. 18-22, Orden EHA/451/2008 (organisations).
"""

import re
from functools import lru_cache
from typing import Literal

from stdnum.es import nif as _nif

_SEPARATORS = re.compile(r"[\s.\-/]+")
_ORGANISATION = frozenset("ABCDEFGHJNPQRSUVW")
_SHAPE = re.compile(r"[0-9A-Z][0-9]{7}[0-9A-Z]", re.ASCII)


def normalise_nif(text: str) -> str:
    """`text` in capitals, without blanks, points, hyphens or slashes, nor the prefix `ES`."""
    bare = _SEPARATORS.sub("", text)
    bare = bare.upper() if bare.isascii() else bare  # the capital of "ſ" is an S that nobody wrote
    return bare[2:] if len(bare) == 11 and bare.startswith("ES") else bare  # noqa: PLR2004 - ES + 9


@lru_cache(maxsize=4096)  # an invoice asks several times for the same few numbers
def is_valid_nif(text: str) -> bool:
    """Whether `text`, once normalised, is a NIF (a person's, an organisation's or a NIE) with its control."""
    number = normalise_nif(text)
    return _SHAPE.fullmatch(number) is not None and _nif.is_valid(number)


def nif_kind(number: str) -> Literal["fisica", "juridica"]:
    """Whether a normalised NIF names a natural person or an organisation."""
    return "juridica" if number[:1] in _ORGANISATION else "fisica"
