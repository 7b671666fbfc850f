"""Keyset lists: stable under inserts, whatever the order, and no cursor but their own."""

# ruff: noqa: SLF001 - a cursor's seal is nobody's business but its forger's

import base64
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlmodel import select

from contratos import InvalidData
from http_rules import keyset, new_id

NOMBRES = [
    "ana",
    "Ana",
    "ANA",
    "Ñandú",
    "álamo",
    "zorro",
    "😀 cara",
    "مطرقة",
    "a b",
    "a-b",
    "",
    "ana",
    "😀" * 500,
]


@pytest.fixture
def fill(database, cosas, reloj):
    """Adds things, with ties in every column but the id."""

    def add(names, empresa_id=cosas.EMPRESA):
        with database.unit_of_work() as session:
            made = [
                cosas.crear(
                    session,
                    empresa_id,
                    reloj() + timedelta(microseconds=n % 3),
                    nombre=nombre,
                    importe=Decimal(n % 4) / 4,
                    cantidad=Decimal(n % 5) / 1_000_000 - 2,
                    dia=date(2026, 11, 24) - timedelta(days=n % 3),
                    version=n % 2,
                )
                for n, nombre in enumerate(names)
            ]
        return [cosa.id for cosa in made]

    return add


@pytest.fixture
def pages(servicio):
    """The pages of the list, one after another."""

    def follow(path="/api/cosas", limite=5, **query):
        cursor = {}
        while True:
            answer = servicio.get(path, params=query | cursor | {"limite": limite})
            assert answer.status_code == 200, answer.text
            yield answer.json()
            if answer.json()["siguiente"] is None:
                return
            cursor = {"cursor": answer.json()["siguiente"]}

    return follow


def test_a_list_has_its_shape(servicio, fill):
    fill("abc")
    assert servicio.get("/api/cosas?limite=3").json().keys() == {
        "datos",
        "siguiente",
        "total",
        "total_exacto",
    }
    assert servicio.get("/api/cosas?limite=3").json()["siguiente"] is None
    assert servicio.get("/api/cosas?limite=2").json()["siguiente"] is not None
    assert servicio.get("/api/cosas?buscar=nada").json() == {
        "datos": [], "siguiente": None, "total": 0, "total_exacto": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    "orden", ["id", "-id", "nombre", "-nombre", "-creada", "importe", "dia", "cantidad", "version"]
)
def test_in_every_order_the_pages_hold_each_row_once(database, cosas, fill, pages, orden):
    ids = fill(NOMBRES)
    found = [row["id"] for page in pages(orden=orden, limite=200) for row in page["datos"]]
    assert sorted(found) == sorted(ids)
    with database.reading() as session:
        rows = [session.get(cosas.Cosa, (cosas.EMPRESA, one)) for one in found]
    column = orden.lstrip("-")
    keys = [(v.encode() if isinstance(v := getattr(row, column), str) else v, row.id) for row in rows]
    assert keys == sorted(keys, reverse=orden.startswith("-"))
    assert [row["id"] for page in pages(orden=orden, limite=4) for row in page["datos"]] == found


def test_the_longest_text_of_any_alphabet_fits_in_a_cursor(fill, pages):
    ids = fill(["😀" * 500, "م" * 500, "a" * 500, "ñ" * 500, '"' * 500])
    assert sorted(row["id"] for page in pages(orden="nombre", limite=1) for row in page["datos"]) == sorted(
        ids
    )


@pytest.mark.parametrize("orden", ["-id", "id", "nombre", "-nombre", "-creada", "importe"])
def test_rows_that_come_meanwhile_neither_repeat_nor_hide_those_that_were_there(fill, pages, orden):
    ids, found = fill(NOMBRES), []
    for page in pages(orden=orden, limite=3):
        found += [row["id"] for row in page["datos"]]
        fill(["", "ana", "zzz", "😀"])
        assert len(found) < 200
        if set(ids) <= set(found):
            break
    assert len(found) == len(set(found))
    assert set(ids) <= set(found)


def test_newest_first_a_row_that_comes_meanwhile_stays_out_of_the_next_pages(fill, pages):
    ids, found = fill(NOMBRES), []
    for page in pages(limite=4):
        found += [row["id"] for row in page["datos"]]
        fill(["nueva"])
    assert found == list(reversed(ids))


def test_total_follows_the_filters_and_the_company(servicio, fill, cosas):
    fill(["ana", "ana maría", "luz"])
    fill(["ana"] * 5, cosas.OTRA)
    assert servicio.get("/api/cosas?buscar=ana").json()["total"] == 2
    assert servicio.get("/api/cosas?limite=1").json()["total"] == 3
    other = servicio.get("/api/cosas", headers={"X-API-Key": "clave-de-otra"}).json()
    assert (other["total"], len(other["datos"])) == (5, 5)


def test_total_is_exact_up_to_ten_thousand(servicio, database, cosas, reloj):
    row = {"empresa_id": cosas.EMPRESA, "nombre": "x", "creada": reloj(), "dia": reloj().date()}
    with database.unit_of_work() as session:
        many = [row | {"id": f"cos_{n:032x}"} for n in range(10_000)]
        session.execute(insert(cosas.Cosa), many)
    full = servicio.get("/api/cosas?limite=1").json()
    assert (full["total"], full["total_exacto"]) == (10_000, True)
    with database.unit_of_work() as session:
        session.execute(insert(cosas.Cosa), [row | {"id": f"cos_{10_000:032x}"}])
    beyond = servicio.get("/api/cosas", params={"limite": 1, "cursor": full["siguiente"]}).json()
    assert (beyond["total"], beyond["total_exacto"]) == (10_000, False)


# --- cursors -----------------------------------------------------------------------------------------------


@pytest.fixture
def refused(servicio):
    """Asks with a cursor, which must be refused."""

    def ask(cursor, path="/api/cosas", **query):
        answer = servicio.get(path, params=query | {"cursor": cursor})
        assert answer.status_code == 422, answer.text
        (fault,) = answer.json()["errores"]
        assert fault["campo"] == "cursor"
        return fault["codigo"]

    return ask


@pytest.fixture
def cursor(servicio, fill):
    fill(NOMBRES)
    return servicio.get("/api/cosas?limite=2").json()["siguiente"]


def test_a_cursor_of_another_order_filter_or_list_is_refused(servicio, cursor, refused):
    assert refused(cursor, orden="id") == "cursor_invalido"
    assert refused(cursor, orden="nombre") == "cursor_invalido"
    assert refused(cursor, buscar="a") == "cursor_invalido"
    assert refused(cursor, path="/api/cosas/otras") == "cursor_invalido"
    assert servicio.get("/api/cosas", params={"cursor": cursor, "limite": 1}).status_code == 200


def test_a_cursor_of_another_company_shows_nothing_of_it(servicio, cursor, fill, cosas):
    theirs = fill(["ana"] * 3, cosas.OTRA)
    answer = servicio.get("/api/cosas", params={"cursor": cursor}, headers={"X-API-Key": "clave-de-otra"})
    assert answer.status_code in {200, 422}
    assert {row["id"] for row in answer.json().get("datos", [])} <= set(theirs)


def test_every_character_of_a_cursor_counts(cosas):
    columns = cosas.ORDENES["-nombre"].columns
    seal = keyset._seal(cosas.FiltroCosas(orden="-nombre"), columns)
    cursor = keyset._encode(["Ñandú", new_id("cos")], seal)
    assert keyset._decode(cursor, seal, columns)
    changed = {
        cursor[:at] + other + cursor[at + 1 :] for at in range(len(cursor)) for other in "AB-_!=\né\x00"
    }
    changed |= {cursor[:at] for at in range(len(cursor))}
    changed |= {cursor + added for added in ("=", "==", "A", "AAAA", "!", " ", "\x00", cursor)}
    for other in changed - {cursor}:
        with pytest.raises(InvalidData):
            keyset._decode(other, seal, columns)


def test_a_cursor_that_was_changed_is_refused(cursor, refused):
    for changed in (cursor[:-1], cursor + "=", cursor + "\x00", cursor.swapcase(), cursor[::-1]):
        assert refused(changed) in {"cursor_invalido", "caracteres_no_validos"}


NOT_CURSORS = {
    "empty": "",
    "a word": "inventado",
    "a number": "2",
    "a blank": " ",
    "text that is no base64": "ñ😀",
    "an id": "cos_" + "a" * 32,
    "10,000 characters": "a" * 10_000,
    "4,000 characters": "a" * 4_000,
    "JSON": '["a"]',
    "JSON in base64": base64.urlsafe_b64encode(b'["a"]').decode(),
    "nesting without end": base64.urlsafe_b64encode(b"0" * 16 + b"[" * 2_900).decode(),
    "bytes that are no text": base64.urlsafe_b64encode(b"\xff" * 30).decode(),
    "SQL": "' OR 1=1 --",
}


@pytest.mark.parametrize("text", NOT_CURSORS.values(), ids=NOT_CURSORS)
def test_what_is_no_cursor_is_refused(refused, text):
    assert refused(text) in {"cursor_invalido", "demasiado_largo"}


@pytest.fixture
def forge(cosas):
    """A cursor that whoever knows this program could make: its seal is right, what it holds may not be."""

    def make(orden, values):
        plain = keyset.json.dumps(values)
        seal = keyset._seal(cosas.FiltroCosas(orden=orden), cosas.ORDENES[orden].columns)
        return keyset._as_text(f"{keyset._check(plain, seal)}{plain}".encode())

    return make


ODD = [
    None, True, 1, -1, 1.5, 2**63, -(2**63) - 1, 10**40, "", "x", "1", "\x00", "\ud800", "NaN",
    "sNaN", "Infinity", "-Infinity",
    "1e400", "1e-400", "0.0000001", "9" * 40, "2026-11-24", "2026-11-24T09:30:00",
    "2026-11-24T09:30:00+00:00",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01", [], ["x"], {}, {"a": 1}, [[[]]],
]  # fmt: skip


@pytest.mark.parametrize("orden", ["id", "nombre", "-creada", "importe", "dia", "cantidad", "version"])
def test_a_forged_cursor_finds_a_place_or_is_refused_but_never_fails(database, cosas, fill, forge, orden):
    fill(NOMBRES[:3])
    how = cosas.ORDENES[orden]
    width = len(how.columns)
    for odd in ODD:
        for values in ([odd, "cos_1"][:width], ["x", odd][:width], [odd] * (width + 1), odd):
            filtro = cosas.FiltroCosas(orden=orden, cursor=forge(orden, values))
            with suppress(InvalidData), database.reading() as session:
                assert keyset.page(session, select(cosas.Cosa), how, filtro, cosas.publica).total == 3


def test_a_forged_cursor_of_other_types_is_refused(refused, forge):
    for orden, value in {
        "version": "1",
        "nombre": 1,
        "dia": 5,
        "importe": True,
        "cantidad": 1,
        "-creada": 0,
    }.items():
        assert refused(forge(orden, [value, "x"]), orden=orden) == "cursor_invalido"
    assert refused(forge("id", [["x"]]), orden="id") == "cursor_invalido"


@given(st.text(max_size=100))
def test_any_text_is_no_cursor(cosas, text):
    filtro = cosas.FiltroCosas()
    columns = cosas.ORDENES["-id"].columns
    with pytest.raises(InvalidData):
        keyset._decode(text, keyset._seal(filtro, columns), columns)


def test_a_failure_of_the_database_is_no_fault_of_the_cursor(servicio, cursor, database):
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE cosas_de_prueba RENAME TO otro_nombre"))
    answer = servicio.get("/api/cosas", params={"cursor": cursor})
    assert answer.status_code in {500, 503}
