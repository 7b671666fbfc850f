"""A database as an earlier release left it."""

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from crm.db.schema import SCRIPTS


def at_revision(database, revision):
    """Bring an empty database to an earlier revision."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    with database.unit_of_work() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, revision)


def insert(database, table, **values):
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    with database.unit_of_work() as session:
        session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)
