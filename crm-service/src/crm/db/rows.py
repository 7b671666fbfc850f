"""What every row of a company has."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, insert

from storage import Instant, Key

from . import later


def write(session: Session, *rows: SQLModel) -> None:
    """Insert rows of one table that nobody will look at again in this session; sooner done than `add`."""
    table = type(rows[0])
    write_values(session, table, *({name: row.__dict__[name] for name in table.model_fields} for row in rows))


def write_values(session: Session, table: type[SQLModel], *rows: Mapping[str, Any]) -> None:
    """As `write`, of rows that are given as the values of all their columns: sooner done still."""
    later.do(session, written, [(table, row) for row in rows])


def written(session: Session, rows: Sequence[tuple[type[SQLModel], Mapping[str, Any]]]) -> None:
    """What `write` does once it does it; rows may be of several tables, in the order that these need."""
    by_table: dict[type[SQLModel], list[Mapping[str, Any]]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    for table, values in by_table.items():
        session.connection().execute(insert(table), values)


class Versionada(SQLModel):
    """A row of one company with a version, which only users' writes raise."""

    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    version: int = 1
    creado: datetime = Field(sa_type=Instant)
    actualizado: datetime = Field(sa_type=Instant)

    def change(
        self, values: Mapping[str, Any], now: datetime, *, by_user: bool = True
    ) -> dict[str, tuple[Any, Any]]:
        """Take on `values`; answers what changed, as `{field: (before, after)}`.

        What changes nothing leaves the version and `actualizado` as they were.
        """
        changed = {
            name: (getattr(self, name), value)
            for name, value in values.items()
            if getattr(self, name) != value
        }
        for name, (_, after) in changed.items():
            setattr(self, name, after)
        if changed:
            self.actualizado = now
            self.version += by_user
        return changed


class Archivable(Versionada):
    """A row that is put away instead of deleted."""

    archivado: bool = False
