"""Tables whose rows the application's own connection cannot change or delete: the database refuses."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

MESSAGE = "registro_inalterable"
"""What the database says when it refuses."""

_VERBS = ("UPDATE", "DELETE")


def trigger_names(tables: Iterable[str]) -> set[str]:
    """The names of the triggers that freeze `tables`."""
    return {f"inalterable_{table}_{verb.lower()}" for table in tables for verb in _VERBS}


def freeze(connection: Connection, tables: Sequence[str]) -> None:
    """Put the triggers on `tables`, or back on them: a migration in SQLite's batch mode drops them unsaid."""
    if connection.dialect.name == "postgresql":
        body = (
            f"BEGIN RAISE EXCEPTION '{MESSAGE}: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END"
        )
        connection.execute(
            text(f"CREATE OR REPLACE FUNCTION inalterable() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        )
    for table in tables:
        for verb in _VERBS:
            name = f"inalterable_{table}_{verb.lower()}"
            if connection.dialect.name == "postgresql":
                connection.execute(
                    text(
                        f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {table} "
                        "FOR EACH ROW EXECUTE FUNCTION inalterable()"
                    )
                )
            else:
                connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
                connection.execute(
                    text(
                        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {table}'); END"
                    )
                )
        if connection.dialect.name == "postgresql":
            connection.execute(
                text(
                    f"CREATE OR REPLACE TRIGGER inalterable_{table}_truncate BEFORE TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION inalterable()"
                )
            )


def present(connection: Connection) -> set[str]:
    """The names of the freezing triggers that the database has now."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'inalterable_%'"
        if connection.dialect.name == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'inalterable_%'"
    )
    return {name for (name,) in connection.execute(text(query)) if not name.endswith("_truncate")}
