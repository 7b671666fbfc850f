"""Reads of the timeline room."""

from collections.abc import Mapping

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from http_rules import Orden

from .models import Suceso

_BY_DATE = (col(Suceso.fecha), col(Suceso.id))
ORDENES: Mapping[str, Orden] = {
    "-fecha": Orden(_BY_DATE, lambda row: (row.fecha, row.id)),
    "fecha": Orden(_BY_DATE, lambda row: (row.fecha, row.id), descending=False),
}


def de_cliente(empresa_id: str, cliente_id: str) -> SelectOfScalar[Suceso]:
    """The timeline of one client (index `idx_historial_cliente_fecha`)."""
    return select(Suceso).where(Suceso.empresa_id == empresa_id, Suceso.cliente_id == cliente_id)
