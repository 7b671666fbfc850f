"""What a table that was uploaded has: its columns, what each is likely to be, and its rows as they are kept.

Rows are kept one a line, as JSON, so that one goes on from any of them without reading those before.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, islice

from contratos import DomainError
from contratos.nif import is_valid_nif
from crm.tablas import Fila, TablaIlegible, Value, as_written

MAX_FILAS = 250_000
_SAMPLED = 50
_LONGEST_TITLE = 200
_LONGEST_EXAMPLE = 100
_COMMA = re.compile(r"[-+]?(\d{1,3}(\.\d{3})+,\d+|\d+,(\d{1,2}|\d{4,}))[\s€%]*")
_POINT = re.compile(r"[-+]?(\d{1,3}(,\d{3})+\.\d+|\d+\.(\d{1,2}|\d{4,}))[\s€%]*")
_DATA = re.compile(r"[-+]?[\d.,/\s:-]+[€%]?")


class TablaSinFilas(DomainError):
    """There is nothing to import in the file."""

    code = "sin_filas"
    campo = "cuerpo"


@dataclass(slots=True)
class Columna:
    """A column: its title, unique in the table, and what is seen of its values."""

    titulo: str
    muestra: list[str] = field(default_factory=list)
    comas: int = 0
    puntos: int = 0

    @property
    def decimal(self) -> str | None:
        """The decimal sign of its numbers, as far as they tell."""
        return None if self.comas == self.puntos else "," if self.comas > self.puntos else "."

    def see(self, cell: Value) -> None:
        """Look at a value."""
        if len(self.muestra) < _SAMPLED:
            self.muestra.append(as_written(cell) if isinstance(cell, str) else f"{cell:f}")
        if isinstance(cell, str) and cell[-1:] in "0123456789€% ":
            self.comas += _COMMA.fullmatch(cell) is not None
            self.puntos += _POINT.fullmatch(cell) is not None


@dataclass(frozen=True, slots=True)
class Analisis:
    """The columns of a table, and how many rows it has."""

    columnas: Sequence[Columna]
    filas: int


def analyse(rows: Iterator[Fila], keep: Callable[[bytes], None], is_title: Callable[[str], bool]) -> Analisis:
    """The columns and rows of a table; `keep` is given its rows. `is_title` knows titles of columns.

    Raises TablaSinFilas, or what reading it raises.
    """
    filled = ((number, cells) for number, cells in rows if any(map(_said, cells)))
    first = next(filled, None)
    if first is None:
        raise TablaSinFilas("La tabla está vacía: no hay nada que importar.")
    some = list(islice(filled, _SAMPLED))
    titled = _has_titles(first[1], is_title)
    width = max(len(cells) for _, cells in [first, *some])
    names = _titles_of(first[1]) if titled else [f"Columna {number}" for number in range(1, width + 1)]
    columns = [Columna(name) for name in names]
    body = chain([] if titled else [first], some, filled)
    count = 0
    for number, cells in body:
        count += 1
        if count > MAX_FILAS:
            raise TablaIlegible(f"La tabla tiene más de {MAX_FILAS} filas: divídela en varias.")
        for column, cell in zip(columns, cells, strict=False):
            if cell is not None and _said(cell):
                column.see(cell)
        keep(_line(number, cells))
    if not count:
        raise TablaSinFilas("La tabla solo tiene títulos: añade filas.")
    return Analisis(columns, count)


def kept_row(line: bytes) -> tuple[int, list[Value | None]]:
    """The number and the cells of a row that was kept."""
    number, *cells = json.loads(line, parse_float=Decimal, parse_int=Decimal)
    return int(number), cells


def _line(number: int, cells: Sequence[Value | None]) -> bytes:
    plain = [_plain(cell) for cell in cells]
    while plain and plain[-1] is None:
        plain.pop()
    return json.dumps([number, *plain], ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _plain(cell: Value | None) -> str | int | float | None:
    match cell:
        case str():
            return as_written(cell) if cell.strip() else None
        case Decimal():
            return int(cell) if cell == cell.to_integral_value() else float(cell)
    return None


def _said(cell: Value | None) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _has_titles(first: Sequence[Value | None], is_title: Callable[[str], bool]) -> bool:
    """Whether the first row is of titles: it has one that is known, or nothing that looks like data."""
    texts = [cell.strip() for cell in first if isinstance(cell, str) and cell.strip()]
    numbers = any(isinstance(cell, Decimal) for cell in first)
    return any(map(is_title, texts)) or not (numbers or any(map(_is_data, texts)))


def _titles_of(first: Sequence[Value | None]) -> list[str]:
    found: list[str] = []
    for place, cell in enumerate(first, 1):
        title = " ".join(str(cell).split())[:_LONGEST_TITLE] if _said(cell) else f"Columna {place}"
        unique, again = title, 2
        while unique in found:
            unique, again = f"{title} ({again})", again + 1
        found.append(unique)
    while found and not _said(first[len(found) - 1]):
        found.pop()
    return found


def _is_data(text: str) -> bool:
    return "@" in text or _DATA.fullmatch(text) is not None or is_valid_nif(text)


def example_of(columna: Columna) -> str | None:
    """A value of a column, to show."""
    return columna.muestra[0][:_LONGEST_EXAMPLE] if columna.muestra else None
