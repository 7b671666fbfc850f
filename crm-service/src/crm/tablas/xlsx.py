"""Tables as XLSX files (ECMA-376), written and read by openpyxl, which is imported where one is at hand."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from decimal import Decimal
from typing import BinaryIO

from .cells import Cell
from .errors import TablaIlegible

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_ROWS = 1_048_576
"""How many rows a sheet can have (Excel's own limit)."""

MAX_COLUMNS = 500
"""How many columns a table that is read can have, in whatever kind of file."""

Value = str | Decimal
"""A cell that is read: text, or a number."""


def write_xlsx(file: BinaryIO, rows: Iterable[Sequence[Cell]], zone: tzinfo) -> None:
    """Write `rows`, the names of their columns first, to `file`, which stays open; instants in `zone`."""
    from .xlsx_files import write  # noqa: PLC0415 - it takes memory and time

    write(file, rows, zone)


def read_xlsx(file: BinaryIO) -> Iterator[tuple[int, Sequence[Value | None]]]:
    """The rows of the first visible sheet, each with its number. Raises TablaIlegible."""
    from .xlsx_reading import read  # noqa: PLC0415 - as above

    return read(file)


def too_many_columns() -> TablaIlegible:
    """A table wider than any of ours."""
    return TablaIlegible(f"La tabla tiene más de {MAX_COLUMNS} columnas: quita las que no hagan falta.")
