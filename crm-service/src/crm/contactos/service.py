"""Use cases of the contacts room: each runs in its caller's transaction."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col

from crm import clientes, historial
from crm.auditoria import Acto, anotar
from http_rules import check_version, new_id

from . import queries
from .models import Contacto
from .schemas import ContactoNuevo


def crear(session: Session, acto: Acto, cliente_id: str, nuevo: ContactoNuevo) -> Contacto:
    """Add a contact to a client. Raises NotFound."""
    clientes.existente(session, acto.empresa_id, cliente_id, lock=nuevo.principal)
    if nuevo.principal:
        _demote(session, acto, cliente_id)
    contacto = Contacto(
        empresa_id=acto.empresa_id,
        id=new_id("con"),
        cliente_id=cliente_id,
        creado=acto.ahora,
        actualizado=acto.ahora,
        archivado=False,
        **nuevo.model_dump(),
    )
    session.add(contacto)
    session.flush()
    _tell(session, acto, contacto, "contacto_creado", "Nuevo contacto")
    anotar(session, acto, "contacto_creado", contacto.id, nuevo.model_dump(exclude_none=True))
    return contacto


def modificar(
    session: Session, acto: Acto, contacto_id: str, valores: Mapping[str, Any], if_match: str | None
) -> Contacto:
    """Change the fields given; `archivado` puts it away or brings it back.

    Raises NotFound or StaleVersion.
    """
    cliente_id = queries.existente(session, acto.empresa_id, contacto_id).cliente_id
    clientes.existente(session, acto.empresa_id, cliente_id, lock=True)  # its main contact is decided here
    contacto = queries.existente(session, acto.empresa_id, contacto_id, lock=True)
    check_version(if_match, contacto.version)
    live = not valores.get("archivado", contacto.archivado)
    if live and valores.get("principal", contacto.principal):
        _demote(session, acto, cliente_id, but=contacto_id)
    changed = contacto.change(valores, acto.ahora)
    if changed:
        session.flush()
        anotar(session, acto, "contacto_modificado", contacto.id, changed)
    if "archivado" in changed and contacto.archivado:
        _tell(session, acto, contacto, "contacto_archivado", "Contacto archivado")
    elif "archivado" in changed:
        _tell(session, acto, contacto, "contacto_recuperado", "Contacto recuperado")
    return contacto


def archivar(session: Session, acto: Acto, contacto_id: str, if_match: str | None) -> None:
    """Put a contact away; one that is away stays so. Raises NotFound or StaleVersion."""
    modificar(session, acto, contacto_id, {"archivado": True}, if_match)


def _demote(session: Session, acto: Acto, cliente_id: str, but: str | None = None) -> None:
    """Nobody but `but` is the main contact any more."""
    main = queries.lista(acto.empresa_id, cliente_id, archivados=False).where(col(Contacto.principal))
    for contacto in session.exec(main.with_for_update(key_share=True)):
        if contacto.id != but:
            changed = contacto.change({"principal": False}, acto.ahora)
            anotar(session, acto, "contacto_modificado", contacto.id, changed)
    session.flush()


def _tell(session: Session, acto: Acto, contacto: Contacto, tipo: str, titulo: str) -> None:
    titulo = f"{titulo}: {contacto.nombre}"
    historial.anotar(
        session,
        acto,
        contacto.cliente_id,
        tipo,
        titulo,
        recurso=("contacto", contacto.id),
        descripcion=contacto.cargo,
    )
