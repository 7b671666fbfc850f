"""That a worker lives, as the others see it: a lock of its session with PostgreSQL, which ends with it.

Guarantee: the clients of a worker that was killed are free again within a few seconds, without waiting for
its leases to end. Kept by: each worker holds a lock from before its first claim until after its last
settlement; leases whose holder has had none for two looks are ended. Where a whole machine is lost and its
sessions hang on, the lease decides. A worker that lives, but cannot reach PostgreSQL for that long, may have
a client visited twice: the CRM knows each message by its reference, and each visit tells them in order.
"""

import zlib
from collections.abc import Collection

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from storage import Database

_KIND = 0x5B2222
_HOLD = text("SELECT pg_advisory_lock_shared(:kind, :number)")
_HELD = text(
    "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = :kind AND objsubid = 2 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Presence:
    """The lock of the worker `owner`; on SQLite, where one process delivers, there is none."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database, self._owner = database, owner
        self._connection: Connection | None = None

    def keep(self) -> None:
        """Hold the lock, again where its session was lost. Raises DBAPIError while the database is away."""
        if self._database.dialect != "postgresql":
            return
        try:
            if self._connection is None:
                self._connection = self._own_session()
                self._connection.execute(_HOLD, {"kind": _KIND, "number": _number(self._owner)})
            else:
                self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            self.end()
            raise

    def end(self) -> None:
        """Let go of it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _own_session(self) -> Connection:
        """A session beside the pool's, which closes when it is let go of."""
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()
        return connection


def absent(session: Session, owners: Collection[str]) -> set[str]:
    """Those of `owners` that hold no lock; to be asked after their leases were read, never before."""
    held = set(session.scalars(_HELD, {"kind": _KIND}))
    return {owner for owner in owners if _number(owner) not in held}


def _number(owner: str) -> int:
    return zlib.crc32(owner.encode()) & 0x7FFFFFFF
