"""Which number formats of a spreadsheet show a day or an instant. Pure."""

import re

_BUILT_IN = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
"""ECMA-376, 18.8.30, with those of other languages."""

_NOT_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DAY = re.compile("[ymdhs]", re.IGNORECASE)


def is_date(number: int, code: str) -> bool:
    """Whether the format with that number, and its code where the book defines it, is of days or hours."""
    if not code:
        return number in _BUILT_IN
    bare = _NOT_CODE.sub("", code.split(";", maxsplit=1)[0])
    return _DAY.search(bare) is not None and bare.lower() != "general"
