"""A table from a file, whatever kind it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .csv_reading import dialect_of, read_csv
from .errors import TablaIlegible
from .xlsx import MAX_COLUMNS, Value, read_xlsx, too_many_columns

Fila = tuple[int, Sequence[Value | None]]
"""The number of a row as its program shows it, and its cells."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_NOT_TEXT = (b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"{\\rtf", b"<!DOCTYPE", b"<html")


@dataclass(frozen=True, slots=True)
class Lectura:
    """A table that is being read: how its file is written, and its rows."""

    formato: Literal["csv", "xlsx"]
    codificacion: str | None
    separador: str | None
    filas: Iterator[Fila]


def read_table(path: Path) -> Lectura:
    """The table in a file, row after row, and blank rows empty. Raises TablaIlegible, also while it is read.

    The file is closed once its rows have come to an end.
    """
    with path.open("rb") as file:
        head = file.read(16)
        if not head:
            raise TablaIlegible("El fichero está vacío: envía su contenido como cuerpo de la petición.")
        if head.startswith((_ZIP, _OLE)):
            return Lectura("xlsx", None, None, _xlsx_rows(path))
        if head.startswith(_NOT_TEXT):
            raise TablaIlegible("El fichero no es una tabla: envía un CSV o un libro XLSX.")
        file.seek(0)
        how = dialect_of(file)

    def rows() -> Iterator[Fila]:
        with path.open("rb") as file:
            for number, row in enumerate(read_csv(file, how), 1):
                if len(row) > MAX_COLUMNS and any(cell.strip() for cell in row[MAX_COLUMNS:]):
                    raise too_many_columns()
                yield number, [cell or None for cell in row[:MAX_COLUMNS]]

    return Lectura("csv", how.codificacion, how.separador, rows())


def _xlsx_rows(path: Path) -> Iterator[Fila]:
    with path.open("rb") as file:
        yield from read_xlsx(file)
