"""What people write in cells, as the API takes it: numbers, days, truths, lists. Pure.

What cannot be read so is handed on as it stands, and the schema says what is wrong with it.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crm.busqueda import fold
from crm.tablas import Value, split

Kind = str
"""`texto`, `numero`, `fecha`, `booleano`, `lista`, or the field of an object of which a list is made."""

_AROUND = re.compile(r"[\s€$£%\u00a0\u202f']|EUR|euros?", re.IGNORECASE)
_GROUPED = {",": re.compile(r"[-+]?\d{1,3}(\.\d{3})+"), ".": re.compile(r"[-+]?\d{1,3}(,\d{3})+")}
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(\s.*)?")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]00:00(:00(\.0+)?)?)?")
_PIVOT = 70
_YES = frozenset(["si", "s", "yes", "y", "true", "verdadero", "cierto", "1", "x", "v"])
_NO = frozenset(["no", "n", "false", "falso", "0", "f"])


def value_of(cell: Value, kind: Kind, decimal: str | None) -> Any:
    """A cell as JSON has a value of that kind; `decimal` is the decimal sign of its column."""
    text = cell if isinstance(cell, str) else plain(cell)
    match kind:
        case "texto":
            return text
        case "numero":
            return number(text, decimal) if isinstance(cell, str) else text
        case "fecha":
            return day(text)
        case "booleano":
            return truth(text)
        case "lista":
            return _json_list(text) or split(text)
    return _json_list(text) or [{kind: one} for one in _objects(text, kind)]


def plain(number: Decimal) -> str:
    """A number without needless zeros, nor exponent."""
    return f"{number.normalize():f}"


def number(text: str, decimal: str | None) -> str:
    """`1.234,56` and `1,234.56` as `1234.56`. Where a number says nothing of its sign, its column does.

    Where that does not either, it is as Spain writes it: the point separates thousands.
    """
    bare = _AROUND.sub("", text)
    signs = [sign for sign in ",." if sign in bare]
    if not signs:
        return bare or text
    if len(signs) == 2:  # noqa: PLR2004 - both signs: the last one is the decimal
        sign = max(signs, key=bare.rindex)
    elif bare.count(signs[0]) > 1:
        sign = "," if signs[0] == "." else "."
    elif decimal is not None:
        sign = decimal
    else:
        sign = "," if _GROUPED[","].fullmatch(bare) else signs[0]
    other = "," if sign == "." else "."
    return bare.replace(other, "").replace(sign, ".")


def day(text: str) -> str:
    """A day as `2026-11-24`, from `24/11/2026`, `24-11-26` or an instant at midnight."""
    if iso := _ISO.fullmatch(text.strip()):
        return iso.group(1)
    if given := _DAY_FIRST.fullmatch(text.strip()):
        dia, mes, anio = (int(part) for part in given.groups()[:3])
        if anio < 100:  # noqa: PLR2004 - two digits
            anio += 1900 if anio >= _PIVOT else 2000
        return f"{anio:04}-{mes:02}-{dia:02}"
    return text


def truth(text: str) -> bool | str:
    """Sí or no, however it is said."""
    word = fold(text.strip())
    return True if word in _YES else False if word in _NO else text


def word_of(text: str, words: Mapping[str, str]) -> str:
    """The value that a word stands for: `words` has those that stand for each, folded, with commas."""
    said = fold(text.strip())
    for value, others in words.items():
        if said == value or said in others.split(", "):
            return value
    return text


def _objects(text: str, kind: Kind) -> list[str]:
    return [line for line in text.splitlines() if line.strip()] if kind == "direccion" else split(text)


def _json_list(text: str) -> list[Any] | None:
    """The list that a cell has as JSON, as exports write it."""
    if not text.startswith("["):
        return None
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, list) else None
