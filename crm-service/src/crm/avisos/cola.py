"""What the sender does on the database: what is due, taken, and what came of it.

Guarantee: every change that a webhook is to be told of is told once or more, whatever dies when; each time
with the same bytes; none is skipped.
Kept by: changes become rows in the transaction that moves the webhook past them; a row goes only in the
transaction that writes down its delivery; its bytes follow from the change alone. Few changes wait as rows:
the rest waits in the feed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, update
from sqlmodel import Session, SQLModel, col, func, select

from crm import cambios
from crm.auditoria import Cambio
from http_rules import new_id
from storage import insert_or_ignore, insert_rows

from . import metrics
from .cartero import Respuesta
from .mensajes import cuerpo
from .models import Entrega, Envio, Webhook
from .ritmo import Ritmo
from .service import vencer

_AT_ONCE = 50
_WINDOW = 2_000
_GONE = 410
_LOG = SQLModel.metadata.tables["webhooks_entregas"]
_Key = tuple[str, str]


@dataclass(slots=True)
class Visita:
    """Some messages for a webhook, and what came of those that were sent: of each, when, and the answer.

    `cuerpos` are their bytes, by number.
    """

    empresa_id: str
    webhook_id: str
    url: str
    secretos: Sequence[str]
    fallos: int
    tomada: datetime
    envios: Sequence[Envio]
    cuerpos: Mapping[int, bytes]
    hechos: list[tuple[Envio, datetime, Respuesta]] = field(default_factory=list)

    @property
    def key(self) -> _Key:
        """Which webhook it is."""
        return self.empresa_id, self.webhook_id


def empresas_sin_numerar(session: Session) -> Sequence[str]:
    """Companies with changes that wait for their number (index `idx_cambios_sin_numero`)."""
    waiting = select(Cambio.empresa_id).where(col(Cambio.numero).is_(None)).distinct()
    return session.exec(waiting.limit(_AT_ONCE)).all()


def con_trabajo(session: Session, ahora: datetime, ocupados: Collection[_Key], many: int) -> Sequence[_Key]:
    """The webhooks, up to `many`, that have something due, but for those that are being visited."""
    behind = (
        select(Cambio.id)
        .where(Cambio.empresa_id == Webhook.empresa_id, col(Cambio.numero) > col(Webhook.numero))
        .exists()
    )
    due = (
        select(Envio.numero)
        .where(
            Envio.empresa_id == Webhook.empresa_id,
            Envio.webhook_id == Webhook.id,
            Envio.estado == "pendiente",
            col(Envio.proximo) <= ahora,
        )
        .exists()
    )
    rested = or_(col(Webhook.descansa_hasta).is_(None), col(Webhook.descansa_hasta) <= ahora)
    query = select(Webhook.empresa_id, Webhook.id).where(and_(col(Webhook.activo), rested, or_(due, behind)))
    found = session.exec(query.limit(many + len(ocupados))).all()
    return [key for empresa_id, each in found if (key := (empresa_id, each)) not in ocupados][:many]


def tomar(session: Session, key: _Key, ritmo: Ritmo, ahora: datetime) -> Visita | None:
    """Turn the changes that a webhook has not seen into messages, and take those that are due."""
    webhook = session.get(Webhook, key, with_for_update={"key_share": True}, populate_existing=True)
    if webhook is None or not webhook.activo:
        return None
    _advance(session, webhook, ritmo, ahora)
    found = session.exec(
        select(Envio, Cambio)
        .join(Cambio, and_(col(Cambio.empresa_id) == Envio.empresa_id, col(Cambio.id) == Envio.evento_id))
        .where(*_of(webhook), Envio.estado == "pendiente", col(Envio.proximo) <= ahora)
        .order_by(col(Envio.numero))
        .limit(1 if webhook.fallos >= ritmo.aguante else ritmo.tanda)
    ).all()
    if not found:
        return None
    secretos = [webhook.secreto]
    if webhook.secreto_anterior and webhook.anterior_hasta and webhook.anterior_hasta > ahora:
        secretos.append(webhook.secreto_anterior)
    return Visita(
        webhook.empresa_id,
        webhook.id,
        webhook.url,
        secretos,
        webhook.fallos,
        ahora,
        [envio for envio, _ in found],
        {envio.numero: cuerpo(cambio) for envio, cambio in found},
    )


def asentar(session: Session, visita: Visita, ritmo: Ritmo) -> None:
    """Write down what came of a visit; of a webhook that is no more, nothing."""
    webhook = session.get(Webhook, visita.key, with_for_update={"key_share": True}, populate_existing=True)
    if webhook is None or not visita.hechos:
        return
    insert_rows(session.connection(), _LOG, [_attempt(visita.key, *done) for done in visita.hechos])
    delivered: list[int] = []
    for envio, moment, respuesta in visita.hechos:
        metrics.ATTEMPTS.labels("delivered" if respuesta.entregada else "failed").inc()
        if respuesta.entregada:
            delivered.append(envio.numero)
            _recovered(session, webhook, ritmo, moment)
        else:
            _failed(session, webhook, envio, respuesta, ritmo, moment)
    session.execute(
        delete(Envio).where(
            *_of(webhook), col(Envio.numero).in_(delivered), col(Envio.proximo) <= visita.tomada
        )
    )
    session.flush()


def podar(session: Session, key: _Key, ritmo: Ritmo, ahora: datetime) -> None:
    """Forget the attempts of a webhook that are many or old, and what it has not got for as long."""
    mine = (col(Entrega.empresa_id) == key[0], col(Entrega.webhook_id) == key[1])
    old = ahora - timedelta(days=ritmo.dias)
    newest_first = select(Entrega.fecha).where(*mine).order_by(col(Entrega.fecha).desc())
    too_many = session.exec(newest_first.offset(ritmo.registro).limit(1)).first()
    session.execute(delete(Entrega).where(*mine, col(Entrega.fecha) <= max(old, too_many or old)))
    session.execute(
        delete(Envio).where(
            col(Envio.empresa_id) == key[0],
            col(Envio.webhook_id) == key[1],
            col(Envio.estado) == "fallido",
            col(Envio.proximo) <= old,
        )
    )


def anotar_intento(
    session: Session, key: _Key, envio: Envio, momento: datetime, respuesta: Respuesta
) -> None:
    """Write an attempt in the log."""
    insert_rows(session.connection(), _LOG, [_attempt(key, envio, momento, respuesta)])


def _advance(session: Session, webhook: Webhook, ritmo: Ritmo, ahora: datetime) -> None:
    """Take changes that it has not seen, as many as there is room for."""
    end = min(cambios.ultimo(session, webhook.empresa_id), webhook.numero + _WINDOW)
    if end <= webhook.numero:
        return
    waiting = select(func.count()).select_from(Envio).where(*_of(webhook), col(Envio.estado) == "pendiente")
    room = ritmo.pendientes - session.exec(waiting).one()
    if room <= 0:
        return
    new = session.exec(
        cambios.de_tipos(webhook.empresa_id, webhook.eventos)
        .where(col(Cambio.numero) > webhook.numero, col(Cambio.numero) <= end)
        .order_by(col(Cambio.numero))
        .limit(room)
    ).all()
    if new:
        rows = [_waiting(webhook, cambio, ahora) for cambio in new]
        session.execute(insert_or_ignore(session, Envio, rows))
    webhook.numero = (new[-1].numero or end) if len(new) == room else end
    session.flush()


def _waiting(webhook: Webhook, cambio: Cambio, ahora: datetime) -> dict[str, Any]:
    """The row of a change that is to be told; one that was asked for again may be there already."""
    return {
        "empresa_id": webhook.empresa_id,
        "webhook_id": webhook.id,
        "numero": cambio.numero,
        "evento_id": cambio.id,
        "tipo": cambio.tipo,
        "estado": "pendiente",
        "intentos": 0,
        "proximo": ahora,
    }


def _recovered(session: Session, webhook: Webhook, ritmo: Ritmo, momento: datetime) -> None:
    was_away = webhook.fallos >= ritmo.aguante
    webhook.fallos, webhook.fallando_desde, webhook.descansa_hasta = 0, None, None
    if was_away:
        vencer(session, webhook, momento)


def _failed(
    session: Session, webhook: Webhook, envio: Envio, respuesta: Respuesta, ritmo: Ritmo, momento: datetime
) -> None:
    webhook.fallos += 1
    webhook.fallando_desde = webhook.fallando_desde or momento
    rest = ritmo.reposo(webhook.fallos)
    webhook.descansa_hasta = momento + timedelta(seconds=rest) if rest else None
    primero, intentos = envio.primero or momento, envio.intentos + 1
    proximo = ritmo.proximo(intentos, primero, momento, respuesta.espera)
    values: dict[str, Any] = {"intentos": intentos, "primero": primero, "error": respuesta.error}
    values |= {"estado": "fallido", "proximo": momento} if proximo is None else {"proximo": proximo}
    session.execute(update(Envio).where(*_of(webhook), col(Envio.numero) == envio.numero).values(values))
    failing = (momento - webhook.fallando_desde).total_seconds()
    if respuesta.status == _GONE:
        _deactivate(webhook, "El receptor ha respondido 410: ya no quiere avisos.")
    elif failing >= ritmo.abandono:
        since = f"{webhook.fallando_desde:%Y-%m-%d %H:%M} UTC"
        _deactivate(webhook, f"No acepta nada desde {since}: {respuesta.error}")


def _deactivate(webhook: Webhook, why: str) -> None:
    webhook.activo, webhook.motivo_inactivo = False, why


def _of(webhook: Webhook) -> tuple[Any, Any]:
    return col(Envio.empresa_id) == webhook.empresa_id, col(Envio.webhook_id) == webhook.id


def _attempt(key: _Key, envio: Envio, momento: datetime, respuesta: Respuesta) -> dict[str, Any]:
    return {
        "empresa_id": key[0],
        "id": new_id("ent"),
        "webhook_id": key[1],
        "evento_id": envio.evento_id,
        "numero": envio.numero or None,
        "tipo": envio.tipo,
        "intento": envio.intentos + 1,
        "fecha": momento,
        "entregada": respuesta.entregada,
        "status": respuesta.status,
        "ms": respuesta.ms,
        "error": respuesta.error,
    }
