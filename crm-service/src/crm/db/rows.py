"""What every row of a company has."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, insert

from storage import Instant, Key


def write(session: Session, *rows: SQLModel) -> None:
    """Insert rows of one table that nobody will look at again in this session; sooner done than `add`."""
    session.connection().execute(insert(type(rows[0])), [row.model_dump() for row in rows])


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
