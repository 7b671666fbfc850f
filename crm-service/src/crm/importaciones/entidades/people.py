"""A row of a table as a contact of a client that is there: what it makes or changes, and that undone."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from contratos import Fault, InvalidData, NotFound
from crm import campos, contactos
from crm.auditoria import Acto
from crm.contactos import Contacto, ContactoNuevo, ContactoParche, Vinculo
from crm.importaciones.models import FilaImportada
from crm.importaciones.values import Kind

from . import owner
from .entity import (
    DEFAULT_ORIGIN,
    Clave,
    Como,
    Entity,
    SiExiste,
    Values,
    Written,
    as_called,
    kept,
    lacking,
    made,
    needed,
    nested,
    nobody,
    only,
    outcome,
    own_fields,
)
from .known_titles import DE_CONTACTOS
from .undoing import own_as_before, restore, unmake

_KINDS: Mapping[str, Kind] = {"telefonos": "telefono", "correos": "email", "principal": "booleano"}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "rol": {
        "decisor": "decide, decision, decision maker, responsable, gerente",
        "prescriptor": "influye, recomienda, influencer",
        "comprador": "compras, buyer",
        "usuario": "user, usa",
        "facturacion": "contabilidad, administracion, billing",
        "otro": "otra, other",
    }
}
_LINK = ("rol", "principal")
_KEPT = tuple(
    name for name in ContactoParche.model_fields if name not in {*_LINK, "consentimientos", "archivado"}
)
_LISTS = frozenset({"telefonos", "correos"})
_THEY = "contactos"


def _fields(session: Session, empresa_id: str) -> dict[str, tuple[str, Kind]]:
    known = {name: (name, _KINDS.get(name, "texto")) for name in DE_CONTACTOS}
    return known | own_fields(session, empresa_id, campos.Entidad.CONTACTO)


def _keys(values: Values) -> list[str]:
    found = owner.keys(values)
    who = str(values.get("email") or values.get("nombre", "")).strip().casefold()
    found += [f"{each} {who}" for each in owner.said(values)]
    return found + [f"principal {each}" for each in owner.said(values) if values.get("principal")]


def _write(session: Session, acto: Acto, values: Values, como: Como, _known: set[Any]) -> Written:
    given = nested(values)
    wanted = given.pop("id", None)
    cliente_id = owner.take(session, acto.empresa_id, given, como)
    if "referencia_externa" in given:
        given.setdefault("origen", como.origen or DEFAULT_ORIGIN)
    changes = ContactoParche.model_validate(given).values()
    found = _found(session, acto.empresa_id, changes | {"id": wanted}, cliente_id, como.clave)
    if found is None:
        there = owner.asked(cliente_id)
        _leave_the_main_one(session, acto.empresa_id, there, changes)
        row = contactos.crear(session, acto, there, ContactoNuevo.model_validate(given))
        return "creada", row.id, made(_snapshot(session, row))
    owner.same(cliente_id, contactos.donde(session, acto.empresa_id, found.id))
    if como.si_existe is SiExiste.SALTAR:
        return "sin_cambios", found.id, None
    before = _snapshot(session, found)
    changes = as_called(found, changes, values.get("origen") or como.origen)
    if como.si_existe is SiExiste.RELLENAR:
        blank = lacking(found, changes)
        changes = {name: value for name, value in blank.items() if name not in _LINK or name not in before}
    _leave_the_main_one(session, acto.empresa_id, found.cliente_id, changes, but=found.id)
    contactos.modificar(session, acto, found.id, changes, None)
    return outcome(found.id, before, _snapshot(session, found))


def _undo(session: Session, acto: Acto, fila: FilaImportada) -> str | None:
    try:
        contacto = contactos.existente(session, acto.empresa_id, str(fila.recurso_id))
    except NotFound:
        return None if fila.resultado == "creada" else "El contacto ya no está."
    told, now = fila.cambios or {}, _snapshot(session, contacto)
    if fila.resultado == "creada":
        return unmake(session, now, told, lambda: contactos.borrar(session, acto, contacto))

    def put(same: dict[str, Any]) -> None:
        values = {name: [] if name in _LISTS and before is None else before for name, before in same.items()}
        if "campos" in same:
            values["campos"] = own_as_before(now, same["campos"])
        if "principal" in same:
            values["principal"] = bool(same["principal"])
            _leave_the_main_one(session, acto.empresa_id, contacto.cliente_id, values, but=contacto.id)
        contactos.modificar(session, acto, contacto.id, values, None)

    return restore(session, now, told, put)


def _snapshot(session: Session, contacto: Contacto) -> dict[str, Any]:
    """What a file may have changed of a contact, and where it is, as JSON; what is empty is left out."""
    link = session.get_one(Vinculo, (contacto.empresa_id, contacto.id, contacto.cliente_id))
    there = contactos.donde(session, contacto.empresa_id, contacto.id)
    values = {name: getattr(contacto, name) for name in (*_KEPT, "archivado")}
    others = {"clientes": there if len(there) > 1 else None}
    return kept(values | {name: getattr(link, name) for name in _LINK} | others)


def _found(
    session: Session, empresa_id: str, row: Values, cliente_id: str | None, clave: Clave
) -> Contacto | None:
    """The contact that a row is. Raises NotFound or InvalidData."""
    automatic = clave is Clave.AUTOMATICA
    if clave is Clave.NINGUNA:
        return None
    if clave is Clave.ID or (automatic and row["id"]):
        return contactos.existente(session, empresa_id, row["id"]) if row["id"] else None
    if clave is Clave.REFERENCIA or (automatic and row.get("referencia_externa")):
        reference = needed(row, "referencia_externa")
        known = contactos.con_referencia(session, empresa_id, row["origen"], reference)
        if known is not None or not automatic:
            return known
    if clave is Clave.EMAIL or row.get("email"):
        email = needed(row, "email")
        alike = contactos.del_cliente(session, empresa_id, owner.asked(cliente_id), email=email)
        return only(_without(alike, row), "email", _THEY)
    if not row.get("nombre") or cliente_id is None or row.get("referencia_externa"):
        return None
    alike = contactos.del_cliente(session, empresa_id, cliente_id, nombre=row["nombre"])
    unknown = [each for each in alike if each.email is None and each.referencia_externa is None]
    return only(unknown, "nombre", _THEY)


def _without(found: Sequence[Contacto], row: Values) -> Sequence[Contacto]:
    """Those that the row's program does not call otherwise: to it, they are others."""
    if not row.get("referencia_externa"):
        return found
    return [each for each in found if each.origen != row["origen"]]


def _leave_the_main_one(
    session: Session, empresa_id: str, cliente_id: str, changes: Values, but: str | None = None
) -> None:
    """Raises InvalidData when the row would take the mark of the main contact from another one."""
    main = contactos.principal(session, empresa_id, cliente_id) if changes.get("principal") else None
    if main is not None and main != but:
        what = "El cliente tiene ya otro contacto principal: quita la marca, o cámbiala en su ficha."
        raise InvalidData([Fault("principal", "principal_ocupado", what)])


CONTACTOS = Entity(
    titles=DE_CONTACTOS,
    named="nombre",
    words=_WORDS,
    claves=frozenset(Clave) - {Clave.CIF_NIF},
    needed=(
        (
            ("id", "nombre", "email", "referencia_externa"),
            "Di qué columna es el nombre, el correo, la referencia o el id.",
        ),
        owner.NEEDED,
    ),
    fields=_fields,
    keys=_keys,
    look=nobody,
    write=_write,
    undo=_undo,
)
"""Contacts: known by id, reference, the e-mail at their client or, without any, their name there."""
