"""The outbox written anew from the facts: what was lost, altered or doubled there, or must be told again.

Guarantee: done twice it changes nothing more, and an activity is told once in effect. Kept by: one message a
fact, found under the lock of its client; the CRM's own idempotent route for what it may already have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from http_rules import current_request_id, new_id

from .acciones import es_retirada, para_restaurar, para_retirar
from .models import PENDIENTE, DestinoCrm, EntregaFactura, MensajeCrm
from .outbox import SIN_IDENTIFICAR, Mensaje, dado, tomar_puestos

RETIRADAS = "retiradas"
"""The destination of withdrawals: they speak of no client."""

_BATCH = 500
_NO_LEASE_IS_LONGER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Correccion:
    """What the outbox must say of one fact.

    `avisos` are its messages, the one to keep first. `reenviar`: the CRM must be told, or told again, what
    the activity is. `cliente_id` is the client that it hangs on there, when that is known; `recordarlo` for
    what comes later, where the outbox does not know it or has another.
    """

    mensaje: Mensaje
    avisos: Sequence[str]
    reenviar: bool
    cliente_id: str | None
    es_venta: bool
    recordarlo: bool


def corregir(session: Session, empresa_id: str, correcciones: Sequence[Correccion], ahora: datetime) -> int:
    """Write the outbox anew for these facts, which are locked by client; how many the CRM is told again."""
    if not correcciones:
        return 0
    puestos = tomar_puestos(session, empresa_id, [c.mensaje.destino for c in correcciones], ahora)
    told = 0
    for correccion in correcciones:
        puestos[correccion.mensaje.destino] += 1
        told += _rewrite(session, empresa_id, correccion, puestos[correccion.mensaje.destino])
    _wake(session, empresa_id, sorted({c.mensaje.destino for c in correcciones}), ahora)
    _remember_clients(session, empresa_id, correcciones)
    return told


def retirar(
    session: Session, empresa_id: str, origen: str, referencias: Sequence[str], ahora: datetime
) -> int:
    """Have the CRM withdraw these activities; how many were not about to be withdrawn already."""
    if not referencias:
        return 0
    puestos = tomar_puestos(session, empresa_id, [RETIRADAS] * len(referencias), ahora)
    waiting = pendientes_de_retirar(session, empresa_id)
    wanted = [referencia for referencia in referencias if referencia not in waiting]
    for n, referencia in enumerate(wanted, puestos[RETIRADAS] + 1):
        row = _row(empresa_id, RETIRADAS, n, referencia.partition(":")[0], ahora)
        session.add(MensajeCrm(**row, cliente=None, actividad=para_retirar(origen, referencia)))
    session.flush()
    _wake(session, empresa_id, [RETIRADAS], ahora)
    return len(wanted)


def pendientes_de_retirar(session: Session, empresa_id: str) -> set[str]:
    """The references of which the CRM is about to be told that they never were."""
    mine = (col(MensajeCrm.empresa_id) == empresa_id, col(MensajeCrm.destino) == RETIRADAS)
    rows = session.scalars(select(col(MensajeCrm.actividad)).where(*mine, PENDIENTE))
    return {str(actividad["referencia_externa"]) for actividad in rows if es_retirada(actividad)}


def borrar(session: Session, empresa_id: str, avisos: Sequence[str]) -> None:
    """Delete messages that tell of nothing, or the second of two that tell the same."""
    for start in range(0, len(avisos), _BATCH):
        chunk = avisos[start : start + _BATCH]
        mine = (col(MensajeCrm.empresa_id) == empresa_id, col(MensajeCrm.id).in_(chunk))
        session.execute(delete(MensajeCrm).where(*mine))


def _rewrite(session: Session, empresa_id: str, correccion: Correccion, orden: int) -> bool:
    """One message as the fact says; whether it goes to the CRM as a mending from now on."""
    mensaje = correccion.mensaje
    borrar(session, empresa_id, correccion.avisos[1:])
    row = session.get(MensajeCrm, (empresa_id, correccion.avisos[0])) if correccion.avisos else None
    said = mensaje.actividad.model_dump(mode="json", exclude_none=True)
    cliente = mensaje.cliente.model_dump(mode="json", exclude_none=True) if mensaje.cliente else None
    if row is None:
        # as old as its fact: where it is looked for
        values = _row(empresa_id, mensaje.destino, orden, mensaje.factura_id, mensaje.actividad.fecha)
        row = MensajeCrm(**values, cliente=cliente, actividad=said)
        row.estado, row.entregado = "entregado", mensaje.actividad.fecha
        session.add(row)
    waits = row.estado not in {"entregado", "fallido"} and not correccion.reenviar
    row.destino, row.factura_id, row.cliente = mensaje.destino, mensaje.factura_id, cliente
    row.actividad = said
    if correccion.reenviar:
        row.actividad = para_restaurar(said)
        row.estado, row.intentos, row.orden = "pendiente", 0, orden
        row.entregado, row.error = None, None
    elif waits:
        row.estado = "pendiente"
    session.flush()
    if correccion.es_venta:
        _rewrite_delivery(session, empresa_id, correccion, row.estado)
    return correccion.reenviar


def _rewrite_delivery(session: Session, empresa_id: str, correccion: Correccion, estado: str) -> None:
    mensaje = correccion.mensaje
    row = session.get(EntregaFactura, (empresa_id, mensaje.factura_id))
    if row is None:
        row = EntregaFactura(
            empresa_id=empresa_id,
            factura_id=mensaje.factura_id,
            destino=mensaje.destino,
            estado=estado,
            cliente_id=dado(mensaje.destino),
        )
        session.add(row)
    row.destino, row.estado = mensaje.destino, estado
    row.cliente_id = correccion.cliente_id or row.cliente_id
    session.flush()


def _wake(session: Session, empresa_id: str, claves: Sequence[str], ahora: datetime) -> None:
    """Whoever has something to tell is due now, whatever stood there; nobody else is."""
    waiting = (
        select(col(MensajeCrm.id))
        .where(
            col(MensajeCrm.empresa_id) == col(DestinoCrm.empresa_id),
            col(MensajeCrm.destino) == col(DestinoCrm.clave),
            PENDIENTE,
        )
        .exists()
    )
    for start in range(0, len(claves), _BATCH):
        mine = (
            col(DestinoCrm.empresa_id) == empresa_id,
            col(DestinoCrm.clave).in_(claves[start : start + _BATCH]),
        )
        due: Mapping[str, Any] = {"proximo": ahora, "bloqueado_por": None}
        session.execute(update(DestinoCrm).where(*mine, waiting).values(due))
        session.execute(update(DestinoCrm).where(*mine, ~waiting).values(proximo=None))
        abandoned = col(DestinoCrm.arrendado_hasta) > ahora + _NO_LEASE_IS_LONGER
        free = {"arrendado_por": None, "arrendado_hasta": None}
        session.execute(update(DestinoCrm).where(*mine, abandoned).values(free))


def _remember_clients(session: Session, empresa_id: str, correcciones: Sequence[Correccion]) -> None:
    """The client of each destination is the one that its activities hang on in the CRM."""
    known = {c.mensaje.destino: c.cliente_id for c in correcciones if c.cliente_id and c.recordarlo}
    for clave, cliente_id in known.items():
        if clave != SIN_IDENTIFICAR:
            mine = (col(DestinoCrm.empresa_id) == empresa_id, col(DestinoCrm.clave) == clave)
            session.execute(update(DestinoCrm).where(*mine).values(cliente_id=cliente_id))


def _row(empresa_id: str, destino: str, orden: int, factura_id: str, creado: datetime) -> dict[str, Any]:
    return {
        "empresa_id": empresa_id,
        "id": new_id("msj"),
        "destino": destino,
        "orden": orden,
        "factura_id": factura_id,
        "estado": "pendiente",
        "intentos": 0,
        "creado": creado,
        "entregado": None,
        "error": None,
        "peticion": current_request_id(),
    }
