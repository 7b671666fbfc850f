"""Reads of the payments room."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from contratos import NotFound
from http_rules import Answer, Orden
from smartbilling.facturas import Factura

from .models import Devolucion, Pago
from .presentacion import publico, respuesta
from .schemas import PagoPublico

ORDEN = Orden((col(Pago.id),), lambda pago: (pago.id,))
"""The last registered first (index `idx_pagos_factura`)."""


def pago(session: Session, empresa_id: str, pago_id: str) -> Pago:
    """A payment. Raises NotFound."""
    found = session.get(Pago, (empresa_id, pago_id))
    if found is None:
        raise NotFound("No hay ningún pago con ese identificador.")
    return found


def de_factura(empresa_id: str, factura_id: str) -> Select[Pago]:
    """The payments of one invoice."""
    return select(Pago).where(col(Pago.empresa_id) == empresa_id, col(Pago.factura_id) == factura_id)


def devueltos(session: Session, empresa_id: str, ids: Sequence[str]) -> set[str]:
    """Those of the payments `ids` that were given back."""
    return set(
        session.execute(
            select(col(Devolucion.pago_id)).where(
                col(Devolucion.empresa_id) == empresa_id, col(Devolucion.pago_id).in_(ids)
            )
        ).scalars()
    )


def publicos(session: Session, empresa_id: str, pagos: Sequence[Pago]) -> list[PagoPublico]:
    """A page of payments, with one look at which were given back."""
    vueltos = devueltos(session, empresa_id, [pago.id for pago in pagos])
    return [publico(pago, devuelto=pago.id in vueltos) for pago in pagos]


def ultimo_cobro(session: Session, factura: Factura) -> date:
    """The day of the last payment of an invoice that was not given back; there is one."""
    last: date = session.execute(
        select(func.max(Pago.fecha))
        .outerjoin(
            Devolucion,
            (col(Devolucion.empresa_id) == Pago.empresa_id) & (col(Devolucion.pago_id) == Pago.id),
        )
        .where(
            col(Pago.empresa_id) == factura.empresa_id,
            col(Pago.factura_id) == factura.id,
            col(Devolucion.pago_id).is_(None),
        )
    ).scalar_one()
    return last


def releer(session: Session, empresa_id: str, pago_id: str) -> Answer:
    """A payment as it stands, for a replay whose answer is forgotten. Raises NotFound."""
    found = pago(session, empresa_id, pago_id)
    return respuesta(found, devuelto=bool(devueltos(session, empresa_id, [pago_id])))
