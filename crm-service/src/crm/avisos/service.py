"""Use cases of the webhooks room: each runs in its caller's transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, literal, update
from sqlmodel import Session, col, select

from contratos import DomainError, NotFound, invalid
from crm import cambios
from crm.auditoria import Acto, Cambio, anotar
from http_rules import check_version, new_id
from http_rules.webhooks import new_webhook_secret
from storage import upsert

from . import queries
from .direcciones import Destinos
from .models import Entrega, Envio, Webhook
from .schemas import MAX_REPLAY, ReenvioPedido, WebhookNuevo

MAXIMO = 20
_CALM: Mapping[str, Any] = {"fallos": 0, "fallando_desde": None, "descansa_hasta": None}


class DemasiadosWebhooks(DomainError):
    """A company that tells more addresses tells them nothing in time."""

    code = "demasiados_webhooks"
    status = 409


def crear(session: Session, acto: Acto, destinos: Destinos, nuevo: WebhookNuevo) -> Webhook:
    """Tell an address of the changes that are committed from now on.

    Raises InvalidData for an address that may not be called, or DemasiadosWebhooks.
    """
    destinos.comprobar(nuevo.url)
    cambios.al_dia(session, acto.empresa_id)
    many = session.exec(select(func.count()).select_from(queries.lista(acto.empresa_id).subquery())).one()
    if many >= MAXIMO:
        raise DemasiadosWebhooks(f"Ya hay {MAXIMO} webhooks: quita alguno antes.", maximo=MAXIMO)
    webhook = Webhook(
        empresa_id=acto.empresa_id,
        id=new_id("whk"),
        secreto=new_webhook_secret(),
        numero=cambios.ultimo(session, acto.empresa_id),
        creado=acto.ahora,
        actualizado=acto.ahora,
        **nuevo.model_dump(),
    )
    session.add(webhook)
    session.flush()
    anotar(session, acto, "webhook_creado", webhook.id, nuevo.model_dump())
    return webhook


def modificar(
    session: Session,
    acto: Acto,
    destinos: Destinos,
    webhook_id: str,
    valores: Mapping[str, Any],
    if_match: str | None,
) -> Webhook:
    """Change what was given; active again, it goes on where it stopped, at once.

    Raises NotFound, StaleVersion, or InvalidData for an address that may not be called.
    """
    webhook = queries.existente(session, acto.empresa_id, webhook_id, lock=True)
    check_version(if_match, webhook.version)
    if "url" in valores:
        destinos.comprobar(valores["url"])
    changed = webhook.change(valores, acto.ahora)
    if not changed:
        return webhook
    if webhook.activo and changed.keys() & {"activo", "url"}:
        webhook.motivo_inactivo = None
        for name, value in _CALM.items():
            setattr(webhook, name, value)
        vencer(session, webhook, acto.ahora)
    session.flush()
    anotar(session, acto, "webhook_modificado", webhook.id, changed)
    return webhook


def eliminar(session: Session, acto: Acto, webhook_id: str, if_match: str | None) -> None:
    """Tell it nothing more, and forget what it was told. Raises NotFound or StaleVersion."""
    webhook = queries.existente(session, acto.empresa_id, webhook_id, lock=True)
    check_version(if_match, webhook.version)
    for table in (Envio, Entrega):
        session.execute(
            delete(table).where(col(table.empresa_id) == acto.empresa_id, col(table.webhook_id) == webhook_id)
        )
    anotar(session, acto, "webhook_eliminado", webhook.id, {"url": webhook.url})
    session.delete(webhook)
    session.flush()


def cambiar_secreto(
    session: Session, acto: Acto, webhook_id: str, horas: int, if_match: str | None
) -> Webhook:
    """Give it another secret; the one it had signs too for `horas` more. Raises NotFound or StaleVersion."""
    webhook = queries.existente(session, acto.empresa_id, webhook_id, lock=True)
    check_version(if_match, webhook.version)
    until = acto.ahora + timedelta(hours=horas) if horas else None
    old = webhook.secreto if horas else None
    webhook.change(
        {"secreto": new_webhook_secret(), "secreto_anterior": old, "anterior_hasta": until}, acto.ahora
    )
    session.flush()
    anotar(session, acto, "webhook_secreto_cambiado", webhook.id, {"horas": horas})
    return webhook


def reenviar(session: Session, acto: Acto, webhook_id: str, pedido: ReenvioPedido) -> int:
    """Have changes sent to it again, of those that it is told of; how many.

    Raises NotFound, also for a change that is not there, or InvalidData.
    """
    cambios.al_dia(session, acto.empresa_id)  # before the row is locked: the sender numbers, then locks
    webhook = queries.existente(session, acto.empresa_id, webhook_id, lock=True)
    chosen = (
        col(Cambio.id).in_(pedido.eventos) if pedido.eventos else col(Cambio.numero).between(*_range(pedido))
    )
    wanted = cambios.de_tipos(acto.empresa_id, webhook.eventos).where(chosen, col(Cambio.numero) > 0)
    ids: Any = wanted.with_only_columns(
        literal(acto.empresa_id).label("empresa_id"),
        literal(webhook.id).label("webhook_id"),
        col(Cambio.numero).label("numero"),
        col(Cambio.id).label("evento_id"),
        col(Cambio.tipo).label("tipo"),
    )
    found = [row._asdict() for row in session.execute(ids)]
    if pedido.eventos and len(found) < len(set(pedido.eventos)):
        raise NotFound("No hay ningún cambio con alguno de esos identificadores entre los que recibe.")
    again = {"estado": "pendiente", "intentos": 0, "primero": None, "proximo": acto.ahora, "error": None}
    if found:
        statement = upsert(
            session, Envio, [], keys=["empresa_id", "webhook_id", "numero"], replace=list(again)
        )
        session.execute(statement, [row | again for row in found])
    anotar(session, acto, "webhook_reenvio", webhook.id, pedido.model_dump(exclude_none=True))
    return len(found)


def vencer(session: Session, webhook: Webhook, ahora: datetime) -> None:
    """Whatever waits for its next attempt waits no longer."""
    session.execute(
        update(Envio)
        .where(
            col(Envio.empresa_id) == webhook.empresa_id,
            col(Envio.webhook_id) == webhook.id,
            col(Envio.estado) == "pendiente",
            col(Envio.proximo) > ahora,
        )
        .values(proximo=ahora)
    )


def _range(pedido: ReenvioPedido) -> tuple[int, int]:
    first, last = pedido.desde_numero, pedido.hasta_numero
    if first is None or last is None:
        raise invalid(
            "desde_numero" if first is None else "hasta_numero",
            "falta",
            "Di qué reenviar: `desde_numero` y `hasta_numero`, o `eventos`.",
        )
    if last < first:
        raise invalid("hasta_numero", "periodo_al_reves", "El último es anterior al primero: cámbialos.")
    if last - first >= MAX_REPLAY:
        raise invalid(
            "hasta_numero",
            "demasiados",
            f"Pide como mucho {MAX_REPLAY} cada vez.",
        )
    return first, last
