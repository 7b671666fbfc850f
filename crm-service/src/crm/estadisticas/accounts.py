"""What a client was invoiced and has paid, from what its activities say.

A sale or a payment that is done counts with its amount, and so does a rectifying invoice that billing told of
as a note. What was annulled or refunded does not, unless it was brought back; nor does an invoice whose place
another one takes, as long as that one stands. Whoever told of it told it under the fact's own reference, with
what happened to it behind a colon, and the note may stand at another client.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from contratos.crm import ORIGEN_BILLING
from crm.actividades import Actividad, FacturaSustituida

from .rates import mean

_AFTER_COLON = ";"
"""What comes right after a colon: a reference's own notes lie between both."""


@dataclass(frozen=True, slots=True)
class Cuentas:
    """What counts of a client's invoices and payments; euros, and days with one decimal or nothing."""

    facturas: int
    facturado: Decimal
    pagos: int
    pagado: Decimal
    dias_medios_pago: Decimal | None


def de_cliente(session: Session, empresa_id: str, cliente_id: str, zona: ZoneInfo) -> Cuentas:
    """The client's accounts (index `idx_actividades_cliente_tipo`, and the unique one of references)."""
    standing = _standing(empresa_id, cliente_id)
    is_payment = standing.c.tipo == "pago"
    rows = session.execute(
        select(is_payment, func.count(), func.sum(standing.c.importe)).group_by(is_payment)
    ).all()
    sums = {bool(payment): (int(many), amount) for payment, many, amount in rows}
    (invoices, invoiced), (payments, paid) = (sums.get(each, (0, Decimal(0))) for each in (False, True))
    days = [
        (paid_at.astimezone(zona).date() - issued.astimezone(zona).date()).days
        for issued, paid_at in _settled(session, standing)
    ]
    return Cuentas(invoices, invoiced, payments, paid, mean(sum(days), len(days)))


def _standing(empresa_id: str, cliente_id: str) -> Subquery:
    """The client's invoices and payments that count."""
    return (
        select(
            col(Actividad.id),
            col(Actividad.tipo),
            col(Actividad.documento),
            col(Actividad.importe),
            col(Actividad.fecha),
        )
        .where(
            col(Actividad.empresa_id) == empresa_id,
            col(Actividad.cliente_id) == cliente_id,
            col(Actividad.tipo).in_(("venta", "pago", "nota")),
            col(Actividad.importe).is_not(None),
            col(Actividad.completada),
            ~col(Actividad.archivado),
            ~_cancelled(Actividad),
            ~_replaced(),
        )
        .subquery()
    )


def _cancelled(fact: Any) -> ColumnElement[bool]:
    """Whether it was annulled or refunded, and not brought back as often."""
    note = aliased(Actividad)
    reference, told = col(note.referencia_externa), col(fact.referencia_externa)
    counted = case(
        (reference.startswith(told.concat(":recuperada")), -1),
        (reference.startswith(told.concat(":anulada")), 1),
        (reference.startswith(told.concat(":devuelto")), 1),
        else_=0,
    )
    times = (
        select(func.coalesce(func.sum(counted), 0))
        .where(
            col(note.empresa_id) == col(fact.empresa_id),
            col(note.origen) == ORIGEN_BILLING,
            col(note.origen) == col(fact.origen),
            reference > told.concat(":"),
            reference < told.concat(_AFTER_COLON),
            col(note.tipo) == "nota",
            ~col(note.archivado),
        )
        .scalar_subquery()
    )
    return times > 0


def _replaced() -> ColumnElement[bool]:
    """Whether another invoice of billing's, which stands, took the place of this one."""
    newer = aliased(Actividad)
    this = and_(
        col(newer.empresa_id) == col(FacturaSustituida.empresa_id),
        col(newer.id) == col(FacturaSustituida.actividad_id),
    )
    return exists(
        select(col(FacturaSustituida.documento))
        .join(newer, this)
        .where(
            col(FacturaSustituida.empresa_id) == col(Actividad.empresa_id),
            col(FacturaSustituida.documento) == col(Actividad.documento),
            col(Actividad.origen) == ORIGEN_BILLING,
            col(Actividad.tipo) != "pago",
            ~col(newer.archivado),
            ~_cancelled(newer),
        )
    )


def _settled(session: Session, standing: Subquery) -> Iterator[tuple[datetime, datetime]]:
    """Of each sale whose payments reach it: when it was made, and when they did."""
    sale, payment = standing.alias(), standing.alias()
    sofar = func.sum(payment.c.importe).over(
        partition_by=payment.c.documento, order_by=(payment.c.fecha, payment.c.id)
    )
    paid = (
        select(payment.c.documento, payment.c.fecha, sofar.label("sofar"))
        .where(payment.c.tipo == "pago", payment.c.documento.is_not(None))
        .subquery()
    )
    reached = func.min(paid.c.fecha)
    rows = session.execute(
        select(sale.c.fecha, reached)
        .join(paid, and_(paid.c.documento == sale.c.documento, paid.c.sofar >= sale.c.importe))
        .where(sale.c.tipo == "venta", sale.c.importe > 0)
        .group_by(sale.c.id, sale.c.fecha)
    )
    return ((issued, at) for issued, at in rows)
