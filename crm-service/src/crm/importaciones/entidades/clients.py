"""A row of a table as a client: which it is, what it makes or changes, by the use cases of the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session, col, select

from contratos.nif import normalise_nif
from contratos.types import Email
from crm import campos, clientes
from crm.auditoria import Acto
from crm.busqueda import fold
from crm.clientes import Cliente, ClienteAlta, ClienteParche, Presencia
from crm.importaciones.values import Kind

from .entity import (
    DEFAULT_ORIGIN,
    Clave,
    Como,
    SiExiste,
    Values,
    Written,
    as_called,
    kept,
    lacking,
    made,
    needed,
    nested,
    only,
    outcome,
    own_fields,
)
from .known_titles import DE_CLIENTES

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
_KEPT = tuple(name for name in ClienteParche.model_fields if name != "consentimientos")
_NAMES = ("id", "email", "referencia_externa")
_THEY = "clientes"
_LOOKED_FOR = ("nombre_completo", "email", "cif_nif", "origen", "referencia_externa")
_EMAIL: TypeAdapter[str] = TypeAdapter(Email)


def fields(session: Session, empresa_id: str) -> dict[str, tuple[str, Kind]]:
    """What a column may be of: the title of each field, and its kind; a company's own are `campos.…`."""
    known = {name: (name, KINDS.get(name, "texto")) for name in DE_CLIENTES}
    return known | own_fields(session, empresa_id, campos.Entidad.CLIENTE)


def keys(values: Values) -> list[str]:
    """By what other rows of the same table may be the same client: values as they came, not checked."""
    numbers = [normalise_nif(str(values[name])) for name in ("cif_nif", "nif_iva") if values.get(name)]
    found = [f"nif {number}" for number in numbers]
    found += [f"{name} {str(values[name]).strip().casefold()}" for name in _NAMES if values.get(name)]
    return found or [f"nombre {fold(str(values.get('nombre_completo', '')).strip())}"]


def look(session: Session, empresa_id: str, rows: Sequence[Values], como: Como) -> set[Presencia]:
    """Which keys of these rows some client has, by a few queries for all of them."""
    wanted: set[Presencia] = set()
    for values in rows:
        told = {name: str(values[name]).strip() for name in _LOOKED_FOR if values.get(name)}
        own = {"origen": como.origen or DEFAULT_ORIGIN} | told | {"email": _checked(told.get("email"))}
        wanted |= clientes.claves_de_alta(own)
    return clientes.presentes(session, empresa_id, wanted)


def write(session: Session, acto: Acto, values: Values, como: Como, known: set[Any]) -> Written:
    """Make the client that a row tells of, or change the one that it is. As `Entity.write`."""
    given = nested(values)
    wanted = given.pop("id", None)
    if "referencia_externa" in given:
        given.setdefault("origen", como.origen or DEFAULT_ORIGIN)
    changes = ClienteParche.model_validate(given).values()
    new = not wanted and _nobody_has(changes, known)
    known |= clientes.claves_de_alta(changes)
    found = (
        None
        if new and como.clave is Clave.AUTOMATICA
        else _found(session, acto.empresa_id, changes | {"id": wanted}, como.clave)
    )
    if found is None:
        alta = ClienteAlta.model_validate(given)
        row, _ = clientes.crear(session, acto, alta, forzar=como.forzar, sin_gemelos=new)
        return "creada", row.id, made(snapshot(row))
    if como.si_existe is SiExiste.SALTAR:
        return "sin_cambios", found.id, None
    if changes.get("limite_credito") == 0 and found.limite_credito is None:
        del changes["limite_credito"]  # shown, the two are the same
    before = snapshot(found)
    changes = as_called(found, changes, values.get("origen") or como.origen)
    if como.si_existe is SiExiste.RELLENAR:
        changes = lacking(found, changes)
    clientes.modificar(session, acto, found.id, changes, forzar=como.forzar)
    return outcome(found.id, before, snapshot(found))


def snapshot(cliente: Cliente) -> dict[str, Any]:
    """What a file may have changed of a client, as JSON; what is empty is left out."""
    return kept({name: getattr(cliente, name) for name in _KEPT})


def with_values(session: Session, empresa_id: str, where: Values) -> Sequence[Cliente]:
    """The first few clients with these columns, each of which has an index."""
    query = select(Cliente).where(Cliente.empresa_id == empresa_id)
    for name, value in where.items():
        query = query.where(col(getattr(Cliente, name)) == value)
    return session.exec(query.order_by(col(Cliente.creado), col(Cliente.id)).limit(20)).all()


def _checked(email: str | None) -> str | None:
    """An e-mail as it will be kept; one that is none is nobody's."""
    try:
        return None if email is None else _EMAIL.validate_python(email)
    except ValidationError:
        return None


def _nobody_has(changes: Values, known: set[Any]) -> bool:
    """Whether the row is of nobody who is there; False where that was not looked for."""
    if changes.get("nif_iva"):
        return False
    mine = clientes.claves_de_alta({name: changes.get(name) for name in _LOOKED_FOR})
    by_key = {key for key in mine if key[0] != "nombre"}
    return bool(mine) and (by_key or mine).isdisjoint(known)


def _found(session: Session, empresa_id: str, row: Values, clave: Clave) -> Cliente | None:
    """The client that a row is; a live one goes before one that is archived. Raises InvalidData."""
    match clave:
        case Clave.NINGUNA:
            return None
        case Clave.ID:
            return _by_id(session, empresa_id, row["id"])
        case Clave.CIF_NIF:
            return _one(session, empresa_id, clave, {"cif_nif": needed(row, "cif_nif")})
        case Clave.EMAIL:
            return _one(session, empresa_id, clave, {"email_clave": needed(row, "email").casefold()})
        case Clave.REFERENCIA:
            reference = needed(row, "referencia_externa")
            wanted = {"origen": row["origen"], "referencia_externa": reference}
            return _one(session, empresa_id, clave, wanted)
    return _by_evidence(session, empresa_id, row)


def _by_evidence(session: Session, empresa_id: str, row: Values) -> Cliente | None:
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
        same = with_values(session, empresa_id, {"email_clave": row["email"].casefold()})
        if number:
            same = [each for each in same if each.cif_nif is None and each.nif_iva is None]
        return only(same, Clave.EMAIL, _THEY)
    if number or row.get("referencia_externa") or not row.get("nombre_completo"):
        return None
    unknown = {"nombre_orden": fold(row["nombre_completo"]), "cif_nif": None, "nif_iva": None, "email": None}
    alike = with_values(session, empresa_id, unknown | {"referencia_externa": None})
    return only(alike, "nombre_completo", _THEY)


def _by_id(session: Session, empresa_id: str, cliente_id: str | None) -> Cliente | None:
    """The client of that id, or none where the row has none. Raises NotFound."""
    return None if not cliente_id else clientes.existente(session, empresa_id, cliente_id)


def _one(session: Session, empresa_id: str, clave: Clave, where: Values) -> Cliente | None:
    return only(with_values(session, empresa_id, where), clave, _THEY)
