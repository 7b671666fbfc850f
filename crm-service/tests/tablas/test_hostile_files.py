"""Broken, huge and hostile files: a clear refusal, in bounded time and memory, and nothing kept."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from crm.tablas import TablaIlegible, read_table

SHEET = "xl/worksheets/sheet1.xml"


def book(fill=lambda _: None):
    made = openpyxl.Workbook()
    made.active.append(["nombre", "email"])
    made.active.append(["Ana", "ana@x.example"])
    fill(made.active)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def with_part(content, name, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, change(old.read(each)) if each == name else old.read(each))
    return out.getvalue()


def with_many_parts(content):
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(2_000):
            archive.writestr(f"xl/media/{number}.bin", b"")
    return out.getvalue()


@pytest.fixture
def rows(tmp_path):
    def read(content):
        path = tmp_path / "fichero"
        path.write_bytes(content)
        return list(read_table(path).filas)

    return read


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ja"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BOMB = b"<row><c/></row>" * 3_000_000
WIDE = b"<row>" + b"<c/>" * 60_000 + b"</row>"
LATE = b'<row r="2000000"><c r="A2000000"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "vacío"),
        (b"%PDF-1.7\n%\xe2\xe3", "no es una tabla"),
        (b"a;b\n1;\0\n", "nulos"),
        (b"\xff\xfea\x00;\x00b\x00\n", "guárdalo"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "contraseña"),
        (b"PK\x03\x04 no es un zip", "dañado"),
        (book()[:-300], "dañado"),
        (b"nombre;email\n" + b"x" * (3 << 20), "línea"),
        (b'nombre;email\n"' + b"x\n" * 200_000, "comillas"),
        ((";".join(f"c{n}" for n in range(10_000)) + "\n" + ";".join("x" * 10_000)).encode(), "columnas"),
        (book(lambda sheet: sheet.cell(1, 10_000, "x")), "columnas"),
        (
            with_part(book(), SHEET, lambda xml: xml.replace(b"<worksheet", LAUGHS + b"<worksheet", 1)),
            "entidades",
        ),
        (with_part(book(), "xl/workbook.xml", lambda xml: LAUGHS + xml), "entidades"),
        (with_part(book(), "docProps/core.xml", lambda xml: LAUGHS + xml), "entidades"),
        (
            with_part(book(), "xl/workbook.xml", lambda _: (LAUGHS + b"<x/>").decode().encode("utf-16")),
            "entidades",
        ),
        (
            with_part(book(), SHEET, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + WIDE)),
            "columnas",
        ),
        (with_part(book(), SHEET, lambda xml: xml.replace(b"<sheetData>", b"<x/>" * 200_000)), "expande"),
        (with_part(book(), SHEET, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + LATE)), "filas"),
        (with_many_parts(book()), "partes"),
        (with_part(book(), SHEET, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + BOMB)), "expande"),
        (with_part(book(), SHEET, lambda xml: xml[: len(xml) // 2]), "dañado"),
        (with_part(book(), "xl/workbook.xml", lambda _: b"<workbook/>"), "dañado"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_what_is_no_table_is_refused_and_says_why(rows, content, word):
    with pytest.raises(TablaIlegible, match=word):
        rows(content)


def test_formulas_are_their_last_value_and_none_is_evaluated(rows):
    content = with_part(
        book(),
        SHEET,
        lambda xml: xml.replace(
            b"</sheetData>",
            b'<row r="3"><c r="A3"><f>1+1</f><v>2</v></c><c r="B3"><f>NOW()</f></c></row></sheetData>',
        ),
    )
    assert rows(content)[-1] == (3, [Decimal(2)])


def test_dates_numbers_truths_and_errors_are_read_as_they_are_meant(rows):
    def fill(sheet):
        sheet.append(
            [
                date(2026, 11, 24),
                datetime.fromisoformat("2026-11-24T09:30:00"),
                1234.5,
                True,
                "#N/A",
                0.1 + 0.2,
            ]
        )
        sheet["E3"].data_type = "e"

    assert rows(book(fill))[-1] == (
        3,
        ["2026-11-24", "2026-11-24T09:30:00", Decimal("1234.5"), "true", None, Decimal("0.3")],
    )


def test_many_blank_rows_and_formatted_cells_cost_nothing(rows):
    blank = b"".join(b'<row r="%d"><c s="1"/><c s="1"/></row>' % number for number in range(3, 100_003))
    content = with_part(book(), SHEET, lambda xml: xml.replace(b"</sheetData>", blank + b"</sheetData>"))
    filled = [(number, cells) for number, cells in rows(content) if cells]
    assert [number for number, _ in filled] == [1, 2]


def test_merged_and_coloured_cells_are_cells(rows):
    def fill(sheet):
        sheet.append(["Unida", "se pierde", "x"])
        sheet.merge_cells("A3:B3")
        sheet["C3"].fill = PatternFill("solid", fgColor="FF0000")

    assert rows(book(fill))[-1] == (3, ["Unida", None, "x"])


def test_the_first_sheet_that_is_seen_is_read(tmp_path):
    made = openpyxl.Workbook()
    made.active.sheet_state = "hidden"
    made.create_sheet("Vista").append(["nombre"])
    made.save(tmp_path / "b.xlsx")
    assert list(read_table(tmp_path / "b.xlsx").filas) == [(1, ["nombre"])]
