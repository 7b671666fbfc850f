"""Several texts in one cell: with commas, and in quotation marks where a text has one itself. Pure."""

import csv
import io
import re
from collections.abc import Iterable

_SEPARATORS = ",;|\n"
_NEEDS_QUOTES = re.compile(f'[{_SEPARATORS}"\r]|^\\s|\\s$')


def joined(texts: Iterable[str]) -> str:
    """The texts in one cell."""
    return ", ".join(
        f'"{text.replace(chr(34), chr(34) * 2)}"' if _NEEDS_QUOTES.search(text) else text for text in texts
    )


def split(cell: str) -> list[str]:
    """The texts of a cell that people or `joined` wrote: with commas or, if none, `;`, `|` or lines."""
    bare = re.sub(r'"(?:[^"]|"")*"', "", cell)
    separator = next((each for each in _SEPARATORS if each in bare), ",")
    if separator == "\n":
        return [line.strip() for line in cell.splitlines() if line.strip()]
    rows = csv.reader(io.StringIO(cell, newline=""), delimiter=separator, skipinitialspace=True)
    return [text for row in rows for text in row if text.strip()]
