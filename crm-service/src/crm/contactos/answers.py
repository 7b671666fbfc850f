"""How contacts are shown: each with the clients that it is at, in one more query however many they are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from http_rules import Answer

from . import queries
from .models import Contacto
from .schemas import ContactoCreado, ContactoPublico

_PATH = "/api/crm/contactos"


def shown_all(session: Session, contactos: Sequence[Contacto]) -> list[ContactoPublico]:
    """Contacts as the API shows them, of one company, in the same order."""
    return [ContactoPublico.model_validate(each) for each in _fields(session, contactos)]


def answers(session: Session, contactos: Sequence[Contacto]) -> list[Answer]:
    """Contacts, each with its version, in the same order."""
    return [
        Answer(shown, recurso=each.id, version=each.version)
        for each, shown in zip(contactos, shown_all(session, contactos), strict=True)
    ]


def answer(session: Session, contacto: Contacto) -> Answer:
    """A contact with its version."""
    return answers(session, [contacto])[0]


def created(session: Session, contacto: Contacto, parecido: str | None) -> Answer:
    """A contact just made, and the archived one at its client with the same e-mail."""
    (fields,) = _fields(session, [contacto])
    return Answer(
        ContactoCreado.model_validate(fields | {"archivado_parecido": parecido}),
        status=201,
        recurso=contacto.id,
        location=f"{_PATH}/{contacto.id}",
        version=contacto.version,
    )


def linked(session: Session, contacto: Contacto, *, now: bool) -> Answer:
    """A contact that was linked to a client, `now` or before."""
    return replace(
        answer(session, contacto),
        status=201 if now else 200,
        location=f"{_PATH}/{contacto.id}" if now else None,
    )


def reread(session: Session, empresa_id: str, contacto_id: str) -> Answer:
    """A contact as it stands, for a key whose first answer is forgotten."""
    return answer(session, queries.existente(session, empresa_id, contacto_id))


def _fields(session: Session, contactos: Sequence[Contacto]) -> list[dict[str, Any]]:
    links: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    main = {each.id: each for each in contactos}
    ids = list(main)
    for link, nombre in queries.con_cliente(session, contactos[0].empresa_id, ids) if ids else ():
        contacto = main[link.contacto_id]
        is_main = link.cliente_id == contacto.cliente_id
        row = {
            "cliente_id": link.cliente_id,
            "nombre": nombre,
            "cargo": contacto.cargo if is_main else link.cargo,
            "rol": link.rol,
            "principal": link.principal,
        }
        links[link.contacto_id].insert(0 if is_main else len(links[link.contacto_id]), row)
    return [
        each.model_dump()
        | {"clientes": links[each.id], "rol": links[each.id][0]["rol"]}
        | {"principal": links[each.id][0]["principal"]}
        for each in contactos
    ]
