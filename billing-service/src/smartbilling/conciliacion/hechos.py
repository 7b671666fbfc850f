"""What the CRM must know, read from the facts themselves: invoices, annulments and back, payments, refunds.

The outbox is not asked: a message that was lost or altered there must show. A fact is of the day, in UTC, on
which it happened. A rectifying invoice is told as a note. A new kind of fact that the CRM hears of has its
query here. An invoice may be annulled and brought back more than once: each is a fact of its own.
"""

import heapq
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from contratos import textos
from contratos.crm import ActividadNueva, ClienteNuevo
from smartbilling.auditoria import Auditoria, AuditoriaValores
from smartbilling.facturas import Factura, FacturaSituacion, actividad_de, cliente_del_crm
from smartbilling.integracion_crm import dado, destino_de
from smartbilling.pagos import Devolucion, Pago
from smartbilling.registros import Registro

_BATCH = 1000
_ORDINAL = "(:[0-9]+)?"
_OF_INVOICE: tuple[Any, ...] = (
    col(Factura.id).label("factura_id"),
    col(Factura.numero),
    col(Factura.total),
    col(Factura.instante),
    col(Factura.tipo),
    col(Factura.rectificacion),
    col(Factura.cliente_nombre),
    col(Factura.cliente_cif),
    col(Factura.cliente_id_otro),
    col(Factura.cliente_direccion),
    col(FacturaSituacion.cliente_id),
    col(FacturaSituacion.cliente_email),
)


@dataclass(frozen=True, slots=True)
class Periodo:
    """Days of UTC, both ends included; None: without an end."""

    desde: date | None = None
    hasta: date | None = None

    def conditions(self, instante: Any) -> list[Any]:
        """That an instant's column falls within."""
        found = []
        if self.desde is not None:
            found.append(instante >= datetime.combine(self.desde, time(), UTC))
        if self.hasta is not None:
            found.append(instante < datetime.combine(self.hasta + timedelta(days=1), time(), UTC))
        return found


@dataclass(frozen=True, slots=True)
class Hecho:
    """A fact that the CRM must hear of, as an activity of the client behind `destino`.

    `cliente` is whom an upsert finds; None when the invoice itself named a client of the CRM.
    """

    factura_id: str
    destino: str
    actividad: ActividadNueva
    cliente: ClienteNuevo | None

    @property
    def referencia(self) -> str:
        """What names it in the CRM."""
        return str(self.actividad.referencia_externa)

    @property
    def fecha(self) -> datetime:
        """When it happened."""
        return self.actividad.fecha

    @property
    def es_venta(self) -> bool:
        """Whether it is the invoice's own, whose delivery is followed."""
        return self.referencia == self.factura_id


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of fact: how it is read, when it happened, by which id, and what is told of it.

    `sufijo`: a pattern of what follows that id in its reference.
    """

    query: Callable[[str], Select[Any]]
    instante: Any
    id: Any
    sufijo: str
    tell: Callable[[Any], ActividadNueva]


def hechos(session: Session, empresa_id: str, periodo: Periodo) -> Iterator[Hecho]:
    """The company's facts of these days, the oldest first; a few at a time are held."""
    streams = (
        _read(session, kind, kind.query(empresa_id).where(*periodo.conditions(kind.instante)))
        for kind in _KINDS
    )
    return heapq.merge(*streams, key=attrgetter("fecha"))


def hechos_de(session: Session, empresa_id: str, referencias: Sequence[str]) -> dict[str, Hecho]:
    """Those facts, by their reference; what names none is left out."""
    found: dict[str, Hecho] = {}
    wanted = frozenset(referencias)
    for kind in _KINDS:
        mine = [m[1] for r in wanted if (m := re.fullmatch(f"([^:]+){kind.sufijo}", r))]
        for start in range(0, len(mine), _BATCH):
            query = kind.query(empresa_id).where(kind.id.in_(mine[start : start + _BATCH]))
            read = _read(session, kind, query)
            found |= {hecho.referencia: hecho for hecho in read if hecho.referencia in wanted}
    return found


def _read(session: Session, kind: _Kind, query: Select[Any]) -> Iterator[Hecho]:
    rows = session.execute(query.order_by(kind.instante), execution_options={"yield_per": _BATCH})
    for row in rows:
        destino = destino_de(
            cliente_id=row.cliente_id,
            cif=row.cliente_cif,
            id_otro=row.cliente_id_otro,
            email=row.cliente_email,
            tipo=row.tipo,
        )
        if destino is not None:
            yield Hecho(row.factura_id, destino, kind.tell(row), None if dado(destino) else _cliente(row))


def _cliente(row: Any) -> ClienteNuevo:
    return cliente_del_crm(
        nombre=row.cliente_nombre,
        email=row.cliente_email,
        cif=row.cliente_cif,
        direccion=row.cliente_direccion,
    )


def _invoices(empresa_id: str, *more: Any) -> Select[Any]:
    same = (col(FacturaSituacion.empresa_id) == Factura.empresa_id) & (
        col(FacturaSituacion.factura_id) == Factura.id
    )
    return (
        select(*_OF_INVOICE, *more)
        .select_from(Factura)
        .join(FacturaSituacion, same)
        .where(col(Factura.empresa_id) == empresa_id)
    )


def _annulments(empresa_id: str) -> Select[Any]:
    return _entries(empresa_id, "factura.anulada")


def _recoveries(empresa_id: str) -> Select[Any]:
    return _entries(empresa_id, "factura.recuperada")


def _entries(empresa_id: str, accion: str) -> Select[Any]:
    """Invoices with the instant, the reason and the ordinal of something done to them.

    They are those of its audit entry, its transaction's own.
    """
    entry = (
        (col(Auditoria.empresa_id) == Factura.empresa_id)
        & (col(Auditoria.recurso) == Factura.id)
        & (col(Auditoria.accion) == accion)
    )
    earlier = aliased(Auditoria)
    ordinal = (
        select(func.count())
        .where(
            col(earlier.empresa_id) == Auditoria.empresa_id,
            col(earlier.recurso) == Auditoria.recurso,
            col(earlier.id) <= Auditoria.id,
            col(earlier.accion) == accion,
        )
        .scalar_subquery()
    )
    values = (col(AuditoriaValores.empresa_id) == Auditoria.empresa_id) & (
        col(AuditoriaValores.id) == Auditoria.id
    )
    more: tuple[Any, ...] = (
        col(Auditoria.instante).label("hecho"),
        col(AuditoriaValores.valores),
        ordinal.label("vez"),
    )
    return (
        _invoices(empresa_id, *more)
        .join(Auditoria, entry)
        .outerjoin(AuditoriaValores, values)
        .where(col(Factura.id).in_(_once_annulled(empresa_id)))
    )


def _once_annulled(empresa_id: str) -> Select[Any]:
    """The few invoices with an annulment in their chain, which an index knows alone."""
    return select(col(Registro.factura_id)).where(
        col(Registro.empresa_id) == empresa_id, col(Registro.tipo) == literal_column("'anulacion'")
    )


def _payments(empresa_id: str, *more: Any) -> Select[Any]:
    same = (col(Pago.empresa_id) == Factura.empresa_id) & (col(Pago.factura_id) == Factura.id)
    return _invoices(
        empresa_id, col(Pago.id).label("pago_id"), col(Pago.monto), col(Pago.registrado), *more
    ).join(Pago, same)


def _refunds(empresa_id: str) -> Select[Any]:
    same = (col(Devolucion.empresa_id) == Pago.empresa_id) & (col(Devolucion.pago_id) == Pago.id)
    return _payments(empresa_id, col(Devolucion.registrada)).join(Devolucion, same)


def _reason(row: Any) -> str:
    return str((row.valores or {}).get("motivo") or "")


_KINDS = (
    _Kind(
        _invoices,
        col(Factura.instante),
        col(Factura.id),
        "",
        lambda r: actividad_de(r.factura_id, r.numero, r.total, r.rectificacion, r.instante),
    ),
    _Kind(
        _annulments,
        col(Auditoria.instante),
        col(Factura.id),
        f":anulada{_ORDINAL}",
        lambda r: textos.anulacion(r.factura_id, r.numero, _reason(r), r.hecho, r.vez),
    ),
    _Kind(
        _recoveries,
        col(Auditoria.instante),
        col(Factura.id),
        f":recuperada{_ORDINAL}",
        lambda r: textos.recuperacion(r.factura_id, r.numero, _reason(r), r.hecho, r.vez),
    ),
    _Kind(
        _payments,
        col(Pago.registrado),
        col(Pago.id),
        "",
        lambda r: textos.pago(r.pago_id, r.numero, r.monto, r.registrado),
    ),
    _Kind(
        _refunds,
        col(Devolucion.registrada),
        col(Devolucion.pago_id),
        ":devuelto",
        lambda r: textos.devolucion(r.pago_id, r.numero, r.monto, r.registrada),
    ),
)
