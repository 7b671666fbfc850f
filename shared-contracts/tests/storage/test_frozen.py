"""Tables whose rows the application's own connection cannot change or delete."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from storage import insert_or_ignore, upsert
from storage.frozen import MESSAGE, freeze, present, trigger_names

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TABLE = "cosas_de_prueba"
ON_CONFLICT = "ON CONFLICT (empresa_id, id) DO UPDATE"


@pytest.fixture
def frozen(database, cosas):
    """A database whose things are frozen, with one in it."""
    with database.unit_of_work() as session:
        freeze(session.connection(), [TABLE])
        cosas.crear(session, cosas.EMPRESA, NOW, id="cos_1", nombre="primera")
    return database


def names(database, cosas):
    with database.reading() as session:
        return sorted(session.execute(select(cosas.Cosa.nombre)).scalars())


EVERYWHERE = [
    f"UPDATE {TABLE} SET nombre = 'otra'",
    f"UPDATE {TABLE} SET nombre = nombre",
    f"UPDATE {TABLE} SET id = 'cos_2' WHERE id = 'cos_1'",
    f"DELETE FROM {TABLE}",
    f"DELETE FROM {TABLE} WHERE id = 'cos_1'",
    f"INSERT INTO {TABLE} SELECT * FROM {TABLE} WHERE true {ON_CONFLICT} SET nombre = 'otra'",
]
SQLITE = [
    f"INSERT OR REPLACE INTO {TABLE} SELECT * FROM {TABLE}",
    f"REPLACE INTO {TABLE} SELECT * FROM {TABLE}",
    f"UPDATE OR REPLACE {TABLE} SET nombre = 'otra'",
    f"UPDATE OR IGNORE {TABLE} SET nombre = 'otra'",
]
POSTGRESQL = [f"TRUNCATE {TABLE}", f"TRUNCATE {TABLE} CASCADE"]


@pytest.mark.parametrize(
    ("url", "statement"),
    [("sqlite", one) for one in EVERYWHERE + SQLITE]
    + [("postgresql", one) for one in EVERYWHERE + POSTGRESQL],
    indirect=["url"],
)
def test_the_database_refuses_whatever_would_change_or_delete(frozen, cosas, statement):
    with pytest.raises(DBAPIError, match=MESSAGE), frozen.unit_of_work() as session:
        session.execute(text(statement))
    assert names(frozen, cosas) == ["primera"]


def test_the_database_refuses_what_our_own_helpers_would_change(frozen, cosas):
    row = {"empresa_id": cosas.EMPRESA, "id": "cos_1", "nombre": "otra", "creada": NOW, "dia": NOW.date()}
    with pytest.raises(DBAPIError, match=MESSAGE), frozen.unit_of_work() as session:
        session.execute(upsert(session, cosas.Cosa, row, keys=["empresa_id", "id"], replace=["nombre"]))
    with pytest.raises(DBAPIError, match=MESSAGE), frozen.unit_of_work() as session:
        session.get(cosas.Cosa, (cosas.EMPRESA, "cos_1")).nombre = "otra"
    with pytest.raises(DBAPIError, match=MESSAGE), frozen.unit_of_work() as session:
        session.delete(session.get(cosas.Cosa, (cosas.EMPRESA, "cos_1")))
    with frozen.unit_of_work() as session:
        session.execute(insert_or_ignore(session, cosas.Cosa, row))
    assert names(frozen, cosas) == ["primera"]


def test_rows_are_still_added(frozen, cosas):
    with frozen.unit_of_work() as session:
        cosas.crear(session, cosas.EMPRESA, NOW, nombre="segunda")
    assert names(frozen, cosas) == ["primera", "segunda"]


def test_an_update_that_finds_nothing_is_no_change(frozen):
    with frozen.unit_of_work() as session:
        session.execute(text(f"DELETE FROM {TABLE} WHERE id = 'nada'"))


def test_what_is_frozen_can_be_compared_with_what_should_be(frozen):
    with frozen.reading() as session:
        assert present(session.connection()) == trigger_names([TABLE])
    with frozen.unit_of_work() as session:
        name = f"inalterable_{TABLE}_update"
        session.execute(
            text(f"DROP TRIGGER {name}" + (f" ON {TABLE}" if frozen.dialect == "postgresql" else ""))
        )
        assert present(session.connection()) == trigger_names([TABLE]) - {name}


def test_freezing_again_puts_back_what_was_lost(frozen, cosas):
    with frozen.unit_of_work() as session:
        on = f" ON {TABLE}" if frozen.dialect == "postgresql" else ""
        for name in trigger_names([TABLE]):
            session.execute(text(f"DROP TRIGGER {name}{on}"))
    for _ in range(2):
        with frozen.unit_of_work() as session:
            freeze(session.connection(), [TABLE])
    with pytest.raises(DBAPIError, match=MESSAGE), frozen.unit_of_work() as session:
        session.execute(text(f"DELETE FROM {TABLE}"))
    assert names(frozen, cosas) == ["primera"]


def test_other_tables_move_on(frozen):
    with frozen.unit_of_work() as session:
        session.execute(text("DELETE FROM claves_idempotencia"))
