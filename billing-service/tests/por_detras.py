"""Changes made behind the service's back, by somebody who owns the database and its triggers."""

import sqlite3

import psycopg


def por_detras(database, sql, *values):
    """Run `sql` (parameters as `?`) with triggers and foreign keys out of the way, then back."""
    if database.dialect == "postgresql":
        url = database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(sql.replace("?", "%s"), values)
        return
    connection = sqlite3.connect(database.engine.url.database, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN IMMEDIATE")  # a commit for each trigger would be most of the time of many tests
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(sql, values)
    for _, made in triggers:
        connection.execute(made)
    connection.execute("COMMIT")
    connection.close()
