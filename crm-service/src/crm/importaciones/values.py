"""What people write in cells, as the API takes it: numbers, days, truths, lists. Pure.

What cannot be read so is handed on as it stands, and the schema says what is wrong with it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from crm.busqueda import fold
from crm.tablas import Value, split
from http_rules.strict import JsonInvalido, parse

Kind = str
"""`texto`, `numero`, `entero`, `fecha`, `instante`, `booleano`, `lista`, `lineas`, or the field of an object
of which a list is made."""

_AROUND = re.compile(r"[\s€$£%\u00a0\u202f']|EUR|euros?", re.IGNORECASE)
_GROUPED = {",": re.compile(r"[-+]?\d{1,3}(\.\d{3})+"), ".": re.compile(r"[-+]?\d{1,3}(,\d{3})+")}
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(\s.*)?")
_STARTS = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?")
_TIME = re.compile(r"[ T,]*(?:a las )?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*h?s?\.?")
_WHOLE = re.compile(r"[+-]?\d{1,9}")
_PIVOT = 70
_YES = frozenset(["si", "s", "yes", "y", "true", "verdadero", "cierto", "1", "x", "v"])
_NO = frozenset(["no", "n", "false", "falso", "0", "f"])


def value_of(cell: Value, kind: Kind, decimal: str | None, zona: ZoneInfo) -> Any:
    """A cell as JSON has a value of that kind; `decimal` is the decimal sign of its column.

    An instant that does not say its zone is one of `zona`. Raises InvalidData for a list, as JSON, of text
    that no database can hold.
    """
    text = cell if isinstance(cell, str) else plain(cell)
    if kind == "numero":
        return number(text, decimal) if isinstance(cell, str) else text
    if kind == "instante":
        return instant(text, zona)
    read = _READ.get(kind)
    return read(text) if read else _json_list(text) or [{kind: one} for one in _objects(text, kind)]


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
    """A day as `2026-11-24`, from `24/11/2026`, `24-11-26`, or either with an hour, which is left out."""
    if iso := _ISO.fullmatch(text.strip()):
        return iso.group(1)
    if given := _DAY_FIRST.fullmatch(text.strip()):
        dia, mes, anio = (int(part) for part in given.groups()[:3])
        if anio < 100:  # noqa: PLR2004 - two digits
            anio += 1900 if anio >= _PIVOT else 2000
        return f"{anio:04}-{mes:02}-{dia:02}"
    return text


def instant(text: str, zona: ZoneInfo) -> str:
    """An instant with its zone, from `24/11/2026 9:30`, `2026-11-24T09:30:00`, or a day: its midnight."""
    stripped = text.strip()
    found = _STARTS.match(stripped)
    if found is None:
        return text
    date, rest = day(found.group()), stripped[found.end() :]
    time = _TIME.fullmatch(rest)
    if not _ISO.fullmatch(date) or (rest and time is None):
        return text
    hour, minute, second = (int(part or 0) for part in time.groups()) if time else (0, 0, 0)
    try:
        moment = datetime.fromisoformat(date).replace(hour=hour, minute=minute, second=second, tzinfo=zona)
    except ValueError:
        return text
    return moment.isoformat()


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


def _lines(text: str) -> list[Any] | str:
    """The lines of an opportunity as exports write them, without what they come to."""
    found = _json_list(text)
    if found is None:
        return text
    return [{k: v for k, v in e.items() if k != "importe"} if isinstance(e, dict) else e for e in found]


def _json_list(text: str) -> list[Any] | None:
    """The list that a cell has as JSON, as exports write it, by the rules of requests' JSON."""
    if not text.startswith("["):
        return None
    try:
        read = parse(text.encode())
    except JsonInvalido:
        return None
    return read if isinstance(read, list) else None


def _whole(text: str) -> int | str:
    return int(text) if _WHOLE.fullmatch(text.strip()) else text


_READ: Mapping[Kind, Callable[[str], Any]] = {
    "texto": str,
    "entero": _whole,
    "fecha": day,
    "booleano": truth,
    "lista": lambda text: _json_list(text) or split(text),
    "lineas": _lines,
}
"""What reads a cell of each kind that needs no more than its text."""
