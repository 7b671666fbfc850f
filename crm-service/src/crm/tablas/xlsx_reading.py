"""The first sheet of an XLSX file that is seen, by openpyxl, row after row.

No formula is evaluated and nothing outside the file is read. What it costs is known before: see `xlsx_guard`.
"""

import math
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO

from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils.escape import unescape

from .errors import TablaIlegible
from .xlsx import MAX_COLUMNS, SHEET_ROWS, Value, too_many_columns
from .xlsx_guard import check_book

_OLD_AND_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # of XML, in both of its parsers
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)
"""What zipfile and openpyxl raise for what is no book."""


def read(file: BinaryIO) -> Iterator[tuple[int, Sequence[Value | None]]]:
    """The rows of the first visible sheet, each with its number. Raises TablaIlegible."""
    if file.read(8) == _OLD_AND_LOCKED:
        raise TablaIlegible(
            "Es un libro .xls antiguo, o está protegido con contraseña: guárdalo sin ella como .xlsx o CSV."
        )
    file.seek(0)
    try:
        check_book(file)
        for number, row in enumerate(_rows(file), 1):
            if number > SHEET_ROWS:
                raise TablaIlegible(f"La hoja tiene más de {SHEET_ROWS} filas: quita las que estén vacías.")
            yield number, _values(row)
    except _BROKEN as error:
        raise TablaIlegible(
            "El libro XLSX está dañado o no es un libro: ábrelo y guárdalo de nuevo como .xlsx."
        ) from error


def _rows(file: BinaryIO) -> Iterator[Sequence[Any]]:
    book: Any = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        sheet.reset_dimensions()  # whatever the sheet says of its size
        yield from sheet.iter_rows(values_only=True)
    finally:
        book.close()


def _values(row: Sequence[Any]) -> list[Value | None]:
    values = [_value(cell) for cell in row]
    while values and values[-1] is None:
        values.pop()
    if len(values) > MAX_COLUMNS:
        raise too_many_columns()
    return values


def _value(cell: Any) -> Value | None:  # noqa: PLR0911 - one a kind
    match cell:
        case None | "":
            return None
        case str():
            return None if cell in ERROR_CODES else str(unescape(cell))
        case bool():
            return "true" if cell else "false"
        case int():
            return Decimal(cell)
        case float():
            return Decimal(f"{cell:.15g}") if math.isfinite(cell) else None
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.replace(microsecond=0).isoformat()
        case timedelta():
            return str(cell)
    return str(cell.isoformat())
