"""Two doors: one to change the database and one to look at it."""

import threading
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import select

from contratos import Overloaded
from storage import THREADS, insert_or_ignore, upsert

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SECRETO = "esto-no-lo-lee-nadie"


@pytest.fixture
def count(database, cosas):
    def how_many():
        with database.reading() as session:
            return session.execute(select(func.count()).select_from(cosas.Cosa)).scalar()

    return how_many


@pytest.fixture
def add(database, cosas):
    def one(**values):
        with database.unit_of_work() as session:
            return cosas.crear(session, cosas.EMPRESA, NOW, **values)

    return one


def test_work_is_kept_whole_or_not_at_all(database, cosas, count):

    def begin_and_fail():
        with database.unit_of_work() as session:
            cosas.crear(session, cosas.EMPRESA, NOW)
            session.flush()
            cosas.crear(session, cosas.EMPRESA, NOW)
            1 / 0  # noqa: B018

    with pytest.raises(ZeroDivisionError):
        begin_and_fail()
    assert count() == 0
    with database.unit_of_work() as session:
        cosas.crear(session, cosas.EMPRESA, NOW)
        cosas.crear(session, cosas.EMPRESA, NOW)
    assert count() == 2


def test_what_was_kept_can_be_shown_once_the_session_has_ended(add):
    assert add(nombre="a").nombre == "a"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO cosas_de_prueba SELECT * FROM cosas_de_prueba",
        "UPDATE cosas_de_prueba SET nombre = 'x'",
        "DELETE FROM cosas_de_prueba",
        "DROP TABLE cosas_de_prueba",
        "CREATE TABLE otra (a int)",
        "ALTER TABLE cosas_de_prueba ADD COLUMN otra int",
    ],
)
def test_who_only_looks_can_change_nothing(database, add, count, statement):
    add()
    with pytest.raises(DBAPIError), database.reading() as session:
        session.execute(text(statement))
    assert count() == 1
    add()


def test_an_object_changed_by_who_only_looks_is_refused(database, cosas, add, count):
    made = add(nombre="a")
    with pytest.raises(DBAPIError), database.reading() as session:
        session.get(cosas.Cosa, (made.empresa_id, made.id)).nombre = "b"
    with pytest.raises(DBAPIError), database.reading() as session:
        cosas.crear(session, cosas.EMPRESA, NOW)
    assert count() == 1


def test_who_looks_sees_one_moment(database, cosas, add):
    add()
    with database.reading() as session:
        query = select(func.count()).select_from(cosas.Cosa)
        before = session.execute(query).scalar()
        add()
        assert session.execute(query).scalar() == before == 1


def test_who_looks_waits_for_no_writer(database, cosas, count):
    with database.unit_of_work() as session:
        cosas.crear(session, cosas.EMPRESA, NOW)
        session.flush()
        started = time.monotonic()
        assert count() == 0
        assert time.monotonic() - started < 2
    assert count() == 1


def test_writers_wait_for_one_another_and_none_is_lost(database, cosas, add):
    made = add(version=0)

    def raise_version():
        for _ in range(10):
            with database.unit_of_work() as session:
                row = session.get(cosas.Cosa, (made.empresa_id, made.id), with_for_update=True)
                row.version += 1

    threads = [threading.Thread(target=raise_version) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.get(cosas.Cosa, (made.empresa_id, made.id)).version == 80


def test_a_write_whose_turn_does_not_come_is_told_so(sqlite, opened, cosas):
    database = opened(sqlite, write_wait=0.05)
    cosas.crear_tablas(database)
    with database.unit_of_work():
        failed = []

        def write():
            with pytest.raises(Overloaded) as refused, database.unit_of_work():
                pytest.fail("the turn did not come")
            failed.append(refused.value.status)

        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert failed == [503]


def test_a_locked_row_is_waited_for_no_longer_than_a_write_waits(postgresql, opened, cosas):
    database = opened(postgresql, write_wait=0.1)
    cosas.crear_tablas(database)
    with database.unit_of_work() as session:
        made = cosas.crear(session, cosas.EMPRESA, NOW)
    with database.unit_of_work() as session:
        session.get(cosas.Cosa, (made.empresa_id, made.id), with_for_update=True)
        with pytest.raises(OperationalError, match="lock timeout"), database.unit_of_work() as other:
            other.get(cosas.Cosa, (made.empresa_id, made.id), with_for_update=True)


def test_on_sqlite_every_commit_is_synced_and_every_guard_is_up(sqlite, opened):
    database = opened(sqlite)
    guards = {
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "journal_mode": "wal",
        "busy_timeout": 5000,
    }
    for door, query_only in ((database.unit_of_work, 0), (database.reading, 1)):
        with door() as session:
            found = {
                name: session.execute(text(f"PRAGMA {name}")).scalar() for name in [*guards, "query_only"]
            }
        assert found == guards | {"query_only": query_only}


def test_on_postgresql_a_commit_waits_for_the_disk_and_time_is_utc(postgresql, opened):
    database = opened(postgresql)
    with database.unit_of_work() as session:
        found = {
            name: session.execute(text(f"SHOW {name}")).scalar()
            for name in (
                "synchronous_commit",
                "TimeZone",
                "lock_timeout",
                "transaction_isolation",
                "transaction_read_only",
            )
        }
    assert found == {
        "synchronous_commit": "on", "TimeZone": "UTC", "lock_timeout": "10s",
        "transaction_isolation": "read committed",
        "transaction_read_only": "off",
    }  # fmt: skip
    with database.reading() as session:
        assert session.execute(text("SHOW transaction_read_only")).scalar() == "on"
        assert session.execute(text("SHOW transaction_isolation")).scalar() == "repeatable read"
    with database.unit_of_work() as session:
        assert session.execute(text("SHOW transaction_read_only")).scalar() == "off"


def test_a_row_that_breaks_a_rule_says_no_values(add):
    made = add(nombre=SECRETO)
    with pytest.raises(IntegrityError) as refused:
        add(id=made.id, nombre=SECRETO)
    assert SECRETO not in str(refused.value)


def test_more_may_look_at_once_than_there_are_threads(database, count):
    barrier, found = threading.Barrier(THREADS), []

    def look():
        with database.reading() as session:
            session.execute(text("SELECT 1"))
            barrier.wait(10)
            found.append(count())

    threads = [threading.Thread(target=look) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [0] * THREADS


def test_a_database_that_is_away_says_so(opened, tmp_path):
    for url in ("postgresql+psycopg://nadie@127.0.0.1:1/nada", f"sqlite:///{tmp_path}/no/hay/carpeta.db"):
        with pytest.raises(OperationalError):
            opened(url).ping()


def test_a_row_is_inserted_once(database, cosas, count):
    row = {"empresa_id": "e", "id": "1", "nombre": "a", "creada": NOW, "dia": NOW.date()}
    with database.unit_of_work() as session:
        first = insert_or_ignore(session, cosas.Cosa, row, returning=cosas.Cosa.nombre)
        assert session.execute(first).scalars().all() == ["a"]
        again = insert_or_ignore(
            session, cosas.Cosa, [row | {"nombre": "b"}, row | {"id": "2"}], returning=cosas.Cosa.id
        )
        assert session.execute(again).scalars().all() == ["2"]
        session.execute(insert_or_ignore(session, cosas.Cosa, row))
    assert count() == 2


def test_a_row_that_is_there_is_added_to_and_replaced_where_asked(database, cosas):
    row = {
        "empresa_id": "e", "id": "1", "nombre": "a", "importe": Decimal("1.10"), "cantidad": Decimal(2),
        "creada": NOW, "dia": NOW.date(), "version": 1,
    }  # fmt: skip
    with database.unit_of_work() as session:
        for new in (
            row,
            row | {"nombre": "b", "importe": Decimal("2.20"), "cantidad": Decimal(9), "version": 5},
        ):
            session.execute(
                upsert(
                    session,
                    cosas.Cosa,
                    new,
                    keys=["empresa_id", "id"],
                    add=["importe", "version"],
                    replace=["nombre"],
                )
            )
    with database.reading() as session:
        found = session.get(cosas.Cosa, ("e", "1"))
    assert (found.nombre, found.importe, found.cantidad, found.version) == ("b", Decimal("3.30"), 2, 6)


def test_a_statement_without_values_is_made_once_and_takes_them_when_it_runs(database, cosas):
    row = {"empresa_id": "e", "nombre": "a", "importe": Decimal("1.10"), "creada": NOW, "dia": NOW.date()}
    row |= {"cantidad": Decimal(0), "version": 1}
    with database.unit_of_work() as session:

        def add(rows):
            how = upsert(session, cosas.Cosa, {}, keys=["empresa_id", "id"], add=["importe"])
            session.connection().execute(how, rows)
            return how

        assert add([row | {"id": "1"}, row | {"id": "2"}]) is add([row | {"id": "1"}])
    with database.reading() as session:
        found = [session.get(cosas.Cosa, ("e", one)).importe for one in ("1", "2")]
    assert found == [Decimal("2.20"), Decimal("1.10")]


def test_it_tells_where_its_file_is_and_how_many_connections_are_in_use(database):
    assert (database.file is not None) is (database.dialect == "sqlite")
    assert database.file is None or database.file.exists()
    idle, most = database.connections()
    assert idle == 0
    with database.unit_of_work() as session, database.reading() as reading:
        session.connection()
        reading.connection()
        assert database.connections() == (2, most)
    assert most > 2
