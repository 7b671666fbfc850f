"""The database that both services stand on: doors, column types, frozen tables, migrations."""

from .bulk import insert_rows
from .database import THREADS, Database, insert_or_ignore, upsert
from .stored import as_stored, damaged, describe, legible, met_another_kind, typed
from .types import Cents, Instant, Key, Millionths

__all__ = [
    "THREADS",
    "Cents",
    "Database",
    "Instant",
    "Key",
    "Millionths",
    "as_stored",
    "damaged",
    "describe",
    "insert_or_ignore",
    "insert_rows",
    "legible",
    "met_another_kind",
    "typed",
    "upsert",
]
