"""Tables as XLSX files, by openpyxl as the rows come: numbers, dates and truths are what they are.

Text is written as text, which no program runs as a formula. A sheet that is full goes on in another one.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, tzinfo
from decimal import Decimal
from itertools import chain, islice
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from .cells import Cell, marked_again
from .xlsx import SHEET_ROWS

LONGEST_TEXT = 32_767
"""How many characters a cell can have."""

_AMOUNT = "#,##0.00"
_OLDEST = date(1900, 3, 1)
"""Before it, Excel counts a 29 February 1900 that never was."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def write(file: BinaryIO, rows: Iterable[Sequence[Cell]], zone: tzinfo) -> None:
    """Write `rows`, the names of their columns first, to `file`, which stays open; instants in `zone`."""
    book = Workbook(write_only=True)
    try:
        coming = iter(rows)
        names = next(coming)
        _fill(book, names, islice(coming, SHEET_ROWS - 1), zone)
        for first in coming:
            _fill(book, names, chain([first], islice(coming, SHEET_ROWS - 2)), zone)
        book.save(file)
    except BaseException:
        _abandon(book)
        raise


def _fill(book: Workbook, names: Sequence[Cell], rows: Iterable[Sequence[Cell]], zone: tzinfo) -> None:
    """Write a sheet of the book to its end."""
    sheet: Any = book.create_sheet(f"Hoja {len(book.worksheets) + 1}")
    sheet.freeze_panes = "A2"
    bold = Font(bold=True)
    titles = [_text(sheet, str(name)) for name in names]
    for title in titles:
        title.font = bold
    sheet.append(titles)
    for row in rows:
        sheet.append([_cell(sheet, cell, zone) for cell in row])
    sheet.close()


def _abandon(book: Workbook) -> None:
    """Delete what the library wrote of a book that is not saved, and would keep until the process ends."""
    for sheet in book.worksheets:
        unfinished: Any = sheet
        with suppress(Exception):
            unfinished.close()
        with suppress(Exception):
            unfinished._writer.cleanup()  # noqa: SLF001 - there is no other way


def _cell(sheet: Any, cell: Cell, zone: tzinfo) -> Any:
    match cell:
        case None | "":
            return None
        case str():
            return _text(sheet, marked_again(cell))
        case Decimal():
            return _styled(sheet, cell, _AMOUNT)
        case datetime():
            here = cell.astimezone(zone)
            return here.isoformat() if here.date() < _OLDEST else here.replace(tzinfo=None)
        case date():
            return cell.isoformat() if cell < _OLDEST else cell
    return cell


def _styled(sheet: Any, value: Any, number_format: str) -> Any:
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = number_format
    return cell


def _text(sheet: Any, text: str) -> Any:
    """Text that stays text; what XML cannot hold is marked, what looks like an escape is escaped."""
    kept = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text[:LONGEST_TEXT])
    kept = _LOOKS_ESCAPED.sub("_x005F_", kept)
    cell = WriteOnlyCell(sheet, kept)
    cell.data_type = "s"
    return cell
