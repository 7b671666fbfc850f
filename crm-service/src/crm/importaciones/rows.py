"""A row of an import: read, checked and written whole, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from contratos import DomainError, Fault, InvalidData
from crm.auditoria import Acto
from crm.db import later
from crm.tablas import Value
from http_rules.spanish import fault_of
from http_rules.strict import UNREADABLE

from .entidades import SURNAME, Clave, Como, Entity, SiExiste, Values
from .models import Importacion
from .values import Kind, value_of, word_of

_IN_CELLS = {
    "fecha_invalida": "Escribe un día que exista, como 24/11/2026.",
    "instante_invalido": "Escribe un día que exista, y la hora si la hay, como 24/11/2026 9:30.",
    "numero_invalido": "Escribe un número, como 1.234,56.",
}
"""What is said of what the API writes in another way than cells."""

Read = Values | InvalidData
"""What a row says, or why it cannot be read."""


@dataclass(frozen=True, slots=True)
class Hecho:
    """What came of a row."""

    resultado: str
    recurso_id: str | None
    motivos: list[dict[str, str]]
    cambios: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of an import are read and what they do."""

    entity: Entity
    campos: Sequence[tuple[str, Kind, str | None] | None]
    como: Como


def plan_of(
    importacion: Importacion, entity: Entity, kinds: Mapping[str, tuple[str, Kind]], zona: ZoneInfo
) -> Plan:
    """How the rows of `importacion` are read; a field that is no more is left out."""
    fields = [
        (column["campo"], kinds[column["campo"]][1], column["decimal"]) if column["campo"] in kinds else None
        for column in importacion.columnas
    ]
    como = Como(
        Clave(importacion.clave),
        SiExiste(importacion.si_existe),
        importacion.forzar,
        importacion.origen,
        zona,
    )
    return Plan(entity, fields, como)


def read_row(plan: Plan, cells: Sequence[Value | None]) -> Read:
    """What a row says, as JSON would; blank cells say nothing."""
    extra = [cell for cell in cells[len(plan.campos) :] if cell is not None]
    if extra:
        said = "La fila tiene más celdas que columnas: revisa los separadores y comillas de su texto."
        return InvalidData([Fault("", "celdas_de_mas", said)])
    values: dict[str, Any] = {}
    faults = []
    words = plan.entity.words
    for field, cell in zip(plan.campos, cells, strict=False):
        if field is None or cell is None:
            continue
        name, kind, decimal = field
        try:
            value = value_of(_readable(cell), kind, decimal, plan.como.zona)
        except InvalidData:
            said = "Contiene caracteres que no se admiten: bórralos."
            faults.append(Fault(name, "caracteres_no_validos", said))
            continue
        values[name] = word_of(value, words[name]) if name in words and isinstance(value, str) else value
    return InvalidData(faults) if faults else _whole_name(values, plan.entity.named)


def _readable(cell: Value) -> Value:
    """The cell. Raises InvalidData for text that no database can hold."""
    if isinstance(cell, str) and UNREADABLE.search(cell):
        raise InvalidData([])
    return cell


def _whole_name(values: dict[str, Any], named: str | None) -> Values:
    """The values with what a column of surnames says at the end of the name, which has one field."""
    surname = values.pop(SURNAME, None)
    if surname is not None and named is not None:
        values[named] = f"{values.get(named, '')} {surname}".strip()
    return values


def write_row(session: Session, acto: Acto, plan: Plan, row: Read, known: set[Any]) -> Hecho:
    """Do what a row says; of one that has a fault nothing is written. `known` is as `Entity.write` has it."""
    try:
        if isinstance(row, InvalidData):
            raise row
        with later.attempt(session):
            done = plan.entity.write(session, acto, row, plan.como, known)
    except ValidationError as error:
        faults = dict.fromkeys(fault_of({**each, "loc": ("body", *each["loc"])}) for each in error.errors())
        return _refused(list(faults))
    except InvalidData as error:
        return _refused(error.faults)
    except DomainError as error:
        return _refused([Fault(str(error.facts.get("campo") or error.campo), error.code, error.detail)])
    except IntegrityError:
        said = "Otra fila o persona acaba de usar esos datos: repite la importación de esta fila."
        return _refused([Fault("", "conflicto", said)])
    return Hecho(done[0], done[1], [], done[2])


def _refused(faults: Sequence[Fault]) -> Hecho:
    told = [
        {"campo": f.campo, "codigo": f.codigo, "mensaje": _IN_CELLS.get(f.codigo, f.mensaje)} for f in faults
    ]
    return Hecho("error", None, told, None)
