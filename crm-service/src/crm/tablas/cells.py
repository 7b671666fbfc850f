"""Cells of text that a spreadsheet would run as formulas, made harmless and put back. Pure.

A program that opens a CSV file runs a cell that begins with one of these characters as a formula, and a
formula may send the rest of the sheet elsewhere (OWASP, "CSV Injection"). An apostrophe before it makes it
text. What already has apostrophes there gets one more, so that taking one away gives back what there was.
"""

import re
from datetime import date, datetime
from decimal import Decimal

Cell = str | bool | int | Decimal | date | datetime | None
"""What a cell holds."""

_RUN = re.compile("'*[=+\\-@\t\r\n]")
_MARKED = re.compile("'+[=+\\-@\t\r\n]")


def harmless(text: str) -> str:
    """`text` as a cell of a CSV file that no spreadsheet runs."""
    return f"'{text}" if _RUN.match(text) else text


def marked_again(text: str) -> str:
    """`text` as a cell that is text already, as XLSX says of its own: only what reads as marked is marked."""
    return f"'{text}" if _MARKED.match(text) else text


def as_written(text: str) -> str:
    """What was given to `harmless` or `marked_again`."""
    return text[1:] if _MARKED.match(text) else text
