"""Rows inserted in bulk are the rows that SQLAlchemy would have inserted."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError, StatementError

from storage import Cents, Instant, Key, Millionths, insert_rows

FILAS = Table(
    "filas_de_prueba",
    MetaData(),
    Column("id", Key, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("texto", String),
    Column("importe", Cents),
    Column("cantidad", Millionths),
    Column("cuando", Instant),
    Column("dia", Date),
    Column("si", Boolean),
    Column("datos", JSON),
    Column("bytes", LargeBinary),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ROWS = st.fixed_dictionaries(
    {
        "n": st.integers(-(2**31), 2**31 - 1),
        "texto": st.none() | TEXT,
        "importe": st.none() | st.decimals(-(10**12), 10**12, places=2),
        "cantidad": st.none() | st.decimals(-(10**9), 10**9, places=6),
        "cuando": st.none()
        | st.datetimes(datetime(1900, 1, 2), datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
        "dia": st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31)),
        "si": st.none() | st.booleans(),
        "datos": st.dictionaries(TEXT, st.none() | st.booleans() | st.integers(-9, 9) | TEXT, max_size=3)
        | st.lists(TEXT, max_size=3),
        "bytes": st.none() | st.binary(max_size=20),
    }
)


@pytest.fixture
def filas(database):
    """The table, empty."""
    with database.unit_of_work() as session:
        FILAS.create(session.connection())
    return database


def named(rows):
    """The rows, each with an id of its own."""
    return [row | {"id": f"{n:04}{uuid4().hex}"} for n, row in enumerate(rows)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(rows=st.lists(ROWS, min_size=1, max_size=4))
def test_they_are_read_as_what_sqlalchemy_inserts(filas, rows):
    ours, theirs = named(rows), named(rows)
    with filas.unit_of_work() as session:
        connection = session.connection()
        insert_rows(connection, FILAS, ours)
        connection.execute(insert(FILAS), theirs)
        read = {row.id: row._asdict() | {"id": ""} for row in connection.execute(select(FILAS))}
    assert [read[row["id"]] for row in ours] == [read[row["id"]] for row in theirs]


def test_the_order_of_a_rows_fields_makes_no_difference_nor_do_columns_left_out(filas):
    cuando = datetime(2026, 11, 24, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    row = {"texto": "a", "n": 1, "cuando": cuando, "importe": Decimal("1.10")}
    with filas.unit_of_work() as session:
        connection = session.connection()
        insert_rows(connection, FILAS, [{"id": "1"} | row, dict(reversed((row | {"id": "2"}).items()))])
        found = connection.execute(select(FILAS).order_by(FILAS.c.id)).all()
    assert [(f.id, f.n, f.texto, f.cuando, f.importe, f.dia) for f in found] == [
        (ident, 1, "a", cuando, Decimal("1.10"), None) for ident in ("1", "2")
    ]


def test_what_cannot_be_kept_is_refused_as_sqlalchemy_refuses_it(filas):
    with pytest.raises(IntegrityError), filas.unit_of_work() as session:
        insert_rows(session.connection(), FILAS, [{"id": "1", "n": 1}, {"id": "1", "n": 2}])
    with pytest.raises((StatementError, ValueError)), filas.unit_of_work() as session:
        insert_rows(session.connection(), FILAS, [{"id": "1", "n": 1, "importe": Decimal("0.001")}])
    with filas.reading() as session:
        assert session.connection().execute(select(FILAS)).all() == []
