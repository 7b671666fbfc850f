"""Tables of the payments room."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from storage import Cents, Instant, Key


class Pago(SQLModel, table=True):
    """One payment. Rows are only added: a refund is a row of its own that points at its payment."""

    __tablename__ = "pagos"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "factura_id"], ["facturas.empresa_id", "facturas.id"]),
        CheckConstraint("monto > 0", name="pago_positivo"),
        Index("idx_pagos_factura", "empresa_id", "factura_id", "id"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    factura_id: str = Field(sa_type=Key)
    monto: Decimal = Field(sa_type=Cents)
    fecha: date
    metodo: str
    referencia: str | None
    registrado: datetime = Field(sa_type=Instant)


class Devolucion(SQLModel, table=True):
    """The refund of a payment: at most one each, by its primary key."""

    __tablename__ = "devoluciones"
    __table_args__ = (ForeignKeyConstraint(["empresa_id", "pago_id"], ["pagos.empresa_id", "pagos.id"]),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    pago_id: str = Field(primary_key=True, sa_type=Key)
    fecha: date
    motivo: str | None
    registrada: datetime = Field(sa_type=Instant)
