"""The migrations make the schema that the code stands on, on both databases."""

import re
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from crm.db.schema import FROZEN, HEAD, is_current, migrate
from crm.tables import TABLES
from storage import Database
from storage.frozen import present, trigger_names
from storage.migrations import current


@pytest.fixture
def made(database_url, tmp_path):
    """A database with the tables as the models say."""
    if database_url.startswith("sqlite"):
        database = Database(f"sqlite:///{tmp_path}/models.db")
        SQLModel.metadata.create_all(database.engine)
        yield database
    else:
        name = f"models_{uuid4().hex}"
        admin = Database(database_url)
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.close()
        database = Database(re.sub(r"/crm_[0-9a-f]+", f"/{name}", database_url))
        SQLModel.metadata.create_all(database.engine)
        yield database
    database.close()


def indexes(database):
    """Every index as the database itself writes it: order, uniqueness and condition included."""
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if database.dialect == "sqlite"
        else "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    )
    with database.engine.connect() as connection:
        rows = connection.execute(text(query))
        return {name: " ".join(sql.split()) for name, sql in rows if not name.startswith("alembic")}


def constraints(database):
    """Every constraint as the database itself writes it."""
    if database.dialect == "postgresql":
        query = (
            "SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'"
        )
        with database.engine.connect() as connection:
            return sorted(tuple(row) for row in connection.execute(text(query)))
    inspector = inspect(database.engine)
    return {
        table.__tablename__: (
            sorted(str(check) for check in inspector.get_check_constraints(table.__tablename__)),
            sorted(str(key) for key in inspector.get_foreign_keys(table.__tablename__)),
            inspector.get_pk_constraint(table.__tablename__),
            sorted(str(unique) for unique in inspector.get_unique_constraints(table.__tablename__)),
        )
        for table in TABLES
    }


def test_they_make_the_tables_of_the_models(service):
    """Alembic cannot read the order of an index on SQLite: indexes are compared as text below."""
    options = {"compare_type": True, "include_object": lambda _o, _n, kind, *_: kind != "index"}
    with service.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SQLModel.metadata) == []
        assert current(connection) == HEAD


def test_they_make_the_indexes_and_constraints_of_the_models(service, made):
    assert indexes(service.database) == indexes(made)
    assert constraints(service.database) == constraints(made)


def test_every_table_is_listed():
    assert {table.__tablename__ for table in TABLES} == set(SQLModel.metadata.tables)


def test_keys_are_led_by_the_company():
    alone = {"empresas", "claves_emisor", "revocaciones_emisor"}
    for table in TABLES:
        name = str(table.__tablename__)
        if name in alone:
            continue
        columns = SQLModel.metadata.tables[name]
        assert next(iter(columns.primary_key)).name == "empresa_id"
        for key in columns.foreign_key_constraints:
            assert key.column_keys[0] == "empresa_id"


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("idx_cliente_fecha_creacion", "(empresa_id, creado DESC, id DESC)"),
        ("idx_actividades_cliente_fecha", "(empresa_id, cliente_id, fecha DESC, id DESC)"),
    ],
)
def test_the_indexes_that_the_contract_names_are_there(service, name, columns):
    assert columns in indexes(service.database)[name]


def test_the_tables_that_never_change_are_frozen(service):
    with service.database.engine.connect() as connection:
        assert present(connection) == trigger_names(FROZEN)


def test_a_database_that_is_there_is_left_alone(service):
    assert is_current(service.database)
    migrate(service.database)
    assert is_current(service.database)


def test_a_service_without_its_migrations_is_not_ready(service):
    assert service.client.get("/health/ready").json() == {
        "listo": True,
        "version": "1.0.0",
        "contrato": "1.0",
    }
    with service.database.unit_of_work() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        answer = service.client.get("/health/ready")
        assert (answer.status_code, answer.json()["listo"]) == (503, False)
        assert service.client.get("/health/live").status_code == 200
    finally:
        with service.database.unit_of_work() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})
