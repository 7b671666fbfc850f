"""Of which client a row is: named by its id, NIF, reference, e-mail or, where only one has it, its name."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session

from contratos import Fault, InvalidData, NotFound
from contratos.nif import is_valid_nif, normalise_nif
from crm import clientes
from crm.busqueda import fold
from crm.clientes import Cliente
from crm.medios import email_key

from .clients import with_values
from .entity import DEFAULT_ORIGIN, Como, Values, only
from .known_titles import DEL_CLIENTE

NEEDED = (
    ("id", "referencia_externa", *DEL_CLIENTE),
    "Di qué columna es el cliente: su NIF, su referencia, su correo, su id o su nombre.",
)
"""That rows say of which client they are, or which they are themselves."""

_MEMO = "importaciones: clients that rows named"
_THEY = "clientes"
_A_FEW = 20


def said(values: Values) -> list[str]:
    """How a row names its client, to compare it with other rows."""
    return _named(values, DEL_CLIENTE)


def keys(values: Values) -> list[str]:
    """The row's own id and reference, as keys to compare it with other rows."""
    return _named(values, ("id", "referencia_externa"))


def take(session: Session, empresa_id: str, values: dict[str, Any], como: Como) -> str | None:
    """The id of the client that a row names, whose columns are taken out of `values`; None if it names none.

    The first of its columns that says something counts. Raises InvalidData where there is no such client, or
    several.
    """
    told = [(name, str(text)) for name in DEL_CLIENTE if (text := values.pop(name, None))]
    if not told:
        return None
    name, text = told[0]
    memo: dict[tuple[str, str], str] = session.info.setdefault(_MEMO, {})
    if (name, text) not in memo:
        found = _found(session, empresa_id, name, text.strip(), como)
        if found is None:
            raise InvalidData([Fault(name, "cliente_desconocido", f"No hay ningún cliente «{text[:100]}».")])
        memo[name, text] = found.id
    return memo[name, text]


def asked(cliente_id: str | None) -> str:
    """The client of a row that makes something. Raises InvalidData where it names none."""
    if cliente_id is None:
        raise InvalidData([Fault("cliente", "requerido", "Falta de qué cliente es: di su NIF o su nombre.")])
    return cliente_id


def same(cliente_id: str | None, there: Sequence[str]) -> None:
    """Raises InvalidData where a row names another client than those of what it is."""
    if cliente_id is not None and cliente_id not in there:
        what = "Es de otro cliente: quita la columna del cliente, o corrígela."
        raise InvalidData([Fault("cliente", "de_otro_cliente", what)])


def _named(values: Values, names: Iterable[str]) -> list[str]:
    return [f"{name} {str(values[name]).strip().casefold()}" for name in names if values.get(name)]


def _found(session: Session, empresa_id: str, name: str, text: str, como: Como) -> Cliente | None:
    match name:
        case "cliente_id":
            return _by_id(session, empresa_id, text)
        case "cliente_nif":
            return _by_number(session, empresa_id, name, text)
        case "cliente_referencia":
            reference = {"origen": como.origen or DEFAULT_ORIGIN, "referencia_externa": text}
            return _one(session, empresa_id, name, reference) or _merged(session, empresa_id, reference)
        case "cliente_email":
            return _by_email(session, empresa_id, name, text)
    return _by_anything(session, empresa_id, name, text)


def _by_anything(session: Session, empresa_id: str, name: str, text: str) -> Cliente | None:
    found = _by_id(session, empresa_id, text) if text.startswith("cli_") else None
    if found is None and is_valid_nif(text):
        found = _by_number(session, empresa_id, name, text)
    if found is None and "@" in text:
        found = _by_email(session, empresa_id, name, text)
    return found or _one(session, empresa_id, name, {"nombre_orden": fold(text)})


def _by_id(session: Session, empresa_id: str, cliente_id: str) -> Cliente | None:
    try:
        return clientes.nombrado(session, empresa_id, cliente_id)
    except NotFound:
        return None


def _by_number(session: Session, empresa_id: str, name: str, text: str) -> Cliente | None:
    number = normalise_nif(text)
    found = _one(session, empresa_id, name, {"cif_nif": number})
    found = found or _one(session, empresa_id, name, {"nif_iva": number})
    return found or _merged(session, empresa_id, {"cif_nif": text})


def _by_email(session: Session, empresa_id: str, name: str, text: str) -> Cliente | None:
    """The client whose main e-mail it is or, failing that, whose other one."""
    key = email_key(text)
    if key is None:
        return None
    found = _one(session, empresa_id, name, {"email_clave": key})
    if found is None:
        query = clientes.con_algun_correo(empresa_id, key).limit(_A_FEW)
        found = only(session.exec(query).all(), name, _THEY)
    return found or _merged(session, empresa_id, {"email": text})


def _merged(session: Session, empresa_id: str, had: Values) -> Cliente | None:
    """The client that one with these values is now, which was merged into it."""
    for clase, clave in clientes.claves_de_alta(had):
        if merged := clientes.fusionado_con(session, empresa_id, clase, (clave,)):
            return clientes.existente(session, empresa_id, merged.cliente_id)
    return None


def _one(session: Session, empresa_id: str, name: str, where: Values) -> Cliente | None:
    return only(with_values(session, empresa_id, where), name, _THEY)
