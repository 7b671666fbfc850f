"""Tables as CSV files (RFC 4180): UTF-8 with the mark by which Excel knows it, cells that run nothing."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from .cells import Cell, harmless

MEDIA_TYPE = "text/csv"


def write_csv(file: BinaryIO, rows: Iterable[Sequence[Cell]], separator: str) -> None:
    """Write `rows`, the names of their columns first, to `file`, which stays open."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    try:
        csv.writer(text, delimiter=separator).writerows([_text(cell) for cell in row] for row in rows)
        text.flush()
    finally:
        text.detach()


def _text(cell: Cell) -> str:
    """A cell as JSON would write it, but without quotes, and nothing for null."""
    match cell:
        case None:
            return ""
        case str():
            return harmless(cell)
        case bool():
            return "true" if cell else "false"
        case Decimal():
            return f"{cell:f}"
        case datetime() | date():
            return cell.isoformat()
    return str(cell)
