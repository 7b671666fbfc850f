"""Whatever table, however a program writes it, is read as it was."""

import csv
import io
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.tablas import as_written, harmless, joined, read_table, split, write_csv, write_xlsx
from crm.tablas.cells import marked_again

OURS = "abcxyzñáéíóúüçÑÁÉ 0123456789.,;|\t\"'-+=@€ºª()/\n"
NAMES = ["nombre", "correo electrónico", "teléfono", "NIF", "población", "límite", "año"]
cells = st.text(OURS, max_size=12)
tables = st.integers(2, 7).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=8).map(
        lambda rows: [NAMES[:width], *rows]
    )
)
dialects = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(";,\t|"),
        "lineterminator": st.sampled_from(["\r\n", "\n", "\r"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    }
).filter(lambda how: how["lineterminator"] != "\r" or how["quoting"] == csv.QUOTE_ALL)
"""Who ends lines with a lone CR and quotes no line feed writes what nobody can read."""

encodings = st.sampled_from(
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "iso-8859-15"]
)


def read(path):
    return [[cell or "" for cell in row] for _, row in read_table(path).filas]


@given(tables, dialects, encodings)
@settings(max_examples=200)
def test_any_table_in_any_dialect_and_encoding_reads_back(tmp_path_factory, table, dialect, encoding):
    if encoding == "iso-8859-15":
        table = [[cell.replace("€", "e") for cell in row] for row in table]
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows(table)
    path = tmp_path_factory.getbasetemp() / "tabla.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    assert read(path) == table


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac_roman", "iso-8859-1"])
def test_letters_of_ours_tell_which_old_encoding_it_is(tmp_path, encoding):
    text = "nombre;población\nMuñoz Ibáñez;Coruña\nPérez;Cádiz\nGüell;Alcañiz\nJosé Ángel;Logroño\n"
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    assert read(path)[1:3] == [["Muñoz Ibáñez", "Coruña"], ["Pérez", "Cádiz"]]


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=5), min_size=1, max_size=5))
def test_what_is_written_as_csv_runs_nothing_and_reads_back(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "escrita.csv"
    clean = [[cell.encode("utf-8", "ignore").decode().replace("\0", "") for cell in row] for row in rows]
    with path.open("wb") as file:
        write_csv(file, [NAMES[:5], *clean], ";")
    with path.open(encoding="utf-8-sig", newline="") as file:
        back = list(csv.reader(file, delimiter=";"))[1:]
    assert not any(cell[:1] in set("=+-@\t\r\n") for row in back for cell in row if cell)
    assert [[as_written(cell) for cell in row] for row in back] == clean


@given(st.text())
def test_a_cell_made_harmless_is_put_back(text):
    assert as_written(harmless(text)) == text
    assert as_written(marked_again(text)) == text
    assert harmless(text)[:1] not in {*"=+-@\t\r\n"} or not text


@given(
    st.lists(st.text(OURS.replace("\t", ""), min_size=1, max_size=10).map(str.strip).filter(bool), max_size=5)
)
def test_several_texts_in_a_cell_are_taken_apart_again(texts):
    assert split(joined(texts)) == texts


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=50, deadline=None)
def test_what_is_written_as_xlsx_reads_back(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "libro.xlsx"
    with path.open("wb") as file:
        write_xlsx(file, [["a", "b", "c"], *rows], UTC)
    ours = [
        [as_written(str(cell or "")) for cell in row] + [""] * (3 - len(row))
        for _, row in read_table(path).filas
    ][1:]
    assert ours == rows
