"""Use cases of the contacts room: each runs in its caller's transaction."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from contratos import DomainError
from crm import busqueda, campos, clientes, consentimientos
from crm.auditoria import Acto, anotar
from crm.medios import email_key
from http_rules import check_version, new_id

from . import links, queries
from .links import tell
from .models import Contacto
from .schemas import ContactoNuevo

_RESOURCE = links.RESOURCE
_USER = "usr_"
_DERIVED = {"nombre_orden", "email_clave"}
_AT_CLIENT = {"principal", "rol"}
_REFERENCE = {"origen", "referencia_externa"}


class ReferenciaDuplicada(DomainError):
    """A contact, maybe an archived one, is known by that name to the other program."""

    code = "referencia_duplicada"
    status = 409


def crear(session: Session, acto: Acto, cliente_id: str, nuevo: ContactoNuevo) -> Contacto:
    """Add a contact to a client; it is its maker's, unless somebody else is named.

    Raises NotFound, ReferenciaDuplicada, or InvalidData for a custom field.
    """
    if nuevo.origen is not None:
        clientes.turno(session, acto.empresa_id)  # nobody else gives the reference meanwhile
    _refuse_reference(session, acto.empresa_id, nuevo.origen, nuevo.referencia_externa)
    clientes.existente(session, acto.empresa_id, cliente_id, lock=nuevo.principal, hold=True)
    if nuevo.principal:
        links.demote(session, acto, [cliente_id])
    given = {name: told for name, told in nuevo.model_dump(exclude=_AT_CLIENT).items() if told is not None}
    if acto.actor.startswith(_USER):
        given.setdefault("responsable", acto.actor)
    consents = consentimientos.unidos([], given["consentimientos"], acto.ahora)
    given |= {"consentimientos": consents, "campos": _own(session, acto, nuevo.campos, {}, todos=True)}
    columns: dict[str, Any] = dict.fromkeys(("cargo", "email", "telefono")) | _columns(given)
    contacto = Contacto(
        **columns,
        empresa_id=acto.empresa_id,
        id=new_id("con"),
        cliente_id=cliente_id,
        creado=acto.ahora,
        actualizado=acto.ahora,
        archivado=False,
    )
    session.add(contacto)
    session.flush()
    session.add(links.new(contacto, cliente_id, acto.ahora, principal=nuevo.principal, rol=nuevo.rol))
    session.flush()
    busqueda.indexar(session, acto.empresa_id, contacto.id, frozenset(), contacto.tokens())
    tell(session, acto, contacto, "contacto_creado", "Nuevo contacto")
    consentimientos.aplicar(session, acto, (_RESOURCE, contacto.id), cliente_id, [], consents)
    anotar(session, acto, "contacto_creado", contacto.id, nuevo.model_dump(exclude_defaults=True))
    return contacto


def modificar(
    session: Session, acto: Acto, contacto_id: str, valores: Mapping[str, Any], if_match: str | None
) -> Contacto:
    """Change the fields given; `archivado` puts it away or brings it back.

    Raises NotFound, StaleVersion, ReferenciaDuplicada, or InvalidData for a custom field.
    """
    if not _REFERENCE.isdisjoint(valores):
        clientes.turno(session, acto.empresa_id)  # which comes before any row's lock
    contacto, here = links.locked(session, acto.empresa_id, contacto_id)
    check_version(if_match, contacto.version)
    tokens = contacto.tokens()
    at_client = {name: value for name, value in valores.items() if name in _AT_CLIENT}
    values = _changed(session, acto, contacto, valores)
    live = not values.get("archivado", contacto.archivado)
    main = here[contacto.cliente_id]
    will_be = {
        link.cliente_id
        for link in here.values()
        if live and (at_client.get("principal", link.principal) if link is main else link.principal)
    }
    links.demote(session, acto, will_be, but=contacto_id)
    changed = links.change(contacto, main, at_client, acto.ahora)
    changed |= contacto.change(values, acto.ahora, by_user=not changed)
    if not changed:
        return contacto
    for link in here.values():
        link.archivado = contacto.archivado
    session.flush()
    busqueda.indexar(session, acto.empresa_id, contacto.id, tokens, contacto.tokens())
    if "consentimientos" in changed:
        whose = (_RESOURCE, contacto.id)
        consentimientos.aplicar(session, acto, whose, contacto.cliente_id, *changed["consentimientos"])
    shown = {name: pair for name, pair in changed.items() if name not in _DERIVED}
    anotar(session, acto, "contacto_modificado", contacto.id, shown)
    if "archivado" in changed and contacto.archivado:
        tell(session, acto, contacto, "contacto_archivado", "Contacto archivado")
    elif "archivado" in changed:
        tell(session, acto, contacto, "contacto_recuperado", "Contacto recuperado")
    return contacto


def archivar(session: Session, acto: Acto, contacto_id: str, if_match: str | None) -> None:
    """Put a contact away; one that is away stays so. Raises NotFound or StaleVersion."""
    modificar(session, acto, contacto_id, {"archivado": True}, if_match)


def _changed(session: Session, acto: Acto, contacto: Contacto, valores: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that `valores` set. Raises ReferenciaDuplicada or InvalidData."""
    values = _columns({name: value for name, value in valores.items() if name not in _AT_CLIENT})
    origen = values.get("origen", contacto.origen)
    referencia = values.get("referencia_externa", contacto.referencia_externa)
    if (origen, referencia) != (contacto.origen, contacto.referencia_externa):
        _refuse_reference(session, acto.empresa_id, origen, referencia, but=contacto.id)
    if "campos" in values:
        own = values["campos"]
        values["campos"] = _own(session, acto, own or {}, contacto.campos, todos=own is None)
    if "consentimientos" in values:
        given = values["consentimientos"]
        values["consentimientos"] = consentimientos.unidos(contacto.consentimientos, given, acto.ahora)
    return values


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that `values` set, those included that follow from others."""
    columns = dict(values)
    if "nombre" in values:
        columns["nombre_orden"] = busqueda.fold(values["nombre"])
    if "email" in values:
        columns["email_clave"] = email_key(values["email"])
    return columns


def _own(
    session: Session, acto: Acto, dados: Mapping[str, Any], antes: Mapping[str, Any], *, todos: bool
) -> dict[str, Any]:
    """The custom fields that it comes to have. Raises InvalidData."""
    return campos.comprobados(session, acto.empresa_id, campos.Entidad.CONTACTO, dados, antes, todos=todos)


def _refuse_reference(
    session: Session,
    empresa_id: str,
    origen: str | None,
    referencia_externa: str | None,
    but: str | None = None,
) -> None:
    """Raises InvalidData for one without the other, or ReferenciaDuplicada when another contact has them."""
    clientes.comprobar_referencia(origen, referencia_externa)
    if origen is None or referencia_externa is None:
        return
    twin = queries.con_referencia(session, empresa_id, origen, referencia_externa, but)
    if twin is not None:
        away = ", archivado" if twin.archivado else ""
        raise ReferenciaDuplicada(
            f"«{referencia_externa}» de «{origen}» es ya el contacto «{twin.nombre}»{away}.",
            contacto_id=twin.id,
            nombre=twin.nombre,
        )
