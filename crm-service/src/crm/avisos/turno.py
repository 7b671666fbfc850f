"""Which process of a deployment sends: one, and another as soon as it is gone.

Guarantee: of the processes that share a database one sends at a time; when it dies another begins at once.
Kept by: on PostgreSQL a lock of a session of its own, which ends with the process, whoever has it sends; on
SQLite, where one process serves, by that.
"""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from storage import Database

_LOCK = 0x5B3333
_TAKE = text("SELECT pg_try_advisory_lock(:number)")


class Turno:
    """The right to send. A process that lost its session has lost it too, and asks again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None

    def es_mio(self) -> bool:
        """Whether this process sends now. Raises DBAPIError while the database is away."""
        if self._database.dialect != "postgresql":
            return True
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return True
            return self._take()
        except DBAPIError:
            self.dejar()
            raise

    def dejar(self) -> None:
        """Let another one send."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _take(self) -> bool:
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.execute(_TAKE, {"number": _LOCK}).scalar_one():
            connection.detach()  # its session ends when it is closed, and the lock with it
            self._connection = connection
            return True
        connection.close()
        return False
