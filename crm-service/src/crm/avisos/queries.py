"""Reads of the webhooks room."""

from collections.abc import Mapping

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound
from http_rules import Orden

from .models import Entrega, Envio, Webhook
from .schemas import FiltrosEntregas, FiltrosEnvios

_BY_CREATION = (col(Webhook.creado), col(Webhook.id))
ORDENES: Mapping[str, Orden] = {
    "-creado": Orden(_BY_CREATION, lambda row: (row.creado, row.id)),
    "creado": Orden(_BY_CREATION, lambda row: (row.creado, row.id), descending=False),
}
_BY_DATE = (col(Entrega.fecha), col(Entrega.id))
DE_ENTREGAS: Mapping[str, Orden] = {
    "-fecha": Orden(_BY_DATE, lambda row: (row.fecha, row.id)),
    "fecha": Orden(_BY_DATE, lambda row: (row.fecha, row.id), descending=False),
}
_BY_NUMBER = (col(Envio.numero),)
DE_ENVIOS: Mapping[str, Orden] = {
    "numero": Orden(_BY_NUMBER, lambda row: (row.numero,), descending=False),
    "-numero": Orden(_BY_NUMBER, lambda row: (row.numero,)),
}


def lista(empresa_id: str) -> SelectOfScalar[Webhook]:
    """The webhooks of a company: a handful, as `service.MAXIMO` has it."""
    return select(Webhook).where(Webhook.empresa_id == empresa_id)


def existente(session: Session, empresa_id: str, webhook_id: str, *, lock: bool = False) -> Webhook:
    """The webhook, locked until the transaction ends if asked.

    Raises NotFound, for another company's too.
    """
    how = {"key_share": True} if lock else None
    webhook = session.get(Webhook, (empresa_id, webhook_id), with_for_update=how, populate_existing=lock)
    if webhook is None:
        raise NotFound("No hay ningún webhook con ese identificador.")
    return webhook


def entregas(empresa_id: str, webhook_id: str, filtros: FiltrosEntregas) -> SelectOfScalar[Entrega]:
    """The attempts of a webhook that the filters let through (index `idx_entregas_fecha`)."""
    query = select(Entrega).where(Entrega.empresa_id == empresa_id, Entrega.webhook_id == webhook_id)
    return query if filtros.entregada is None else query.where(col(Entrega.entregada) == filtros.entregada)


def envios(empresa_id: str, webhook_id: str, filtros: FiltrosEnvios) -> SelectOfScalar[Envio]:
    """What a webhook has not got, waiting or given up (index `idx_envios_estado`)."""
    return select(Envio).where(
        Envio.empresa_id == empresa_id, Envio.webhook_id == webhook_id, Envio.estado == filtros.estado
    )
