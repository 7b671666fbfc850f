"""Reads of the alarms room."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from http_rules import Orden

from .models import ABIERTA, Alarma

ORDEN = Orden((col(Alarma.id),), lambda alarma: (alarma.id,))
"""The order of the list: an index of `alarmas`."""


def de_empresa(empresa_id: str, *, abiertas: bool | None) -> Select[Any]:
    """A company's alarms: all, or those that are open, or those that were attended to."""
    suyas = select(Alarma).where(col(Alarma.empresa_id) == empresa_id)
    if abiertas is None:
        return suyas
    return suyas.where(ABIERTA if abiertas else col(Alarma.atendida).is_not(None))


def cuantas_abiertas(session: Session) -> int:
    """How many wait for a person, of all companies: an index knows those alone."""
    counted: int = session.execute(select(func.count()).select_from(Alarma).where(ABIERTA)).scalar_one()
    return counted
