"""Rows read as they stand, whatever somebody left in their columns."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Column, Date, Integer, LargeBinary, MetaData, String, Table, create_engine, select
from sqlalchemy.exc import OperationalError

from storage import Cents, Instant, Key, as_stored, damaged, describe, legible, met_another_kind, typed

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


@pytest.mark.parametrize("columna", ["dia", "hecha", "precio"])
def test_the_error_of_a_typed_read_says_that_it_met_another_kind(conexion, columna):
    conexion.exec_driver_sql(f"UPDATE cosas SET {columna} = 'x'")
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - which of them is what is asked
        conexion.execute(select(COSAS)).all()
    assert met_another_kind(caught.value)


def test_no_other_error_says_so(conexion):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - which of them is what is asked
        [int(fila.nombre) for fila in conexion.execute(select(COSAS))]
    assert not met_another_kind(caught.value)
    with pytest.raises(OperationalError) as caught:
        conexion.exec_driver_sql("SELECT nada FROM cosas")
    assert not met_another_kind(caught.value)
