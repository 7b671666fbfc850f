"""The columns of a list's file, from the shape that the API shows its rows in. Pure.

A column is named as the field is in JSON, so that a file is read like an answer, and imported as it came.
Of an object within, each field is a column of its own, empty where there is none: `etapa_id`, `etapa_nombre`.
Texts of a list stand in one cell, with commas; other lists as their JSON.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from crm.tablas import Cell, joined

_OWN = "campos"
Reader = Callable[[BaseModel], Cell]


def columns_of(shown: type[BaseModel], own: Sequence[str] = ()) -> list[tuple[str, Reader]]:
    """The names of the columns, and what reads each from a row; `own` are the keys of custom fields."""
    found = [each for each in _columns(shown, (), "") if each[0] != _OWN]
    return [*found, *((f"{_OWN}.{clave}", _own_reader(clave)) for clave in own)]


def cells_of(readers: Sequence[Reader], row: BaseModel) -> list[Cell]:
    """A row's cells."""
    return [read(row) for read in readers]


def _columns(shown: type[BaseModel], path: tuple[str, ...], prefix: str) -> Iterator[tuple[str, Reader]]:
    for name, field in shown.model_fields.items():
        here, within = (*path, name), _object(field.annotation)
        if within is not None:
            yield from _columns(within, here, f"{prefix}{name}_")
        else:
            yield f"{prefix}{name}", _reader(here)


def _object(kind: Any) -> type[BaseModel] | None:
    """The shape of a field that is an object, or may be one."""
    for each in (kind, *get_args(kind)):
        if isinstance(each, type) and issubclass(each, BaseModel):
            return None if get_origin(kind) is list else each
    return None


def _own_reader(clave: str) -> Reader:
    def read(row: BaseModel) -> Cell:
        value = getattr(row, _OWN).get(clave)
        return joined(value) if isinstance(value, list) else value

    return read


def _reader(path: tuple[str, ...]) -> Reader:
    *way, last = path

    def read(row: BaseModel) -> Cell:
        at: Any = row
        for step in way:
            at = getattr(at, step)
            if at is None:
                return None
        return _cell(getattr(at, last), at, last)

    return read


def _cell(value: Any, owner: BaseModel, name: str) -> Cell:
    match value:
        case Enum():
            return str(value.value)
        case None | str() | bool() | int() | date() | datetime():
            return value
        case Decimal() | float():
            return Decimal(str(_as_json(owner, name)))
        case list() | tuple() if not value:
            return None
        case list() if all(isinstance(item, str) for item in value):
            return joined(value)
    return json.dumps(_as_json(owner, name), ensure_ascii=False)


def _as_json(owner: BaseModel, name: str) -> Any:
    """The value as the API writes it, with its decimals."""
    return owner.model_dump(mode="json", include={name})[name]
