"""The first sheet of an XLSX file, read as it comes from its zip, in bounded memory.

Guarantee: a file that lies about its size, expands without end, or defines entities is refused before it
costs more than its limits; no formula is evaluated and nothing outside the file is read. Kept by: an XML
parser that is fed parts and told to refuse every document type, a count of the bytes that come out of the
zip, and limits on texts, columns and cells.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import BinaryIO
from xml.parsers import expat

from .errors import TablaIlegible
from .xlsx_formats import is_date

Value = str | Decimal
"""A cell that is read: text, or a number."""

MAX_COLUMNS = 500
MAX_INFLATED = 1 << 30
"""Bytes that all parts together may come to."""

MAX_TEXTS = 128 << 20
"""Characters of the texts that cells share, which are kept in memory."""

_RATIO = 400
"""How many times its size a part may become; a sheet of one repeated row comes to some 200."""

_FREE = 8 << 20
"""Bytes that a part may become whatever its ratio."""

_PART = 1 << 16
_LONGEST = 1 << 20
_Attributes = dict[str, str]
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_OLD_AND_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(slots=True)
class _Book:
    """What the parts of a workbook say of its first sheet."""

    archive: zipfile.ZipFile
    inflated: int = 0
    texts: list[str] = field(default_factory=list)
    dates: list[bool] = field(default_factory=list)
    since: date = date(1899, 12, 30)
    sheet: str = ""


def read_xlsx(file: BinaryIO) -> Iterator[tuple[int, list[Value | None]]]:
    """The rows of the first visible sheet, each with its number. Raises TablaIlegible."""
    if file.read(8) == _OLD_AND_LOCKED:
        raise TablaIlegible(
            "Es un libro .xls antiguo, o está protegido con contraseña: guárdalo sin ella como .xlsx o CSV."
        )
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            book = _Book(archive)
            _look_into(book)
            yield from _rows(book)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, KeyError) as error:
        raise _broken() from error
    except (expat.ExpatError, ValueError, IndexError, OverflowError) as error:
        raise _broken() from error


def _broken() -> TablaIlegible:
    return TablaIlegible("El libro XLSX está dañado o no es un libro: ábrelo y guárdalo de nuevo como .xlsx.")


def _look_into(book: _Book) -> None:
    """Find the first visible sheet, the formats of its cells and the texts that they share."""
    targets = _targets(book)
    sheets: list[str] = []

    def workbook(name: str, attributes: _Attributes) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            sheets.append(next(value for key, value in attributes.items() if key.rpartition(":")[2] == "id"))
        if name == "workbookPr" and attributes.get("date1904", "0") in {"1", "true"}:
            book.since = date(1904, 1, 1)

    _parse(book, "xl/workbook.xml", workbook)
    book.sheet = targets[sheets[0]]
    names = set(book.archive.namelist())
    if "xl/styles.xml" in names:
        _read_formats(book)
    if "xl/sharedStrings.xml" in names:
        _read_texts(book)


def _targets(book: _Book) -> Mapping[str, str]:
    found: dict[str, str] = {}

    def relation(name: str, attributes: _Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes["Target"]
            found[attributes["Id"]] = target[1:] if target.startswith("/") else f"xl/{target}"

    _parse(book, "xl/_rels/workbook.xml.rels", relation)
    return found


def _read_formats(book: _Book) -> None:
    codes: dict[int, str] = {}
    inside = ""

    def start(name: str, attributes: _Attributes) -> None:
        nonlocal inside
        if name in {"cellXfs", "cellStyleXfs"}:
            inside = name
        elif name == "numFmt":
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "xf" and inside == "cellXfs":
            number = int(attributes.get("numFmtId", "0"))
            book.dates.append(is_date(number, codes.get(number, "")))

    _parse(book, "xl/styles.xml", start)


def _read_texts(book: _Book) -> None:
    pieces: list[str] = []
    state = {"text": False, "spoken": False, "size": 0}

    def start(name: str, _: _Attributes) -> None:
        if name == "rPh":
            state["spoken"] = True
        state["text"] = name == "t" and not state["spoken"]

    def data(text: str) -> None:
        if state["text"]:
            pieces.append(text)

    def end(name: str) -> None:
        if name == "t":
            state["text"] = False
        elif name == "rPh":
            state["spoken"] = False
        elif name == "si":
            whole = unescaped("".join(pieces))
            pieces.clear()
            state["size"] += len(whole) + 50
            if state["size"] > MAX_TEXTS:
                raise TablaIlegible(
                    "El libro tiene demasiado texto: divídelo en varios, o guárdalo como CSV."
                )
            book.texts.append(whole)

    _parse(book, "xl/sharedStrings.xml", start, end, data)


def _rows(book: _Book) -> Iterator[tuple[int, list[Value | None]]]:
    """The rows of the sheet, fed to the parser part by part."""
    sheet = _Sheet(book)
    parser = _parser(sheet.start, sheet.end, sheet.data)
    for part in _parts(book, book.sheet):
        parser.Parse(part, False)  # noqa: FBT003 - it takes no names
        yield from sheet.taken()
    parser.Parse(b"", True)  # noqa: FBT003
    yield from sheet.taken()


class _Sheet:
    """What the parser tells of a sheet, put together into rows."""

    def __init__(self, book: _Book) -> None:
        self._book = book
        self._done: list[tuple[int, list[Value | None]]] = []
        self._row: list[Value | None] = []
        self._number = self._column = 0
        self._kind = self._style = ""
        self._pieces: list[str] = []
        self._size = 0
        self._taking = self._formula = False

    def taken(self) -> list[tuple[int, list[Value | None]]]:
        """The rows that have come since the last time."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: _Attributes) -> None:
        if name == "c":
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._column = _column(attributes["r"]) if "r" in attributes else self._column + 1
            self._pieces.clear()
            self._size = 0
        elif name == "row":
            self._number = int(attributes.get("r", self._number + 1))
            self._column, self._row = 0, []
        elif name in {"v", "t"}:
            self._taking = True

    def data(self, text: str) -> None:
        if self._taking:
            self._size += len(text)
            if self._size > _LONGEST:
                raise TablaIlegible("El libro tiene una celda con demasiado texto.")
            self._pieces.append(text)

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._taking = False
        elif name == "c":
            value = self._value("".join(self._pieces))
            if value is not None:
                self._put(value)
        elif name == "row":
            self._done.append((self._number, self._row))

    def _put(self, value: Value) -> None:
        if self._column > MAX_COLUMNS:
            raise too_many_columns()
        self._row += [None] * (self._column - len(self._row))
        self._row[self._column - 1] = value

    def _value(self, raw: str) -> Value | None:  # noqa: PLR0911 - one a kind
        if not raw or self._kind == "e":
            return None
        match self._kind:
            case "s":
                return self._book.texts[int(raw)]
            case "inlineStr" | "str":
                return unescaped(raw)
            case "b":
                return "true" if raw.strip() == "1" else "false"
            case "d":
                return raw
        try:
            number = Decimal(f"{float(raw):.15g}")
        except (ValueError, InvalidOperation):
            return raw
        style = int(self._style)
        is_day = style < len(self._book.dates) and self._book.dates[style]
        return _day(number, self._book.since) if is_day else number


def _day(number: Decimal, since: date) -> Value:
    """A day, or an instant without zone, as ISO writes it; what is no day stays a number."""
    with suppress(OverflowError):
        moment = datetime.combine(since, datetime.min.time()) + timedelta(
            milliseconds=round(float(number) * 86_400_000)
        )
        if number >= 1:
            return (moment.date() if number == int(number) else moment.replace(microsecond=0)).isoformat()
    return number


def _column(reference: str) -> int:
    number = 0
    for character in reference[:4]:
        if not character.isalpha():
            break
        number = number * 26 + ord(character.upper()) - 64
    if not 1 <= number <= 16_384:  # noqa: PLR2004 - XFD
        raise ValueError(reference)
    return number


def unescaped(text: str) -> str:
    """Text of XLSX without its `_xHHHH_` escapes."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)


def too_many_columns() -> TablaIlegible:
    """A table wider than any of ours."""
    return TablaIlegible(f"La tabla tiene más de {MAX_COLUMNS} columnas: quita las que no hagan falta.")


def _parse(
    book: _Book,
    part: str,
    start: Callable[[str, _Attributes], None],
    end: Callable[[str], None] | None = None,
    data: Callable[[str], None] | None = None,
) -> None:
    parser = _parser(start, end, data)
    for chunk in _parts(book, part):
        parser.Parse(chunk, False)  # noqa: FBT003 - it takes no names
    parser.Parse(b"", True)  # noqa: FBT003


def _parser(
    start: Callable[[str, _Attributes], None],
    end: Callable[[str], None] | None,
    data: Callable[[str], None] | None,
) -> expat.XMLParserType:
    """A parser that tells of elements without their prefixes, and refuses documents with a type."""

    def refuse(*_: object) -> None:
        raise TablaIlegible("El libro define entidades XML, que no se admiten: guárdalo de nuevo como .xlsx.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.CharacterDataHandler = data
    return parser


def _parts(book: _Book, name: str) -> Iterator[bytes]:
    """The bytes of a part of the book, counted: a zip may say less than it comes to."""
    info = book.archive.getinfo(name)
    allowed = max(info.compress_size * _RATIO, _FREE)
    size = 0
    with book.archive.open(info) as part:
        while chunk := part.read(_PART):
            size += len(chunk)
            book.inflated += len(chunk)
            if size > allowed or book.inflated > MAX_INFLATED:
                raise TablaIlegible(
                    "El libro se expande demasiado al abrirlo: guárdalo de nuevo, o como CSV."
                )
            yield chunk
