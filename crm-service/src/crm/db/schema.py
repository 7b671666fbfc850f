"""The revision that this code needs, and the way to it."""

from storage import Database
from storage import migrations as runner

HEAD = "0012"
SCRIPTS = "crm.db:migrations"
FROZEN = ("auditoria",)
"""Tables whose rows the database itself keeps from being changed or deleted."""


def migrate(database: Database) -> None:
    """Bring `database` to HEAD; does nothing when it is there."""
    runner.migrate(database, SCRIPTS, HEAD, FROZEN)


def is_current(database: Database) -> bool:
    """Whether `database` is at HEAD."""
    return runner.is_current(database, HEAD)
