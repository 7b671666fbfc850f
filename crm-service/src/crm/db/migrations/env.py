"""Alembic's environment: every table of the service, in the connection that `storage.migrations` opened."""

from sqlmodel import SQLModel

import crm.tables  # noqa: F401 - every table is in SQLModel's metadata from here on
from storage.migrations import run_env

run_env(SQLModel.metadata)
