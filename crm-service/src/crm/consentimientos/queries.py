"""Reads of the consents room."""

from collections.abc import Mapping

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from http_rules import Orden

from .models import Consentimiento

_BY_DATE = (col(Consentimiento.registrado), col(Consentimiento.id))
ORDENES: Mapping[str, Orden] = {
    "-registrado": Orden(_BY_DATE, lambda row: (row.registrado, row.id)),
    "registrado": Orden(_BY_DATE, lambda row: (row.registrado, row.id), descending=False),
}


def lista(
    empresa_id: str, *, cliente_id: str | None = None, contacto_id: str | None = None
) -> SelectOfScalar[Consentimiento]:
    """All that a client, or a contact, has consented to and taken back."""
    query = select(Consentimiento).where(Consentimiento.empresa_id == empresa_id)
    if cliente_id is not None:
        return query.where(Consentimiento.cliente_id == cliente_id)
    return query.where(Consentimiento.contacto_id == contacto_id)
