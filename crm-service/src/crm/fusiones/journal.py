"""The journal of a merge: what it does to each row is written down as it is done, so that it can be undone.

Rows that only change client move by whole tables, two statements each, however many there are.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ColumnElement, Table, and_, delete, insert, literal, select, update
from sqlmodel import Session, SQLModel, col

from crm.db.rows import write

from .models import FilaFusionada, Fusion

_READ: Mapping[type, Any] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: Decimal,
}
_CLIENTES = "clientes"
Row = dict[str, Any]


class Journal:
    """Writes down what `fusion` does in `session`, and undoes it."""

    def __init__(self, session: Session, fusion: Fusion) -> None:
        self._session, self._fusion = session, fusion
        self._old, self._new = fusion.fusionado_id, fusion.cliente_id

    @property
    def cliente_id(self) -> str:
        """The client that stays."""
        return self._new

    def mover(self, tabla: str, columna: str) -> int:
        """The rows of the client that goes name the other one; how many they are."""
        table = SQLModel.metadata.tables[tabla]
        theirs = self._of(table, columna, self._old)
        rows = select(
            literal(self._fusion.empresa_id),
            literal(self._fusion.id),
            literal(tabla),
            literal("movida"),
            table.c.id,
        )
        into = ["empresa_id", "fusion_id", "tabla", "forma", "clave"]
        connection = self._session.connection()
        connection.execute(insert(FilaFusionada).from_select(into, rows.where(theirs)))
        return connection.execute(update(table).where(theirs).values({columna: self._new})).rowcount

    def apartar(self, tabla: str, columna: str) -> list[Row]:
        """The rows of the client that goes leave the table; what they were."""
        table = SQLModel.metadata.tables[tabla]
        theirs = self._of(table, columna, self._old)
        rows = [
            dict(row) for row in self._session.connection().execute(select(table).where(theirs)).mappings()
        ]
        self._write("apartada", table, ((row, row, None) for row in rows))
        self._session.connection().execute(delete(table).where(theirs))
        return rows

    def poner(self, tabla: str, rows: Iterable[Row]) -> None:
        """New rows come into the table."""
        table, new = SQLModel.metadata.tables[tabla], list(rows)
        if new:
            self._session.connection().execute(insert(table), new)
            self._write("nueva", table, ((row, None, row) for row in new))

    def cambiar(self, tabla: str, antes: Row, despues: Row) -> None:
        """A row was changed by whoever calls, from `antes` to `despues`."""
        table = SQLModel.metadata.tables[tabla]
        changed = [name for name in despues if antes[name] != despues[name]]
        if changed:
            was, now = ({name: row[name] for name in changed} for row in (antes, despues))
            self._write("cambiada", table, [(despues, was, now)])

    def poner_en(self, tabla: str, antes: Row, despues: Row) -> None:
        """Change a row of the client that stays."""
        table = SQLModel.metadata.tables[tabla]
        self.cambiar(tabla, antes, despues)
        self._session.connection().execute(update(table).where(_here(table, antes)).values(despues))

    def apartar_cliente(self, fila: Row) -> None:
        """Keep the row of the client that goes; whoever calls deletes it."""
        self._write("apartada", SQLModel.metadata.tables[_CLIENTES], [(fila, fila, None)])

    def cliente_apartado(self) -> Row:
        """The row of the client that went."""
        (row,) = self._read(_CLIENTES, "apartada")
        return typed(SQLModel.metadata.tables[_CLIENTES], row.antes)

    def fotografiar(self, tabla: str) -> dict[str, Row]:
        """The rows of the client that stays, by key, to be compared later: see `comparar`."""
        table = SQLModel.metadata.tables[tabla]
        rows = self._session.connection().execute(
            select(table).where(self._of(table, "cliente_id", self._new))
        )
        return {_key(table, row): row for row in map(dict, rows.mappings())}

    def comparar(self, tabla: str, antes: Mapping[str, Row]) -> None:
        """Write down what became of the rows of `fotografiar`, and those that came."""
        table = SQLModel.metadata.tables[tabla]
        for key, row in self.fotografiar(tabla).items():
            if key in antes:
                self.cambiar(tabla, antes[key], row)
            else:
                self._write("nueva", table, [(row, None, row)])

    def devolver(self, tabla: str, columna: str) -> None:
        """What moved names its client again, unless it is gone or somebody else's by now."""
        table = SQLModel.metadata.tables[tabla]
        moved = select(col(FilaFusionada.clave)).where(*self._rows(tabla, "movida"))
        # `IS TRUE` keeps PostgreSQL from joining the two, which without statistics compares all with all
        theirs = and_(self._of(table, columna, self._new), table.c.id.in_(moved).is_(True))
        self._session.connection().execute(update(table).where(theirs).values({columna: self._old}))

    def quitar_nuevas(self, tabla: str) -> None:
        """What the merge made is gone again, unless it has changed since."""
        table = SQLModel.metadata.tables[tabla]
        for row in self._read(tabla, "nueva"):
            if _plain(self._now(table, row.despues)) == row.despues:
                self._session.connection().execute(delete(table).where(_here(table, row.despues)))

    def reponer_apartadas(self, tabla: str) -> None:
        """What was put aside is back."""
        table = SQLModel.metadata.tables[tabla]
        rows = [typed(table, row.antes) for row in self._read(tabla, "apartada")]
        back = [row for row in rows if self._now(table, row) is None]
        if back:
            self._session.connection().execute(insert(table), back)

    def restituir(self, tabla: str) -> None:
        """Rows that the merge changed are as they were, column by column, but for what has changed since."""
        table = SQLModel.metadata.tables[tabla]
        for key, values, _ in self.restituibles(tabla):
            if values:
                self._session.connection().execute(update(table).where(_here(table, key)).values(values))

    def restituibles(self, tabla: str) -> Iterator[tuple[Row, Row, list[str]]]:
        """Of each changed row: its key, the columns to put back, and those that people have changed since."""
        table = SQLModel.metadata.tables[tabla]
        for row in self._read(tabla, "cambiada"):
            key = typed(table, json.loads(row.clave))
            now = self._now(table, key)
            if now is None:
                continue
            shown = _plain(now)
            same = [name for name in row.despues if shown and shown[name] == row.despues[name]]
            since = [name for name in row.despues if name not in same]
            yield key, typed(table, {name: row.antes[name] for name in same}), since

    def _now(self, table: Table, row: Row) -> Row | None:
        found = self._session.connection().execute(select(table).where(_here(table, row))).mappings().first()
        return None if found is None else dict(found)

    def _of(self, table: Table, columna: str, cliente_id: str) -> ColumnElement[bool]:
        return and_(table.c.empresa_id == self._fusion.empresa_id, table.c[columna] == cliente_id)

    def _rows(self, tabla: str, forma: str) -> tuple[ColumnElement[bool], ...]:
        return (
            col(FilaFusionada.empresa_id) == self._fusion.empresa_id,
            col(FilaFusionada.fusion_id) == self._fusion.id,
            col(FilaFusionada.tabla) == tabla,
            col(FilaFusionada.forma) == forma,
        )

    def _read(self, tabla: str, forma: str) -> list[Any]:
        return list(self._session.execute(select(FilaFusionada).where(*self._rows(tabla, forma))).scalars())

    def _write(self, forma: str, table: Table, rows: Iterable[tuple[Row, Row | None, Row | None]]) -> None:
        kept = [
            FilaFusionada(
                empresa_id=self._fusion.empresa_id,
                fusion_id=self._fusion.id,
                tabla=table.name,
                forma=forma,
                clave=_key(table, row),
                antes=_plain(antes),
                despues=_plain(despues),
            )
            for row, antes, despues in rows
        ]
        if kept:
            write(self._session, *kept)


def typed(table: Table, row: Mapping[str, Any]) -> Row:
    """A row of the journal as its table's columns take it."""
    return {name: _typed(table, name, value) for name, value in row.items()}


def _typed(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    read = None if value is None or isinstance(kind, JSON) else _READ.get(kind.python_type)
    return value if read is None else read(value)


def _plain(row: Mapping[str, Any] | None) -> Row | None:
    """A row as the journal keeps it."""
    return None if row is None else {name: _as_json(value) for name, value in row.items()}


def _as_json(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value


def _key(table: Table, row: Mapping[str, Any]) -> str:
    return json.dumps({column.name: row[column.name] for column in table.primary_key}, sort_keys=True)


def _here(table: Table, row: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in table.primary_key))
