"""What another program says of a contact, known by that program's key: made, or changed in what is said."""

from typing import Any

from sqlmodel import Session

from contratos import invalid
from crm import clientes
from crm.auditoria import Acto
from http_rules import Answer

from . import links, queries, service
from .answers import answer, created
from .models import Contacto
from .schemas import ContactoConCliente, ContactoNuevo, ContactoParcheConCliente, VinculoNuevo

_AT_CLIENT = {"cargo", "rol", "principal"}


def por_clave(session: Session, dado: Any, *, acto: Acto) -> tuple[Answer, bool]:
    """The contact that `dado` tells of as its answer, 201 if it was made now, and whether that changed it.

    It is the one of that `origen` and `referencia_externa`; failing that, the only live one at that client
    with that e-mail. One that is there is changed as by PATCH, and linked to the client if it is not; what is
    said of it at a client (`cargo`, `rol`, `principal`) is of that client. Raises pydantic's ValidationError,
    and what `crear`, `modificar` and `vincular` do.
    """
    changes = ContactoParcheConCliente.model_validate(dado)
    if "archivado" in changes.model_fields_set:
        raise invalid("archivado", "campo_desconocido", "Este campo no existe aquí: archiva con DELETE.")
    clientes.comprobar_referencia(changes.origen, changes.referencia_externa)
    clientes.turno(session, acto.empresa_id)
    contacto = _found(session, acto.empresa_id, changes)
    if contacto is None:
        return _created(session, acto, ContactoConCliente.model_validate(dado)), True
    before = contacto.version
    values = changes.values()
    cliente_id = values.pop("cliente_id", None) or contacto.cliente_id
    if contacto.origen is not None and values.get("origen") != contacto.origen:
        for name in ("origen", "referencia_externa"):
            values.pop(name, None)
    if cliente_id != contacto.cliente_id:
        at_client = {name: values.pop(name) for name in _AT_CLIENT & values.keys()}
        links.vincular(session, acto, contacto.id, VinculoNuevo(cliente_id=cliente_id, **at_client))
    service.modificar(session, acto, contacto.id, values, None)
    return answer(session, contacto), contacto.version > before


def _created(session: Session, acto: Acto, nuevo: ContactoConCliente) -> Answer:
    given = ContactoNuevo.model_validate(nuevo.model_dump(exclude={"cliente_id"}, exclude_unset=True))
    parecido = queries.archivado_parecido(session, acto.empresa_id, nuevo.cliente_id, nuevo.email)
    return created(session, service.crear(session, acto, nuevo.cliente_id, given), parecido)


def _found(session: Session, empresa_id: str, dado: ContactoParcheConCliente) -> Contacto | None:
    origen, externa = dado.origen, dado.referencia_externa
    if origen is not None and externa is not None:
        known = queries.con_referencia(session, empresa_id, origen, externa, None)
        if known is not None:
            return known
    if dado.email is None or dado.cliente_id is None:
        return None
    alike = queries.del_cliente_con_correo(session, empresa_id, dado.cliente_id, dado.email)
    if len(alike) != 1 or (origen is not None and alike[0].origen == origen):
        return None  # nobody, several, or one that this program calls otherwise
    return alike[0]
