"""A row of a table as a client: which it is, what it makes or changes, by the use cases of the API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from contratos import Fault, InvalidData
from contratos.nif import normalise_nif
from crm import campos, clientes
from crm.auditoria import Acto
from crm.busqueda import fold
from crm.clientes import Cliente, ClienteAlta, ClienteParche

from .titles import DE_CLIENTES
from .values import Kind

NOT_IMPORTED = frozenset({"archivado", "consentimientos"})
"""Fields of a client that no file changes: consents need their proof."""

KINDS: Mapping[str, Kind] = {
    "limite_credito": "numero",
    "etiquetas": "lista",
    "telefonos": "telefono",
    "correos": "email",
    "direcciones": "direccion",
}
"""The kinds of those fields that are not text."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "tipo_cliente": {
        "empresa": "sociedad, juridica, persona juridica, s.l., sl, s.a., sa, company, organizacion",
        "autonomo": "autonoma, freelance, profesional, trabajador autonomo",
        "particular": "persona, fisica, persona fisica, individual, person, privado",
    },
    "estado": {
        "prospecto": "potencial, lead, candidato, prospect, posible, interesado",
        "activo": "activa, cliente, active, customer, alta, vigente",
        "inactivo": "inactiva, inactive, baja, antiguo, perdido",
    },
}
_OWN = "campos."
_OF_CUSTOM: Mapping[str, Kind] = {
    "numero": "numero",
    "fecha": "fecha",
    "booleano": "booleano",
    "multiple": "lista",
}
_KEPT = tuple(name for name in ClienteParche.model_fields if name != "consentimientos")
_NAMES = ("id", "email", "referencia_externa")
_DEFAULT_ORIGIN = "importacion"


class Clave(StrEnum):
    """By what a row is known to be a client that is there."""

    AUTOMATICA = "automatica"
    ID = "id"
    CIF_NIF = "cif_nif"
    EMAIL = "email"
    REFERENCIA = "referencia_externa"
    NINGUNA = "ninguna"


class SiExiste(StrEnum):
    """What a row does to a client that is there."""

    ACTUALIZAR = "actualizar"
    RELLENAR = "rellenar"
    SALTAR = "saltar"


def fields(session: Session, empresa_id: str) -> dict[str, tuple[str, Kind]]:
    """What a column may be of: the title of each field, and its kind; a company's own are `campos.…`."""
    known = {name: (name, KINDS.get(name, "texto")) for name in DE_CLIENTES}
    own = campos.vivos(session, empresa_id, campos.Entidad.CLIENTE)
    return known | {f"{_OWN}{c.clave}": (c.nombre, _OF_CUSTOM.get(c.tipo, "texto")) for c in own}


def keys(values: Mapping[str, Any]) -> list[str]:
    """By what other rows of the same table may be the same client: values as they came, not checked."""
    numbers = [normalise_nif(str(values[name])) for name in ("cif_nif", "nif_iva") if values.get(name)]
    found = [f"nif {number}" for number in numbers]
    found += [f"{name} {str(values[name]).strip().casefold()}" for name in _NAMES if values.get(name)]
    return found or [f"nombre {fold(str(values.get('nombre_completo', '')).strip())}"]


def write(
    session: Session,
    acto: Acto,
    values: Mapping[str, Any],
    clave: Clave,
    si_existe: SiExiste,
    *,
    forzar: bool,
    origen: str | None,
) -> tuple[str, str, dict[str, Any] | None]:
    """Make the client that a row tells of, or change the one that it is.

    Answers what came of it (`creada`, `actualizada`, `sin_cambios`), the client's id, and what changed, as
    `{field: [before, after]}`. Raises InvalidData, pydantic's ValidationError, or what the clients room does.
    """
    given = _nested(values)
    wanted = given.pop("id", None)
    if "referencia_externa" in given:
        given.setdefault("origen", origen or _DEFAULT_ORIGIN)
    changes = ClienteParche.model_validate(given).values()
    clientes.turno(session, acto.empresa_id)
    found = _found(session, acto.empresa_id, changes | {"id": wanted}, clave)
    if found is None:
        made, _ = clientes.crear(session, acto, ClienteAlta.model_validate(given), forzar=forzar)
        return "creada", made.id, {name: [None, value] for name, value in snapshot(made).items()}
    if si_existe is SiExiste.SALTAR:
        return "sin_cambios", found.id, None
    if changes.get("limite_credito") == 0 and found.limite_credito is None:
        del changes["limite_credito"]  # shown, the two are the same
    before = snapshot(found)
    if si_existe is SiExiste.RELLENAR:
        changes = _lacking(found, changes)
    clientes.modificar(session, acto, found.id, changes, forzar=forzar)
    changed = difference(before, snapshot(found))
    return ("actualizada" if changed else "sin_cambios"), found.id, changed or None


def snapshot(cliente: Cliente) -> dict[str, Any]:
    """What a file may have changed of a client, as JSON; what is empty is left out."""
    return {
        name: plain
        for name in _KEPT
        if (plain := _plain(getattr(cliente, name))) not in (None, [], {}, False)
    }


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What differs between two snapshots, as `{field: [before, after]}`."""
    return {
        name: [before.get(name), after.get(name)]
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return f"{value:.2f}"
        case datetime():
            return value.isoformat()
        case StrEnum():
            return value.value
    return value


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with those of the company's own fields in `campos`."""
    own = {name.removeprefix(_OWN): value for name, value in values.items() if name.startswith(_OWN)}
    rest = {name: value for name, value in values.items() if not name.startswith(_OWN)}
    return rest | ({"campos": own} if own else {})


def _lacking(cliente: Cliente, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Of the changes, those of what the client does not say."""
    blank = {name: value for name, value in changes.items() if getattr(cliente, name) in (None, [], {})}
    if "campos" in changes:
        blank["campos"] = {k: v for k, v in changes["campos"].items() if k not in cliente.campos}
    if "origen" in changes and cliente.origen is not None:
        blank.pop("referencia_externa", None)
    return blank


def _found(session: Session, empresa_id: str, row: Mapping[str, Any], clave: Clave) -> Cliente | None:
    """The client that a row is; a live one goes before one that is archived. Raises InvalidData."""
    match clave:
        case Clave.NINGUNA:
            return None
        case Clave.ID:
            return _by_id(session, empresa_id, row["id"])
        case Clave.CIF_NIF:
            return _one(session, empresa_id, clave, {"cif_nif": _needed(row, "cif_nif")})
        case Clave.EMAIL:
            email = _needed(row, "email").casefold()
            return _one(session, empresa_id, clave, {"email_clave": email})
        case Clave.REFERENCIA:
            reference = _needed(row, "referencia_externa")
            origin = row["origen"]
            return _one(session, empresa_id, clave, {"origen": origin, "referencia_externa": reference})
    return _by_evidence(session, empresa_id, row)


def _by_evidence(session: Session, empresa_id: str, row: Mapping[str, Any]) -> Cliente | None:
    """The id, the NIF, the reference, the e-mail or, of a row without any of them, the name."""
    if row["id"]:
        return _by_id(session, empresa_id, row["id"])
    for name in ("cif_nif", "nif_iva"):
        if row.get(name) and (found := _one(session, empresa_id, Clave.CIF_NIF, {name: row[name]})):
            return found
    if row.get("referencia_externa"):
        reference = {"origen": row["origen"], "referencia_externa": row["referencia_externa"]}
        if found := _one(session, empresa_id, Clave.REFERENCIA, reference):
            return found
    number = row.get("cif_nif") or row.get("nif_iva")
    if row.get("email"):
        same = _rows(session, empresa_id, {"email_clave": row["email"].casefold()})
        if number:
            same = [each for each in same if each.cif_nif is None and each.nif_iva is None]
        return _single(same, Clave.EMAIL)
    if number or row.get("referencia_externa") or not row.get("nombre_completo"):
        return None
    unknown = {"nombre_orden": fold(row["nombre_completo"]), "cif_nif": None, "nif_iva": None, "email": None}
    return _single(_rows(session, empresa_id, unknown | {"referencia_externa": None}), Clave.AUTOMATICA)


def _by_id(session: Session, empresa_id: str, cliente_id: str | None) -> Cliente | None:
    """The client of that id, or none where the row has none. Raises NotFound."""
    return None if not cliente_id else clientes.existente(session, empresa_id, cliente_id)


def _one(session: Session, empresa_id: str, clave: Clave, where: Mapping[str, Any]) -> Cliente | None:
    return _single(_rows(session, empresa_id, where), clave)


def _single(rows: Sequence[Cliente], clave: Clave) -> Cliente | None:
    """The one there is. Raises InvalidData where there are several."""
    live = [row for row in rows if not row.archivado] or list(rows)
    if len(live) > 1:
        campo = "nombre_completo" if clave is Clave.AUTOMATICA else clave.value
        names = ", ".join(row.id for row in live[:3])
        said = f"Hay {len(live)} clientes así ({names}…): añade una columna que los distinga, como el id."
        raise InvalidData([Fault(campo, "clave_ambigua", said)])
    return live[0] if live else None


def _rows(session: Session, empresa_id: str, where: Mapping[str, Any]) -> Sequence[Cliente]:
    query = select(Cliente).where(Cliente.empresa_id == empresa_id)
    for name, value in where.items():
        query = query.where(col(getattr(Cliente, name)) == value)
    return session.exec(query.order_by(col(Cliente.creado), col(Cliente.id)).limit(20)).all()


def _needed(row: Mapping[str, Any], name: str) -> str:
    value: str | None = row.get(name)
    if not value:
        said = "La fila no tiene la clave por la que se busca: complétala, o elige otra clave."
        raise InvalidData([Fault(name, "clave_vacia", said)])
    return value
