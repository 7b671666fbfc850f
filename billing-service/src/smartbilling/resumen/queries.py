"""Reads of the dashboard and of a client's record."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import func, select
from sqlmodel import Session, col

from smartbilling.cifras import CifraDiaria
from smartbilling.facturas import FacturaEnLista, FacturaSituacion, del_cliente, en_lista
from smartbilling.fiscal import Estado, round_cents

from .schemas import Antiguedad, ResumenFacturacion

_C = CifraDiaria
_S = FacturaSituacion
_CERO = Decimal("0.00")
_ULTIMAS = 10


def facturacion(session: Session, empresa_id: str, hoy: date) -> ResumenFacturacion:
    """The figures kept per day, added up: some thousand rows at most, however many invoices there are."""
    vencida = col(_C.dia) < hoy
    row = session.execute(
        select(
            func.sum(_C.facturas),
            func.sum(_C.facturado),
            func.sum(_C.sustituido),
            func.sum(_C.pendientes),
            func.sum(_C.pendiente),
            func.sum(col(_C.pendientes)).filter(vencida),
            func.sum(col(_C.pendiente)).filter(vencida),
            func.sum(_C.pagos),
            func.sum(_C.cobrado),
            func.sum(_C.saldadas),
            func.sum(_C.dias_de_cobro),
        ).where(col(_C.empresa_id) == empresa_id)
    ).one()
    counts = [int(value or 0) for value in (row[0], row[3], row[5], row[7], row[9], row[10])]
    emitidas, pendientes, vencidas, pagos, saldadas, dias = counts
    facturado, sustituido, cobrado = _euros(row[1]), _euros(row[2]), _euros(row[8])
    return ResumenFacturacion(
        total_facturado=facturado,
        total_sustituido=sustituido,
        total_neto=facturado - sustituido,
        facturas_emitidas=emitidas,
        facturas_pendientes=pendientes,
        importe_pendiente=_euros(row[4]),
        importe_vencido=_euros(row[6]),
        facturas_vencidas=vencidas,
        total_cobrado=cobrado,
        promedio_pago=round_cents(cobrado / pagos) if pagos else None,
        dias_medios_cobro=_one_decimal(dias, saldadas) if saldadas else None,
    )


def _euros(value: Decimal | None) -> Decimal:
    """A sum of euros; nothing when there was nothing to add."""
    return (value or _CERO).quantize(_CERO)


def _one_decimal(total: int, count: int) -> float:
    """A mean, half up, away from zero."""
    return float((Decimal(total) / count).quantize(Decimal("0.1"), ROUND_HALF_UP))


def deuda(session: Session, empresa_id: str, ids: Collection[str]) -> list[tuple[date, Decimal]]:
    """What a client owes, by due date."""
    rows = session.execute(
        select(col(_S.vencimiento), func.sum(_S.pendiente))
        .where(
            col(_S.empresa_id) == empresa_id,
            del_cliente(empresa_id, ids),
            col(_S.estado) == Estado.EMITIDA,
            col(_S.pendiente) > 0,
        )
        .group_by(col(_S.vencimiento))
    )
    return [(vencimiento, _euros(importe)) for vencimiento, importe in rows]


def antiguedad(deudas: Iterable[tuple[date, Decimal]], hoy: date) -> Antiguedad:
    """Debts sorted by how many days they are overdue."""
    sums = dict.fromkeys(Antiguedad.model_fields, _CERO)
    for vencimiento, importe in deudas:
        sums[_tramo((hoy - vencimiento).days)] += importe
    return Antiguedad(**sums)


def _tramo(dias: int) -> str:
    limits = ((0, "al_corriente"), (30, "hasta_30"), (60, "hasta_60"), (90, "hasta_90"))
    return next((name for limit, name in limits if dias <= limit), "mas_de_90")


def ultimas(session: Session, empresa_id: str, ids: Collection[str], hoy: date) -> list[FacturaEnLista]:
    """The last ten invoices of a client."""
    rows = session.execute(
        select(_S)
        .where(col(_S.empresa_id) == empresa_id, del_cliente(empresa_id, ids))
        .order_by(col(_S.factura_id).desc())
        .limit(_ULTIMAS)
    ).scalars()
    return en_lista(session, empresa_id, list(rows), hoy)
