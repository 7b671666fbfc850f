"""Tables as XLSX files (ECMA-376), written as the rows come: numbers, dates and truths are what they are.

Text is written as text, which no program runs as a formula. A sheet that is full goes on in another one.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from itertools import chain, islice
from typing import BinaryIO
from xml.sax.saxutils import escape

from .cells import Cell, marked_again

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_ROWS = 1_048_576
"""How many rows a sheet can have (ECMA-376; Excel's own limit)."""

LONGEST_TEXT = 32_767
"""How many characters a cell can have."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FIRST_DAY = date(1899, 12, 30).toordinal()
_OLDEST = date(1900, 3, 1)
"""Before it, Excel counts a 29 February 1900 that never was."""

_HEADER, _DATE, _INSTANT, _AMOUNT = 1, 2, 3, 4
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf/>'
    '<xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="165" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>"
)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_BEGUN_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_AT_ONCE = 200


def write_xlsx(file: BinaryIO, rows: Iterable[Sequence[Cell]], zone: tzinfo) -> None:
    """Write `rows`, the names of their columns first, to `file`, which stays open; instants in `zone`."""
    coming = iter(rows)
    names = next(coming)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        sheets = 0
        for first in chain([None], coming):
            sheets += 1
            head = () if first is None else (first,)
            with archive.open(_part(f"xl/worksheets/sheet{sheets}.xml"), "w", force_zip64=True) as sheet:
                for part in _sheet(names, chain(head, islice(coming, SHEET_ROWS - 1 - len(head))), zone):
                    sheet.write(part)
        for name, content in _frame(sheets):
            archive.writestr(_part(name), content)


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, _BEGUN_LONG_AGO)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _sheet(names: Sequence[Cell], rows: Iterable[Sequence[Cell]], zone: tzinfo) -> Iterator[bytes]:
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        "<sheetData>"
    ).encode()
    style = f' s="{_HEADER}"'
    yield f"<row>{''.join(_text(str(name), style) for name in names)}</row>".encode()
    rows = iter(rows)
    while some := list(islice(rows, _AT_ONCE)):
        yield "".join(f"<row>{''.join(_cell(cell, zone) for cell in row)}</row>" for row in some).encode()
    yield b"</sheetData></worksheet>"


def _cell(cell: Cell, zone: tzinfo) -> str:  # noqa: PLR0911 - one a kind
    match cell:
        case None | "":
            return "<c/>"
        case str():
            return _text(marked_again(cell))
        case bool():
            return f'<c t="b"><v>{cell:d}</v></c>'
        case int():
            return f"<c><v>{cell}</v></c>"
        case Decimal():
            return f'<c s="{_AMOUNT}"><v>{cell:f}</v></c>'
        case datetime():
            here = cell.astimezone(zone)
            return _day(here.date(), _seconds(here) / 86_400, _INSTANT, here.isoformat())
    return _day(cell, 0.0, _DATE, cell.isoformat())


def _day(day: date, fraction: float, style: int, otherwise: str) -> str:
    if day < _OLDEST:
        return _text(otherwise)
    number = day.toordinal() - _FIRST_DAY + fraction
    return f'<c s="{style}"><v>{number!r}</v></c>'


def _seconds(moment: datetime) -> float:
    return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6


def _text(text: str, style: str = "") -> str:
    """Text that stays text; what XML cannot hold, and what would read as its escape, goes as `_xHHHH_`."""
    kept = _LOOKS_ESCAPED.sub("_x005F_", text[:LONGEST_TEXT]).replace("\r", "_x000D_")
    kept = escape(_UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", kept))
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{kept}</t></is></c>'


def _frame(sheets: int) -> Iterator[tuple[str, str]]:
    """The parts of a workbook besides its sheets."""
    numbers = range(1, sheets + 1)
    over = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    types = (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{over}</Types>'
    )
    yield "[Content_Types].xml", types
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    listed = "".join(f'<sheet name="Hoja {n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
    )
    parts = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*parts, ("styles", "styles.xml")])
    yield "xl/styles.xml", _STYLES


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'
