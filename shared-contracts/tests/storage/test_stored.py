"""Rows read as they stand, whatever somebody left in their columns."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Column, Date, Integer, LargeBinary, MetaData, String, Table, create_engine, select

from storage import Cents, Instant, Key, as_stored, damaged, describe, legible, typed

COSAS = Table(
    "cosas",
    MetaData(),
    Column("id", Key, primary_key=True),
    Column("n", Integer),
    Column("nombre", String),
    Column("dia", Date),
    Column("hecha", Instant),
    Column("precio", Cents),
    Column("bytes", LargeBinary),
)
COLUMNAS = list(COSAS.columns)
SANA = {
    "id": "c1",
    "n": 3,
    "nombre": "Uno",
    "dia": date(2026, 11, 24),
    "hecha": datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
    "precio": Decimal("1.21"),
    "bytes": b"<a/>",
}


@pytest.fixture
def conexion():
    engine = create_engine("sqlite://")
    COSAS.metadata.create_all(engine)
    with engine.connect() as connection:
        connection.execute(COSAS.insert(), SANA)
        yield connection
    engine.dispose()


def leida(conexion):
    return conexion.execute(select(*(as_stored(column) for column in COLUMNAS))).one()


def test_a_sound_row_is_what_its_columns_say(conexion):
    assert legible(conexion.dialect, COLUMNAS, leida(conexion)) == SANA
    assert damaged(conexion.dialect, COLUMNAS, leida(conexion)) == []


def test_null_is_of_every_kind(conexion):
    conexion.execute(COSAS.update().values(nombre=None, dia=None, precio=None))
    row = legible(conexion.dialect, COLUMNAS, leida(conexion))
    assert (row["nombre"], row["dia"], row["precio"]) == (None, None, None)


@pytest.mark.parametrize("valor", ["x", b"x", b"12", 1.5])
@pytest.mark.parametrize("column", COLUMNAS, ids=lambda column: column.name)
def test_a_value_of_another_kind_is_named_and_stands_for_what_no_sound_row_bears(conexion, column, valor):
    conexion.exec_driver_sql(f"UPDATE cosas SET {column.name} = ?", (valor,))
    (stored,) = conexion.exec_driver_sql(f"SELECT {column.name} FROM cosas").one()
    row = leida(conexion)
    propio = isinstance(stored, column.type.python_type) and column.name not in ("dia", "hecha")
    assert damaged(conexion.dialect, COLUMNAS, row) == ([] if propio else [column.name])
    leido = legible(conexion.dialect, COLUMNAS, row)
    assert isinstance(leido[column.name], column.type.python_type)
    assert propio or leido[column.name] != SANA[column.name]
    if not propio:
        with pytest.raises(ValueError, match=column.name):
            typed(conexion.dialect, column, stored)


def test_a_value_of_another_kind_is_described_shortly():
    assert describe(b"x") == "bytes b'x'"
    assert len(describe("x" * 1000)) < 50
