"""Bring a database to its schema, once and by one process at a time."""

import sys
import threading
from uuid import uuid4

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from storage.frozen import present, trigger_names
from storage.migrations import current, is_current, migrate

ENV = "from sqlalchemy import MetaData\nfrom storage.migrations import run_env\nrun_env(MetaData())\n"
FIRST = """
import pathlib, time
from alembic import op
import sqlalchemy as sa
revision, down_revision = "0001", None
def upgrade():
    with pathlib.Path({runs!r}).open("a") as runs:
        runs.write("0001\\n")
    op.create_table("hechos", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer))
    time.sleep({slow})
"""
SECOND = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "0002", "0001"
def upgrade():
    with op.batch_alter_table("hechos") as table:
        table.add_column(sa.Column("b", sa.Integer))
    {then}
"""


@pytest.fixture
def scripts(tmp_path, monkeypatch):
    """A package of migrations, and how often its first one was run."""
    name = f"migraciones_{uuid4().hex}"
    versions = tmp_path / name / "migrations" / "versions"
    versions.mkdir(parents=True)
    for package in (versions, versions.parent, versions.parent.parent):
        (package / "__init__.py").touch()
    (versions.parent / "env.py").write_text(ENV)
    monkeypatch.syspath_prepend(str(tmp_path))

    class Scripts:
        where = f"{name}:migrations"
        runs = tmp_path / "runs"

        def first(self, slow=0.0):
            (versions / "v0001.py").write_text(FIRST.format(runs=str(self.runs), slow=slow))

        def second(self, then="pass"):
            (versions / "v0002.py").write_text(SECOND.format(then=then))

        def times_run(self):
            return self.runs.read_text().count("0001") if self.runs.exists() else 0

    made = Scripts()
    made.first()
    return made


@pytest.fixture
def empty(url, opened):
    return opened(url)


def triggers(database):
    with database.reading() as session:
        return present(session.connection())


def test_an_empty_database_gets_its_schema_frozen(empty, scripts):
    assert not is_current(empty, "0001")
    migrate(empty, scripts.where, "0001", ["hechos"])
    assert is_current(empty, "0001")
    assert triggers(empty) == trigger_names(["hechos"])


def test_a_database_that_is_there_already_is_left_alone(empty, scripts):
    for _ in range(3):
        migrate(empty, scripts.where, "0001", ["hechos"])
    assert scripts.times_run() == 1


def test_the_next_migration_runs_alone_and_puts_the_triggers_back(empty, scripts):
    migrate(empty, scripts.where, "0001", ["hechos"])
    with empty.unit_of_work() as session:
        session.execute(text("INSERT INTO hechos (id, a) VALUES (1, 7)"))
    scripts.second()
    migrate(empty, scripts.where, "0002", ["hechos"])
    assert scripts.times_run() == 1
    assert triggers(empty) == trigger_names(["hechos"])
    with empty.reading() as session:
        assert session.execute(text("SELECT id, a, b FROM hechos")).all() == [(1, 7, None)]


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty, scripts):
    migrate(empty, scripts.where, "0001", ["hechos"])
    scripts.second(then="op.execute('SELECT * FROM no_existe')")
    with pytest.raises(DBAPIError):
        migrate(empty, scripts.where, "0002", ["hechos"])
    assert is_current(empty, "0001")
    assert triggers(empty) == trigger_names(["hechos"])
    with empty.reading() as session:
        columns = {column["name"] for column in inspect(session.connection()).get_columns("hechos")}
    assert columns == {"id", "a"}


def test_several_starts_at_once_run_it_once_however_long_it_takes(url, opened, scripts):
    scripts.first(slow=0.4)
    databases = [opened(url, write_wait=0.1 if "postgresql" in url else 10) for _ in range(4)]
    failed = []

    def start(database):
        try:
            migrate(database, scripts.where, "0001", ["hechos"])
            assert is_current(database, "0001")
        except Exception as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=start, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert scripts.times_run() == 1


def test_on_postgresql_what_a_migration_itself_waits_for_has_its_bound_again(postgresql, opened, scripts):
    database = opened(postgresql, write_wait=0.1)
    migrate(database, scripts.where, "0001", [])
    scripts.second()
    with opened(postgresql).unit_of_work() as session:
        session.execute(text("LOCK TABLE hechos"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            migrate(database, scripts.where, "0002", [])
    migrate(database, scripts.where, "0002", [])


def test_before_the_first_migration_a_database_is_nowhere(empty):
    with empty.reading() as session:
        assert current(session.connection()) is None


def test_a_start_that_has_nothing_to_do_does_not_import_alembic(empty, scripts):
    migrate(empty, scripts.where, "0001", [])
    hidden = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "alembic"}
    try:
        for name in hidden:
            sys.modules[name] = None
        migrate(empty, scripts.where, "0001", [])
    finally:
        sys.modules |= hidden
