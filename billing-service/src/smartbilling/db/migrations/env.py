"""Alembic's entry point: `storage.migrations` opened the connection."""

from smartbilling.db import metadata
from storage.migrations import run_env

run_env(metadata)
