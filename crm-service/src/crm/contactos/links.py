"""A contact at one or several clients', and who is the main one at each.

What is decided of a client's contacts is decided under the client's lock, which comes before any contact's.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from contratos import DomainError, NotFound
from crm import clientes, historial
from crm.auditoria import Acto, anotar
from http_rules import check_version

from . import queries
from .models import Contacto, Vinculo
from .schemas import Rol, VinculoNuevo

RESOURCE = "contacto"
MAX_CLIENTES = 100


class ContactoSinCliente(DomainError):
    """A contact is always at some client's."""

    code = "contacto_sin_cliente"
    status = 409


class DemasiadosClientes(DomainError):
    """A contact is at as many clients' as it may be."""

    code = "demasiados_clientes"
    status = 409


def vincular(
    session: Session, acto: Acto, contacto_id: str, nuevo: VinculoNuevo, if_match: str | None = None
) -> tuple[Contacto, bool]:
    """Link a contact to a client, or say anew what it is there; whether it was linked now.

    Raises NotFound, StaleVersion, or DemasiadosClientes.
    """
    contacto, here = locked(session, acto.empresa_id, contacto_id, also=nuevo.cliente_id)
    check_version(if_match, contacto.version)
    cliente_id = clientes.actual(session, acto.empresa_id, nuevo.cliente_id)
    if nuevo.principal and not contacto.archivado:
        demote(session, acto, [cliente_id], but=contacto_id)
    link = here.get(cliente_id)
    if link is not None:
        given = nuevo.model_dump(exclude_unset=True, exclude={"cliente_id"})
        changed = change(contacto, link, given, acto.ahora)
        if changed:
            session.flush()
            anotar(session, acto, "contacto_modificado", contacto.id, changed)
        return contacto, False
    if len(here) >= MAX_CLIENTES:
        raise DemasiadosClientes(f"El contacto está ya en {MAX_CLIENTES} clientes: quítalo antes de alguno.")
    link = new(contacto, cliente_id, acto.ahora, principal=nuevo.principal, rol=nuevo.rol)
    link.cargo = nuevo.cargo
    session.add(link)
    _touch(contacto, acto.ahora)
    session.flush()
    tell(session, acto, contacto, "contacto_vinculado", "Contacto vinculado", link)
    ids = sorted(here)
    anotar(session, acto, "contacto_vinculado", contacto.id, {"clientes": (ids, [*ids, link.cliente_id])})
    return contacto, True


def desvincular(
    session: Session, acto: Acto, contacto_id: str, cliente_id: str, if_match: str | None
) -> None:
    """Take a contact away from a client; the first of the others becomes `cliente_id`, if it was that.

    Raises NotFound, ClienteFusionado, StaleVersion or ContactoSinCliente.
    """
    contacto, here = locked(session, acto.empresa_id, contacto_id)
    check_version(if_match, contacto.version)
    link = here.pop(cliente_id, None)
    if link is None:
        clientes.existente(session, acto.empresa_id, cliente_id)
        raise NotFound("Ese contacto no está vinculado a ese cliente.")
    if not here:
        raise ContactoSinCliente(
            "Es el único cliente del contacto: archiva el contacto, o vincúlalo antes a otro cliente."
        )
    tell(session, acto, contacto, "contacto_desvinculado", "Contacto desvinculado", link)
    session.delete(link)
    if cliente_id == contacto.cliente_id:
        heir = next(iter(here.values()))
        contacto.cliente_id, contacto.cargo, heir.cargo = heir.cliente_id, heir.cargo, None
    _touch(contacto, acto.ahora)
    session.flush()
    pair = (sorted([*here, cliente_id]), sorted(here))
    anotar(session, acto, "contacto_desvinculado", contacto.id, {"clientes": pair})


def locked(
    session: Session, empresa_id: str, contacto_id: str, also: str | None = None
) -> tuple[Contacto, dict[str, Vinculo]]:
    """The contact and its links by client, their clients and the one of `also` locked before it.

    Of a client that was merged, also while this waits for it, that is the one that it is now.
    Raises NotFound.
    """
    queries.existente(session, empresa_id, contacto_id)
    ids = {*queries.vinculos(session, empresa_id, contacto_id), *([] if also is None else [also])}
    for cliente_id in sorted(ids):
        clientes.nombrado(session, empresa_id, cliente_id, lock=True)
    contacto = queries.existente(session, empresa_id, contacto_id, lock=True)
    return contacto, queries.vinculos(session, empresa_id, contacto_id)


def new(contacto: Contacto, cliente_id: str, now: datetime, *, principal: bool, rol: Rol | None) -> Vinculo:
    """A link that is not yet in the database."""
    return Vinculo(
        empresa_id=contacto.empresa_id,
        contacto_id=contacto.id,
        cliente_id=cliente_id,
        rol=rol,
        principal=principal,
        archivado=contacto.archivado,
        creado=now,
    )


def change(
    contacto: Contacto, link: Vinculo, values: Mapping[str, Any], now: datetime
) -> dict[str, tuple[Any, Any]]:
    """The contact is `values` at a client; answers what changed, as `{field: (before, after)}`."""
    changed = {}
    for name, value in values.items():
        owner = contacto if name == "cargo" and link.cliente_id == contacto.cliente_id else link
        if getattr(owner, name) != value:
            changed[name] = (getattr(owner, name), value)
            setattr(owner, name, value)
    if changed:
        _touch(contacto, now)
    return changed


def demote(session: Session, acto: Acto, ids: Collection[str], but: str | None = None) -> None:
    """Nobody but `but` is the main contact of these clients, which are locked, any more."""
    if not ids:
        return
    for link in queries.principales(session, acto.empresa_id, ids):
        if link.contacto_id != but:
            contacto = queries.existente(session, acto.empresa_id, link.contacto_id, lock=True)
            changed = change(contacto, link, {"principal": False}, acto.ahora)
            anotar(session, acto, "contacto_modificado", contacto.id, changed)
    session.flush()


def tell(
    session: Session, acto: Acto, contacto: Contacto, tipo: str, titulo: str, link: Vinculo | None = None
) -> None:
    """Tell of a contact in the timeline of its client, or of that of a link."""
    here = link is None or link.cliente_id == contacto.cliente_id
    historial.anotar(
        session,
        acto,
        contacto.cliente_id if link is None else link.cliente_id,
        tipo,
        f"{titulo}: {contacto.nombre}",
        recurso=(RESOURCE, contacto.id),
        descripcion=contacto.cargo if here or link is None else link.cargo,
    )


def _touch(contacto: Contacto, now: datetime) -> None:
    contacto.version += 1
    contacto.actualizado = now
