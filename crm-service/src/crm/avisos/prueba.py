"""A test message: sent now, once, whatever else waits."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from crm.auditoria import Acto
from http_rules import Answer, new_id
from http_rules.idempotency import IdempotencyKey
from http_rules.webhooks import signed_headers
from storage import Database

from . import queries
from .cartero import Cartero, Respuesta
from .cola import anotar_intento
from .mensajes import PRUEBA, de_prueba
from .models import Envio
from .schemas import PruebaHecha


@dataclass(frozen=True, slots=True)
class Prueba:
    """A message ready to be sent."""

    webhook_id: str
    evento_id: str
    url: str
    secreto: str

    async def enviar(self, carrier: Cartero, ahora: datetime) -> Respuesta:
        """Send it, and say what came of it."""
        body = de_prueba(self.evento_id, ahora.isoformat())
        return await carrier.enviar(
            self.url, signed_headers([self.secreto], self.evento_id, ahora, body), body, ahora
        )


def preparada(database: Database, acto: Acto, webhook_id: str, key: str | None) -> Prueba | None:
    """The test of a webhook; None where the `Idempotency-Key` was used before. Raises NotFound."""
    with database.reading() as session:
        webhook = queries.existente(session, acto.empresa_id, webhook_id)
        if key is not None and session.get(IdempotencyKey, (acto.empresa_id, key)) is not None:
            return None
        return Prueba(webhook.id, new_id("evt"), webhook.url, webhook.secreto)


def anotada(session: Session, acto: Acto, prueba: Prueba | None, respuesta: Respuesta | None) -> Answer:
    """What came of a test, also in the log of attempts. Raises NotFound when the webhook is no more."""
    if prueba is None or respuesta is None:
        raise RuntimeError("a test whose key was used is answered by its first answer")
    queries.existente(session, acto.empresa_id, prueba.webhook_id, lock=True)
    envio = Envio(
        empresa_id=acto.empresa_id,
        webhook_id=prueba.webhook_id,
        numero=0,
        evento_id=prueba.evento_id,
        tipo=PRUEBA,
        proximo=acto.ahora,
    )
    anotar_intento(session, (acto.empresa_id, prueba.webhook_id), envio, acto.ahora, respuesta)
    return Answer(
        PruebaHecha(
            evento_id=prueba.evento_id,
            entregada=respuesta.entregada,
            status=respuesta.status,
            ms=respuesta.ms,
            error=respuesta.error,
        )
    )
