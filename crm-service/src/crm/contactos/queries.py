"""Reads of the contacts room."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound
from crm import empresas
from crm.busqueda import Tipo, con_palabras, fold
from crm.clientes import Cliente, actual
from crm.medios import email_key
from http_rules import Orden

from .models import Contacto, Vinculo
from .schemas import FiltrosContactos

_A_FEW = 20
_BY_DATE = (col(Contacto.creado), col(Contacto.id))
_BY_NAME = (col(Contacto.nombre_orden), col(Contacto.id))
_BY_CHANGE = (col(Contacto.actualizado), col(Contacto.id))
_BY_LINK = (col(Vinculo.creado), col(Vinculo.contacto_id))
ORDENES: Mapping[str, Orden] = {
    "-creado": Orden(_BY_DATE, lambda row: (row.creado, row.id)),
    "creado": Orden(_BY_DATE, lambda row: (row.creado, row.id), descending=False),
    "nombre": Orden(_BY_NAME, lambda row: (row.nombre_orden, row.id), descending=False),
    "-nombre": Orden(_BY_NAME, lambda row: (row.nombre_orden, row.id)),
    "-actualizado": Orden(_BY_CHANGE, lambda row: (row.actualizado, row.id)),
    "actualizado": Orden(_BY_CHANGE, lambda row: (row.actualizado, row.id), descending=False),
}
ORDENES_DE_CLIENTE: Mapping[str, Orden] = {
    "-creado": Orden(_BY_LINK, lambda row: (row[1], row[0].id)),
    "creado": Orden(_BY_LINK, lambda row: (row[1], row[0].id), descending=False),
}


def lista(session: Session, empresa_id: str, filtros: FiltrosContactos) -> SelectOfScalar[Contacto]:
    """The contacts of a company that the filters let through; days begin and end where the company is."""
    query = select(Contacto).where(Contacto.empresa_id == empresa_id)
    if not filtros.archivados:
        query = query.where(~col(Contacto.archivado))
    for name in ("responsable", "origen", "referencia_externa"):
        if (wanted := getattr(filtros, name)) is not None:
            query = query.where(getattr(Contacto, name) == wanted)
    if filtros.cliente_id is not None:
        cliente_id = actual(session, empresa_id, filtros.cliente_id)
        there = select(Vinculo.contacto_id).where(
            Vinculo.empresa_id == empresa_id, Vinculo.cliente_id == cliente_id
        )
        query = query.where(col(Contacto.id).in_(there))
    key = (col(Contacto.empresa_id), col(Contacto.id))
    asked, archivados = filtros.buscar, filtros.archivados
    query = query.where(*con_palabras(session, empresa_id, Tipo.CONTACTO, key, asked, archivados=archivados))
    days = filtros.creado_desde, filtros.creado_hasta
    return query.where(*empresas.dias(session, empresa_id, col(Contacto.creado), *days))


def de_cliente(empresa_id: str, cliente_id: str, *, archivados: bool) -> Any:
    """The contacts of a client, each with since when it is (index `idx_contactos_clientes_cliente`)."""
    same = (col(Contacto.empresa_id) == col(Vinculo.empresa_id)) & (
        col(Contacto.id) == col(Vinculo.contacto_id)
    )
    query = select(Contacto, Vinculo.creado).join(Vinculo, same)
    query = query.where(Vinculo.empresa_id == empresa_id, Vinculo.cliente_id == cliente_id)
    return query if archivados else query.where(~col(Vinculo.archivado))


def existente(session: Session, empresa_id: str, contacto_id: str, *, lock: bool = False) -> Contacto:
    """The contact, locked until the transaction ends if asked. Raises NotFound, for another company's too."""
    how = {"key_share": True} if lock else None
    contacto = session.get(Contacto, (empresa_id, contacto_id), with_for_update=how, populate_existing=lock)
    if contacto is None:
        raise NotFound("No hay ningún contacto con ese identificador.")
    return contacto


def vinculos(session: Session, empresa_id: str, contacto_id: str) -> dict[str, Vinculo]:
    """The contact's links by client, the first ones first."""
    query = select(Vinculo).where(Vinculo.empresa_id == empresa_id, Vinculo.contacto_id == contacto_id)
    ordered = query.order_by(col(Vinculo.creado), col(Vinculo.cliente_id))
    rows = session.exec(ordered, execution_options={"populate_existing": True})
    return {each.cliente_id: each for each in rows}


def con_cliente(session: Session, empresa_id: str, ids: Collection[str]) -> Sequence[tuple[Vinculo, str]]:
    """The links of these contacts, each with its client's name, the first ones first."""
    same = (col(Cliente.empresa_id) == col(Vinculo.empresa_id)) & (col(Cliente.id) == col(Vinculo.cliente_id))
    query = select(Vinculo, Cliente.nombre_completo).join(Cliente, same)
    query = query.where(Vinculo.empresa_id == empresa_id, col(Vinculo.contacto_id).in_(list(ids)))
    return session.exec(query.order_by(col(Vinculo.creado), col(Vinculo.cliente_id))).all()


def donde(session: Session, empresa_id: str, contacto_id: str) -> list[str]:
    """The ids of the clients at which a contact is, the first ones first."""
    return list(vinculos(session, empresa_id, contacto_id))


def principal(session: Session, empresa_id: str, cliente_id: str) -> str | None:
    """The id of a client's main contact (index `uq_contactos_principal`)."""
    query = select(Vinculo.contacto_id).where(
        Vinculo.empresa_id == empresa_id,
        Vinculo.cliente_id == cliente_id,
        col(Vinculo.principal),
        ~col(Vinculo.archivado),
    )
    return session.exec(query).first()


def del_cliente(
    session: Session, empresa_id: str, cliente_id: str, *, email: str | None = None, nombre: str | None = None
) -> Sequence[Contacto]:
    """The first few contacts at the client, archived or not, with that e-mail or that name, as compared."""
    there = select(Vinculo.contacto_id).where(
        Vinculo.empresa_id == empresa_id, Vinculo.cliente_id == cliente_id
    )
    query = select(Contacto).where(Contacto.empresa_id == empresa_id, col(Contacto.id).in_(there))
    if email is not None:
        query = query.where(Contacto.email_clave == email_key(email))
    if nombre is not None:
        query = query.where(Contacto.nombre_orden == fold(nombre))
    return session.exec(query.order_by(col(Contacto.id)).limit(_A_FEW)).all()


def principales(session: Session, empresa_id: str, clientes: Collection[str]) -> Sequence[Vinculo]:
    """The links of the main contacts of these clients, locked, the contact of each in order."""
    query = select(Vinculo).where(
        Vinculo.empresa_id == empresa_id,
        col(Vinculo.cliente_id).in_(list(clientes)),
        col(Vinculo.principal),
        ~col(Vinculo.archivado),
    )
    return session.exec(query.order_by(col(Vinculo.contacto_id)).with_for_update(key_share=True)).all()


def con_correo(session: Session, empresa_id: str, correos: Collection[str]) -> Sequence[Contacto]:
    """The live contacts with one of these e-mails, given without capitals (index `idx_contactos_email`)."""
    query = select(Contacto).where(
        Contacto.empresa_id == empresa_id,
        col(Contacto.email_clave).in_(list(correos)),
        ~col(Contacto.archivado),
    )
    return session.exec(query.order_by(col(Contacto.id))).all()


def del_cliente_con_correo(
    session: Session, empresa_id: str, cliente_id: str, email: str
) -> Sequence[Contacto]:
    """Two at most of the live contacts at the client with that e-mail, as it is compared."""
    there = select(Vinculo.contacto_id).where(
        Vinculo.empresa_id == empresa_id, Vinculo.cliente_id == cliente_id
    )
    query = select(Contacto).where(
        Contacto.empresa_id == empresa_id,
        Contacto.email_clave == email_key(email),
        ~col(Contacto.archivado),
        col(Contacto.id).in_(there),
    )
    return session.exec(query.order_by(col(Contacto.id)).limit(2)).all()


def archivado_parecido(session: Session, empresa_id: str, cliente_id: str, email: str | None) -> str | None:
    """The id of the last archived contact at the client with that e-mail, as it is compared."""
    if (key := email_key(email)) is None:
        return None
    there = select(Vinculo.contacto_id).where(
        Vinculo.empresa_id == empresa_id, Vinculo.cliente_id == cliente_id, col(Vinculo.archivado)
    )
    query = select(Contacto.id).where(
        Contacto.empresa_id == empresa_id, Contacto.email_clave == key, col(Contacto.id).in_(there)
    )
    newest = query.order_by(col(Contacto.creado).desc(), col(Contacto.id).desc())
    return session.exec(newest.limit(1)).first()


def con_referencia(
    session: Session, empresa_id: str, origen: str, referencia_externa: str, but: str | None = None
) -> Contacto | None:
    """Another contact than `but`, archived or not, that the other program calls so."""
    query = select(Contacto).where(
        Contacto.empresa_id == empresa_id,
        Contacto.origen == origen,
        Contacto.referencia_externa == referencia_externa,
    )
    return session.exec(query if but is None else query.where(Contacto.id != but)).first()
