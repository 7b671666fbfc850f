"""Use cases of the delivery to the CRM: each runs in its caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import Session, col

from contratos import NotFound, Overloaded
from http_rules import Identity
from smartbilling.auditoria import anotar

from . import queries
from .models import FALLIDO, DestinoCrm, EntregaFactura, MensajeCrm
from .schemas import AvisoCrm, IntegracionPublica, Reintentos, ReintentosHechos
from .settlement import end_pauses, make_due


def estado(session: Session, empresa_id: str, ahora: datetime) -> IntegracionPublica:
    """How the delivery of a company stands, as its tables tell it."""
    pausa = queries.pausa(session, empresa_id)
    return IntegracionPublica(
        pausada=pausa.aviso if pausa else None,
        pendientes=queries.pendientes(session, empresa_id),
        fallidos=queries.fallidos(session, empresa_id),
        mas_antiguo=queries.mas_antiguo(session, empresa_id),
        fallos=[AvisoCrm.de(row) for row in queries.ultimos_fallidos(session, empresa_id)],
        en_espera=[AvisoCrm.de(row) for row in queries.en_espera(session, empresa_id, ahora)],
    )


def reintentar(session: Session, quien: Identity, pedido: Reintentos, ahora: datetime) -> ReintentosHechos:
    """Put dead letters back, all of the company or those named, and make what waits due at once.

    A client whose upsert was refused holds its messages: that one goes back too, with any of theirs.
    Raises NotFound when a message named is none of the company's, Overloaded when one is being written.
    """
    dead = _dead(session, quien.empresa_id, pedido.ids)
    revived = _revive(session, quien.empresa_id, dead, ahora)
    waiting = make_due(session, ahora, quien.empresa_id)
    end_pauses(session, [quien.empresa_id])
    hechos = ReintentosHechos(reintentados=revived, adelantados=waiting)
    anotar(session, quien, "crm.reintentos", quien.empresa_id, hechos.model_dump(), ahora)
    return hechos


def _dead(session: Session, empresa_id: str, ids: Sequence[str] | None) -> list[ColumnElement[bool]]:
    """Which messages are put back: all dead ones, or those named and those that block their clients."""
    mine = col(MensajeCrm.empresa_id) == empresa_id
    dead = [mine, FALLIDO]
    if ids is None:
        return dead
    known = select(func.count()).select_from(MensajeCrm).where(mine, col(MensajeCrm.id).in_(ids))
    if session.scalar(known) != len(set(ids)):
        raise NotFound("No hay ningún aviso con alguno de esos identificadores.")
    clients = select(col(MensajeCrm.destino)).where(*dead, col(MensajeCrm.id).in_(ids))
    blocking = select(col(DestinoCrm.bloqueado_por)).where(
        col(DestinoCrm.empresa_id) == empresa_id,
        col(DestinoCrm.clave).in_(clients),
        col(DestinoCrm.bloqueado_por).is_not(None),
    )
    named = {*ids, *session.scalars(blocking)}
    return [*dead, col(MensajeCrm.id).in_(named)]


def _revive(session: Session, empresa_id: str, dead: list[ColumnElement[bool]], ahora: datetime) -> int:
    """Put the messages `dead` back, each client's in their old place; how many they are."""
    total, clients = session.execute(
        select(func.count(), func.count(col(MensajeCrm.destino).distinct())).where(*dead)
    ).one()
    theirs = select(col(MensajeCrm.destino)).where(*dead)
    mine = (col(DestinoCrm.empresa_id) == empresa_id, col(DestinoCrm.clave).in_(theirs))
    locked = session.scalars(select(col(DestinoCrm.clave)).where(*mine).with_for_update(skip_locked=True))
    if len(locked.all()) < clients:
        raise Overloaded("Se está escribiendo en esos avisos: repite la petición dentro de unos segundos.")
    session.execute(update(DestinoCrm).where(*mine).values(proximo=ahora, bloqueado_por=None))
    ventas = select(col(MensajeCrm.factura_id)).where(
        *dead, col(MensajeCrm.actividad)["tipo"].as_string() == "venta"
    )
    session.execute(
        update(EntregaFactura)
        .where(col(EntregaFactura.empresa_id) == empresa_id, col(EntregaFactura.factura_id).in_(ventas))
        .values(estado="pendiente")
    )
    session.execute(update(MensajeCrm).where(*dead).values(estado="pendiente", intentos=0))
    return int(total)
