"""Rows as plain JSON, the same on both databases: what is exported, digested and checked."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, Date, String, Table, type_coerce

from storage import Cents, Instant, Millionths, describe

Json = dict[str, Any]
Convierte = Callable[[Any], Any]

_CIEN = 100
_MILLON = 1_000_000


class Columnas:
    """Some columns of a table, read without types of ours in between, each with what makes it JSON."""

    def __init__(self, table: Table, names: Iterable[str]) -> None:
        columns = [table.c[name] for name in names]
        self.nombres = [column.name for column in columns]
        self.pedidas: Sequence[ColumnElement[Any]] = [_cruda(column) for column in columns]
        self._conversiones = [
            (n, convierte) for n, column in enumerate(columns) if (convierte := _conversion(column))
        ]

    def como_json(self, valores: Sequence[Any]) -> Json:
        """A row's values by name; those that are null are left out.

        What is not of its column's kind, which only somebody else can have written, is told as a text: looked
        for only in a row that cannot be converted, for every record goes through here.
        """
        hechos = list(valores)
        try:
            for n, convierte in self._conversiones:
                if (valor := hechos[n]) is not None:
                    hechos[n] = convierte(valor)
        except (TypeError, ValueError):
            hechos = self._de_otra_clase(valores)
        return {name: valor for name, valor in zip(self.nombres, hechos, strict=True) if valor is not None}

    def _de_otra_clase(self, valores: Sequence[Any]) -> list[Any]:
        hechos = list(valores)
        for n, convierte in self._conversiones:
            try:
                hechos[n] = None if hechos[n] is None else convierte(hechos[n])
            except (TypeError, ValueError):
                hechos[n] = describe(hechos[n])
        return hechos


def en_json(valor: Any) -> Any:
    """`valor` with a text in the place of what JSON has not: bytes, and numbers that are no whole ones."""
    if isinstance(valor, dict):
        return {name: en_json(value) for name, value in valor.items()}
    if isinstance(valor, list):
        return [en_json(value) for value in valor]
    return describe(valor) if isinstance(valor, bytes | float) else valor


def todas(table: Table, *menos: str) -> Columnas:
    """All the columns of a table but some, by name: their order is part of every digest.

    A column that a later release adds is null in the rows of before, and so leaves their digests as they
    were.
    """
    return Columnas(table, sorted(column.name for column in table.columns if column.name not in menos))


@lru_cache(maxsize=65536)
def como_euros(centimos: int) -> str:
    """Cents as euros with two decimals."""
    signo = "-" if centimos < 0 else ""
    return f"{signo}{abs(centimos) // _CIEN}.{abs(centimos) % _CIEN:02}"


@lru_cache(maxsize=65536)
def como_decimal(millonesimas: int) -> str:
    """Millionths without needless zeros."""
    signo = "-" if millonesimas < 0 else ""
    entero, resto = divmod(abs(millonesimas), _MILLON)
    return f"{signo}{entero}.{resto:06}".rstrip("0") if resto else f"{signo}{entero}"


def como_instante(valor: Any) -> str:
    """An instant in UTC; SQLite gives its text, without zone."""
    if isinstance(valor, datetime):
        return valor.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{valor}+00:00".replace(" ", "T", 1)


def como_fecha(valor: Any) -> Any:
    """A day; SQLite gives its text."""
    return valor.isoformat() if isinstance(valor, date) else valor


def como_documento(valor: Any) -> Any:
    """A JSON document; SQLite gives its text, which stays a text when it is none."""
    return _leido(valor) if isinstance(valor, str) else valor


@lru_cache(maxsize=256)
def _leido(texto: str) -> Any:
    """Most invoices bring the same issuer, and nobody beside the customer: read once, changed by nobody."""
    try:
        return json.loads(texto)
    except ValueError:
        return texto


def _cruda(column: ColumnElement[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, Cents | Millionths):
        return type_coerce(column, BigInteger)
    if isinstance(column.type, Instant | Date | JSON):
        return type_coerce(column, String)
    return column


def _conversion(column: ColumnElement[Any]) -> Convierte | None:
    if isinstance(column.type, Cents):
        return como_euros
    if isinstance(column.type, Millionths):
        return como_decimal
    if isinstance(column.type, Instant):
        return como_instante
    if isinstance(column.type, Date):
        return como_fecha
    if isinstance(column.type, JSON):
        return como_documento
    return None
