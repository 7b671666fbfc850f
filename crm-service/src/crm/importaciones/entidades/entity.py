"""What the kinds of rows that are imported have in common: how they are asked for, known, written, undone."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session

from contratos import Fault, InvalidData
from crm import campos
from crm.auditoria import Acto
from crm.importaciones.models import FilaImportada
from crm.importaciones.values import Kind

T = TypeVar("T")

DEFAULT_ORIGIN = "importacion"
"""Of which program a reference is, when nobody says."""

_CALLED = frozenset({"origen", "referencia_externa"})
_OWN = "campos."
_OF_CUSTOM: Mapping[str, Kind] = {
    "numero": "numero",
    "fecha": "fecha",
    "booleano": "booleano",
    "multiple": "lista",
}


class EntidadImportada(StrEnum):
    """What the rows of a table are."""

    CLIENTES = "clientes"
    CONTACTOS = "contactos"
    OPORTUNIDADES = "oportunidades"
    ACTIVIDADES = "actividades"


class Clave(StrEnum):
    """By what a row is known to be one that is there."""

    AUTOMATICA = "automatica"
    ID = "id"
    CIF_NIF = "cif_nif"
    EMAIL = "email"
    REFERENCIA = "referencia_externa"
    NINGUNA = "ninguna"


class SiExiste(StrEnum):
    """What a row does to one that is there."""

    ACTUALIZAR = "actualizar"
    RELLENAR = "rellenar"
    SALTAR = "saltar"


@dataclass(frozen=True, slots=True)
class Como:
    """How the rows of an import are to be brought in; instants without a zone are of `zona`."""

    clave: Clave
    si_existe: SiExiste
    forzar: bool
    origen: str | None
    zona: ZoneInfo


Values = Mapping[str, Any]
"""What a row says, by field, as JSON would."""

Written = tuple[str, str, dict[str, Any] | None]
"""What came of a row (`creada`, `actualizada`, `sin_cambios`), the id, and what changed, before and after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A kind of rows."""

    titles: Mapping[str, str]
    """Its fields, and the titles that people and other programs give them."""
    named: str | None = None
    """The field of its name, for tables that have the surname in a column apart."""
    words: Mapping[str, Mapping[str, str]]
    """Of fields with few values, the words that stand for each."""
    claves: Collection[Clave]
    """By what its rows may be known."""
    needed: Sequence[tuple[Collection[str], str]]
    """Of each of these groups of fields a column is needed, or what to tell people."""
    fields: Callable[[Session, str], dict[str, tuple[str, Kind]]]
    """What a column may be of in a company: the title of each field, and its kind."""
    keys: Callable[[Values], list[str]]
    """By what other rows of the same table may be the same thing: values as they came, not checked."""
    look: Callable[[Session, str, Sequence[Values], Como], set[Any]]
    """Which keys of these rows somebody has already, by few queries for all of them."""
    write: Callable[[Session, Acto, Values, Como, set[Any]], Written]
    """Make what a row tells of, or change what it is. `known` are keys from `look`; it adds the row's own.

    Raises InvalidData, pydantic's ValidationError, or what the room's use cases do.
    """
    undo: Callable[[Session, Acto, FilaImportada], str | None]
    """Undo a row; why it could not be, or not all of it, in Spanish."""


def nobody(_session: Session, _empresa_id: str, _rows: Sequence[Values], _como: Como) -> set[Any]:
    """The `look` of what is looked for row by row."""
    return set()


def own_fields(session: Session, empresa_id: str, entidad: campos.Entidad) -> dict[str, tuple[str, Kind]]:
    """The company's own fields, `campos.…`, each with its title and kind."""
    own = campos.vivos(session, empresa_id, entidad)
    return {f"{_OWN}{c.clave}": (c.nombre, _OF_CUSTOM.get(c.tipo, "texto")) for c in own}


def nested(values: Values) -> dict[str, Any]:
    """The values with those of the company's own fields in `campos`."""
    own = {name.removeprefix(_OWN): value for name, value in values.items() if name.startswith(_OWN)}
    rest = {name: value for name, value in values.items() if not name.startswith(_OWN)}
    return rest | ({"campos": own} if own else {})


def needed(row: Values, name: str) -> str:
    """The value of the key by which a row is looked for. Raises InvalidData where it has none."""
    value: str | None = row.get(name)
    if not value:
        said = "La fila no tiene la clave por la que se busca: complétala, o elige otra clave."
        raise InvalidData([Fault(name, "clave_vacia", said)])
    return value


def only(rows: Sequence[T], campo: str, what: str) -> T | None:
    """The one there is, a live one before those put away. Raises InvalidData where there are several."""
    live = [row for row in rows if not getattr(row, "archivado", False)] or list(rows)
    if len(live) > 1:
        names = ", ".join(getattr(row, "id", "") for row in live[:3])
        said = f"Hay {len(live)} {what} así ({names}…): añade una columna que los distinga, como el id."
        raise InvalidData([Fault(campo, "clave_ambigua", said)])
    return live[0] if live else None


def kept(values: Values) -> dict[str, Any]:
    """Values of a row as JSON; what is empty is left out."""
    return {name: p for name, value in values.items() if (p := _plain(value)) not in (None, [], {}, False)}


def difference(before: Values, after: Values) -> dict[str, Any]:
    """What differs between two snapshots, as `{field: [before, after]}`."""
    return {
        name: [before.get(name), after.get(name)]
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }


def made(snapshot: Values) -> dict[str, Any]:
    """What is told of a row that made something."""
    return {name: [None, value] for name, value in snapshot.items()}


def outcome(what: str, before: Values, after: Values) -> Written:
    """What is told of a row that found something, whose id is `what`."""
    changed = difference(before, after)
    return ("actualizada" if changed else "sin_cambios"), what, changed or None


def lacking(row: object, changes: Values) -> dict[str, Any]:
    """Of the changes, those of what the row of the database does not say."""
    blank = {name: value for name, value in changes.items() if getattr(row, name, None) in (None, [], {})}
    if _of_another_program(row, changes):
        blank.pop("referencia_externa", None)
    if "campos" in changes:
        there = getattr(row, "campos", {})
        blank["campos"] = {k: v for k, v in changes["campos"].items() if k not in there}
    return blank


def as_called(row: object, changes: Values, origen: str | None) -> dict[str, Any]:
    """The changes of a row of the database, which keeps what its own program calls it.

    `origen` is what the file says; where it says nothing, the program in `changes` is a guess, and no reason
    to take the row from the one that it is of.
    """
    if origen is None and _of_another_program(row, changes):
        return {name: value for name, value in changes.items() if name not in _CALLED}
    return dict(changes)


def _of_another_program(row: object, changes: Values) -> bool:
    return getattr(row, "origen", None) not in (None, changes.get("origen"))


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return f"{value:.2f}"
        case date() | datetime():
            return value.isoformat()
        case StrEnum():
            return value.value
    return value
