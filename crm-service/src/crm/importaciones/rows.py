"""A row of an import: read, checked and written whole, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from contratos import DomainError, Fault, InvalidData
from crm.auditoria import Acto
from crm.tablas import Value
from http_rules.spanish import fault_of
from http_rules.strict import UNREADABLE

from . import clients
from .clients import WORDS, Clave, SiExiste
from .models import Importacion
from .values import Kind, value_of, word_of


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

    campos: Sequence[tuple[str, Kind, str | None] | None]
    clave: Clave
    si_existe: SiExiste
    forzar: bool
    origen: str | None


def plan_of(importacion: Importacion, kinds: Mapping[str, tuple[str, Kind]]) -> Plan:
    """How the rows of `importacion` are read; a field that is no more is left out."""
    fields = [
        (column["campo"], kinds[column["campo"]][1], column["decimal"]) if column["campo"] in kinds else None
        for column in importacion.columnas
    ]
    return Plan(
        fields,
        Clave(importacion.clave),
        SiExiste(importacion.si_existe),
        importacion.forzar,
        importacion.origen,
    )


def values_of(plan: Plan, cells: Sequence[Value | None]) -> dict[str, Any]:
    """What a row says, as JSON would; blank cells say nothing. Raises InvalidData."""
    extra = [cell for cell in cells[len(plan.campos) :] if cell is not None]
    if extra:
        said = "La fila tiene más celdas que columnas: revisa los separadores y comillas de su texto."
        raise InvalidData([Fault("", "celdas_de_mas", said)])
    values: dict[str, Any] = {}
    faults = []
    for field, cell in zip(plan.campos, cells, strict=False):
        if field is None or cell is None:
            continue
        name, kind, decimal = field
        if isinstance(cell, str) and UNREADABLE.search(cell):
            said = "Contiene caracteres que no se admiten: bórralos."
            faults.append(Fault(name, "caracteres_no_validos", said))
            continue
        value = value_of(cell, kind, decimal)
        values[name] = word_of(value, WORDS[name]) if name in WORDS else value
    if faults:
        raise InvalidData(faults)
    return values


def write_row(session: Session, acto: Acto, plan: Plan, cells: Sequence[Value | None]) -> Hecho:
    """Do what a row says; of one that has a fault nothing is written."""
    try:
        values = values_of(plan, cells)
        with session.begin_nested():
            done = clients.write(
                session,
                acto,
                values,
                plan.clave,
                plan.si_existe,
                forzar=plan.forzar,
                origen=plan.origen,
            )
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
    told = [{"campo": f.campo, "codigo": f.codigo, "mensaje": f.mensaje} for f in faults]
    return Hecho("error", None, told, None)
