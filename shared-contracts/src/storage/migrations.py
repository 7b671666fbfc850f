"""Bring a service's database to its schema, with Alembic, once and by one process at a time."""

from collections.abc import Sequence

from sqlalchemy import Connection, MetaData, inspect, text

from .database import Database
from .frozen import freeze

_ADVISORY_LOCK = 0x5B1111


def current(connection: Connection) -> str | None:
    """The revision the database is at; None before the first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def is_current(database: Database, head: str) -> bool:
    """Whether the database is at `head`."""
    with database.reading() as session:
        return current(session.connection()) == head


def migrate(database: Database, scripts: str, head: str, frozen: Sequence[str]) -> None:
    """Run the migrations of the package folder `scripts` (`package:folder`) up to `head`, then freeze.

    Nothing is done, and Alembic is not even imported, when the database is there already.
    """
    if is_current(database, head):
        return
    with database.unit_of_work() as session:
        connection = session.connection()
        if database.dialect == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # another start may be migrating for long
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
            connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
        if current(connection) == head:
            return
        _upgrade(connection, scripts)
        freeze(connection, frozen)


def _upgrade(connection: Connection, scripts: str) -> None:
    from alembic import command  # noqa: PLC0415 - heavy, and needed only when the schema is behind
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", scripts)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def run_env(metadata: MetaData) -> None:
    """The body of a service's Alembic `env.py`: run in the connection that `migrate` opened."""
    from alembic import context  # noqa: PLC0415

    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=False
    )
    context.run_migrations()
