"""A database of an earlier release is brought up to date: where it is made."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import text

from storage import Database


@pytest.fixture
def empty(database_url, tmp_path):
    """The address of a database without tables."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/empty.db"
    name, admin = f"empty_{uuid4().hex}", Database(database_url)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.close()
    return re.sub(r"/crm_[0-9a-f]+", f"/{name}", database_url)
