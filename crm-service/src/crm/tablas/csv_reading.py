"""CSV as people's programs write it: whatever separator, with line breaks in cells, with old line ends."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from .encoding import encoding_of
from .errors import TablaIlegible

SEPARATORS = (";", ",", "\t", "|")
LONGEST_LINE = 1 << 20
"""Characters. Nobody's row is longer, and a file of one line is not read whole into memory."""

_SAMPLE = 1 << 18
_SAMPLED_ROWS = 200
_SAYS = "sep="  # the first line by which Excel is told


@dataclass(frozen=True, slots=True)
class Csv:
    """How a CSV file is written."""

    codificacion: str
    separador: str


def dialect_of(file: BinaryIO) -> Csv:
    """How `file` is written; it is left at its beginning. Raises TablaIlegible."""
    encoding = encoding_of(file)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    sample = text.read(_SAMPLE)
    text.detach()
    file.seek(0)
    return Csv(encoding, separator_of(sample))


def read_csv(file: BinaryIO, how: Csv) -> Iterator[list[str]]:
    """The rows of `file`, blank ones too, which are empty. Raises TablaIlegible."""
    text = io.TextIOWrapper(file, encoding=how.codificacion, errors="replace", newline="")
    try:
        rows = csv.reader(_lines(text), delimiter=how.separador)
        for number, row in enumerate(rows):
            if number == 0 and _told(row, how.separador):
                continue
            yield row
    except csv.Error:
        raise TablaIlegible(
            f"La fila {rows.line_num} tiene una celda sin fin: revisa que sus comillas se cierren."
        ) from None
    finally:
        text.detach()


def separator_of(sample: str) -> str:
    """What separates the columns of a file that begins so.

    The first line, where names have no separators in them, decides; then in how many rows each gives as many
    cells. One column has none.
    """
    first = next((line for line in sample.splitlines() if line.strip()), "")
    if first.lower().startswith(_SAYS) and first[len(_SAYS) : len(_SAYS) + 1] in SEPARATORS:
        return first[len(_SAYS)]
    tables = {each: _rows(sample, each) for each in SEPARATORS}
    splitting = [each for each in SEPARATORS if tables[each] and len(tables[each][0]) > 1]
    if not splitting:
        return SEPARATORS[0]
    return max(splitting, key=lambda each: _even(tables[each]))


def _even(rows: Sequence[Sequence[str]]) -> tuple[bool, float, int]:
    """Whether the names are names, in which share of the rows there are as many cells, and how many."""
    names = rows[0]
    plain = not any(each in name for name in names for each in SEPARATORS)
    widths = Counter(len(row) for row in rows)
    return plain, widths[len(names)] / len(rows), len(names)


def _rows(sample: str, separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    try:
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) == _SAMPLED_ROWS:
                return rows
    except csv.Error:
        return []
    return rows[:-1] if len(sample) == _SAMPLE and len(rows) > 1 else rows  # the last one may be cut


def _told(row: Sequence[str], separator: str) -> bool:
    return separator.join(row).lower() == f"{_SAYS}{separator}"


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise TablaIlegible(
                f"El fichero tiene una línea de más de {LONGEST_LINE} caracteres: no parece una tabla. "
                "Revisa cómo se exportó."
            )
        yield line
