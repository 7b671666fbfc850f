"""Reads of the evidence room."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from http_rules import Orden

from .models import PuntoControl
from .schemas import FiltroPuntos

_P = PuntoControl

ORDEN = Orden(
    (col(_P.instante), col(_P.instalacion), col(_P.n)), lambda fila: (fila.instante, fila.instalacion, fila.n)
)
"""Newest first."""


def lista(empresa_id: str, filtro: FiltroPuntos) -> Select[Any]:
    """A company's checkpoints that match."""
    query = select(_P).where(col(_P.empresa_id) == empresa_id)
    if filtro.instalacion is not None:
        query = query.where(col(_P.instalacion) == filtro.instalacion)
    if filtro.desde is not None:
        query = query.where(col(_P.instante) >= datetime.combine(filtro.desde, time.min, UTC))
    if filtro.hasta is not None:
        acaba = datetime.combine(filtro.hasta + timedelta(days=1), time.min, UTC)
        query = query.where(col(_P.instante) < acaba)
    return query
