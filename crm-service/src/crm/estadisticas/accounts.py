"""What a client was invoiced and has paid, from what its activities say.

A sale or a payment that is done counts with its amount, and so does a rectifying invoice that billing told of
as a note. What was annulled or refunded does not, unless it was brought back; nor does an invoice whose place
another one takes, as long as that one stands. Whoever told of it told it under the fact's own reference, with
what happened to it behind a colon, and the note may stand at another client.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, exists, func, select
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


@dataclass(frozen=True, slots=True)
class _Row:
    """An invoice or a payment that counts."""

    id: str
    tipo: str
    documento: str | None
    importe: Decimal
    fecha: datetime


def de_cliente(session: Session, empresa_id: str, cliente_id: str, zona: ZoneInfo) -> Cuentas:
    """The client's accounts (index `idx_actividades_cliente_tipo`, and the unique one of references)."""
    rows = [_Row(*row) for row in session.execute(_standing(empresa_id, cliente_id))]
    payments = [row for row in rows if row.tipo == "pago"]
    invoices = [row for row in rows if row.tipo != "pago"]
    days = [
        (at.astimezone(zona).date() - issued.astimezone(zona).date()).days
        for issued, at in _settled(invoices, payments)
    ]
    return Cuentas(
        facturas=len(invoices),
        facturado=sum((row.importe for row in invoices), Decimal(0)),
        pagos=len(payments),
        pagado=sum((row.importe for row in payments), Decimal(0)),
        dias_medios_pago=mean(sum(days), len(days)),
    )


def _standing(empresa_id: str, cliente_id: str) -> Any:
    """The client's invoices and payments that count."""
    return select(
        col(Actividad.id),
        col(Actividad.tipo),
        col(Actividad.documento),
        col(Actividad.importe),
        col(Actividad.fecha),
    ).where(
        col(Actividad.empresa_id) == empresa_id,
        col(Actividad.cliente_id) == cliente_id,
        col(Actividad.tipo).in_(("venta", "pago", "nota")),
        col(Actividad.importe).is_not(None),
        col(Actividad.completada),
        ~col(Actividad.archivado),
        ~_cancelled(Actividad),
        ~_replaced(),
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


def _settled(invoices: Iterable[_Row], payments: Iterable[_Row]) -> Iterator[tuple[datetime, datetime]]:
    """Of each sale whose payments reach it: when it was made, and when they did."""
    of_number: defaultdict[str, list[_Row]] = defaultdict(list)
    for payment in sorted(payments, key=lambda row: (row.fecha, row.id)):
        if payment.documento is not None:
            of_number[payment.documento].append(payment)
    for sale in invoices:
        if sale.tipo != "venta" or sale.documento is None or sale.importe <= 0:
            continue
        sofar = Decimal(0)
        for payment in of_number.get(sale.documento, ()):
            sofar += payment.importe
            if sofar >= sale.importe:
                yield sale.fecha, payment.fecha
                break
