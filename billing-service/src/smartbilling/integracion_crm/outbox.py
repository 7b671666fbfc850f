"""What must be told to the CRM, written beside the fact it tells of and in the same transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlmodel import Session, SQLModel, col

from contratos.crm import ActividadNueva, ClienteNuevo
from http_rules import current_request_id, new_id
from storage import insert_rows, upsert

from .models import DestinoCrm, EntregaFactura

SIN_IDENTIFICAR = "sin_identificar"
"""The destination of invoices that name somebody with no number and no address: a new client each."""

_MENSAJES = SQLModel.metadata.tables["mensajes_crm"]
_ENTREGAS = SQLModel.metadata.tables["entregas_crm"]
_DESPERTAR = (
    update(SQLModel.metadata.tables["destinos_crm"])
    .where(
        col(DestinoCrm.empresa_id) == bindparam("suya"),
        col(DestinoCrm.clave).in_(bindparam("claves", expanding=True)),
        col(DestinoCrm.proximo).is_(None),
        col(DestinoCrm.bloqueado_por).is_(None),
    )
    .values(proximo=bindparam("ahora"))
)
_SIMPLIFICADAS = frozenset({"F2", "R5"})
_CLIENTE = "cli_"
_OTRO = "otro:"


@dataclass(frozen=True, slots=True)
class Mensaje:
    """An activity for the CRM client behind `destino`; `cliente` is upserted before it, when given.

    `peticion` is the request that caused it, when another thread than the request's writes it down.
    """

    destino: str
    factura_id: str
    actividad: ActividadNueva
    cliente: ClienteNuevo | None = None
    peticion: str | None = None


def destino_de(
    *, cliente_id: str | None, cif: str | None, id_otro: dict[str, Any] | None, email: str | None, tipo: str
) -> str | None:
    """Which CRM client an invoice speaks of; None for a simplified one that names nobody."""
    if cliente_id:
        return cliente_id
    if cif:
        return f"nif:{cif}"
    if id_otro:
        return f"{_OTRO}{id_otro.get('pais')}:{id_otro['tipo']}:{id_otro['id']}"
    if email:
        return f"email:{email.lower()}"
    return None if tipo in _SIMPLIFICADAS else SIN_IDENTIFICAR


def dado(destino: str) -> str | None:
    """The CRM client that the invoice itself named; None when it has to be found by an upsert."""
    return destino if destino.startswith(_CLIENTE) else None


def se_busca_una_vez(destino: str) -> bool:
    """Whether each upsert of this client would make another: it has no NIF and maybe no e-mail."""
    return destino.startswith(_OTRO)


def avisar(
    session: Session, empresa_id: str, mensajes: Sequence[Mensaje], ahora: datetime, *, nuevas: bool = False
) -> None:
    """Leave messages for the CRM, in order; `nuevas` are invoices just issued, whose delivery is followed.

    Rows are written by whole tables, so that a batch of invoices costs as many statements as one. The clients
    are locked until the transaction ends: the worker never thinks one idle whose new message it cannot see.
    """
    if not mensajes:
        return
    ordenes = tomar_puestos(session, empresa_id, [mensaje.destino for mensaje in mensajes], ahora)
    rows = []
    for mensaje in mensajes:
        ordenes[mensaje.destino] += 1
        rows.append(_row(empresa_id, mensaje, ordenes[mensaje.destino], ahora))
    connection = session.connection()
    insert_rows(connection, _MENSAJES, rows)
    if nuevas:
        entregas = [
            {
                "empresa_id": empresa_id,
                "factura_id": mensaje.factura_id,
                "destino": mensaje.destino,
                "estado": "pendiente",
                "cliente_id": dado(mensaje.destino),
            }
            for mensaje in mensajes
        ]
        insert_rows(connection, _ENTREGAS, entregas)


def tomar_puestos(
    session: Session, empresa_id: str, destinos: Sequence[str], ahora: datetime
) -> dict[str, int]:
    """The place of the last message of each client before one more each time it is named; idle ones are due.

    It is taken with the client's row lock: order survives clocks that step back and facts at the same time.
    """
    nuevos: dict[str, int] = {}
    for clave in destinos:
        nuevos[clave] = nuevos.get(clave, 0) + 1
    rows = [
        {
            "empresa_id": empresa_id,
            "clave": clave,
            "cliente_id": dado(clave),
            "orden": nuevos[clave],
            "proximo": ahora,
            "bloqueado_por": None,
            "arrendado_hasta": None,
            "arrendado_por": None,
        }
        for clave in sorted(nuevos)
    ]
    statement = upsert(session, DestinoCrm, {}, keys=["empresa_id", "clave"], add=["orden"])
    taken = statement.returning(col(DestinoCrm.clave), col(DestinoCrm.orden))
    last = {row.clave: row.orden for row in session.connection().execute(taken, rows)}
    which = {"suya": empresa_id, "claves": list(nuevos), "ahora": ahora}
    session.connection().execute(_DESPERTAR, which)
    return {clave: last[clave] - nuevos[clave] for clave in nuevos}


def _row(empresa_id: str, mensaje: Mensaje, orden: int, ahora: datetime) -> dict[str, Any]:
    cliente = mensaje.cliente
    return {
        "empresa_id": empresa_id,
        "id": new_id("msj"),
        "destino": mensaje.destino,
        "orden": orden,
        "factura_id": mensaje.factura_id,
        "cliente": cliente.model_dump(mode="json", exclude_none=True) if cliente else None,
        "actividad": mensaje.actividad.model_dump(mode="json", exclude_none=True),
        "estado": "pendiente",
        "intentos": 0,
        "creado": ahora,
        "entregado": None,
        "error": None,
        "peticion": mensaje.peticion or current_request_id(),
    }


def destino_de_factura(session: Session, empresa_id: str, factura_id: str) -> str | None:
    """The CRM client of an issued invoice; None when it has none to tell."""
    entrega = session.get(EntregaFactura, (empresa_id, factura_id))
    return entrega.destino if entrega else None


def facturas_del_cliente(empresa_id: str, ids: Collection[str]) -> tuple[Select[str], Select[str]]:
    """The ids of the invoices that the CRM knows as of a client with one of these ids, and of those it will.

    What was delivered is the client's that it went to (`idx_entregas_cliente`), the rest its destination's.
    """
    claves = select(col(DestinoCrm.clave)).where(
        col(DestinoCrm.empresa_id) == empresa_id, col(DestinoCrm.cliente_id).in_(ids)
    )
    mine = select(col(EntregaFactura.factura_id)).where(col(EntregaFactura.empresa_id) == empresa_id)
    delivered = mine.where(col(EntregaFactura.cliente_id).in_(ids))
    waiting = mine.where(col(EntregaFactura.cliente_id).is_(None), col(EntregaFactura.destino).in_(claves))
    return delivered, waiting
