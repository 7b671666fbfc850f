"""Tables of the delivery to the CRM."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, literal_column, text
from sqlmodel import Field, SQLModel, col

from storage import Instant, Key


class DestinoCrm(SQLModel, table=True):
    """A client that the CRM is told about. Workers claim clients, not rows, so that order per client holds.

    `proximo` is when its first waiting message is due: null when none waits, and while the client's upsert,
    refused by the CRM, holds the rest (`bloqueado_por` names that message). `orden` is the place of its last
    message.
    """

    __tablename__ = "destinos_crm"
    __table_args__ = (
        Index(
            "idx_destinos_por_entregar",
            "empresa_id",
            "proximo",
            sqlite_where=text("proximo IS NOT NULL"),
            postgresql_where=text("proximo IS NOT NULL"),
        ),
        Index("idx_destinos_cliente", "empresa_id", "cliente_id"),
        Index(
            "idx_destinos_arrendados",
            "arrendado_por",
            sqlite_where=text("arrendado_por IS NOT NULL"),
            postgresql_where=text("arrendado_por IS NOT NULL"),
        ),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    clave: str = Field(primary_key=True, sa_type=Key)
    cliente_id: str | None
    orden: int
    proximo: datetime | None = Field(sa_type=Instant)
    bloqueado_por: str | None
    arrendado_hasta: datetime | None = Field(sa_type=Instant)
    arrendado_por: str | None


class MensajeCrm(SQLModel, table=True):
    """One activity that the CRM must hear of, written in the transaction of its fact (outbox)."""

    __tablename__ = "mensajes_crm"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "destino"], ["destinos_crm.empresa_id", "destinos_crm.clave"]),
        Index(
            "idx_mensajes_pendientes",
            "empresa_id",
            "destino",
            "orden",
            sqlite_where=text("estado = 'pendiente'"),
            postgresql_where=text("estado = 'pendiente'"),
        ),
        Index(
            "idx_mensajes_antiguos",
            "empresa_id",
            "creado",
            sqlite_where=text("estado = 'pendiente'"),
            postgresql_where=text("estado = 'pendiente'"),
        ),
        Index(
            "idx_mensajes_fallidos",
            "empresa_id",
            "id",
            sqlite_where=text("estado = 'fallido'"),
            postgresql_where=text("estado = 'fallido'"),
        ),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    destino: str = Field(sa_type=Key)
    orden: int
    factura_id: str = Field(sa_type=Key)
    cliente: dict[str, Any] | None = Field(sa_type=JSON)
    actividad: dict[str, Any] = Field(sa_type=JSON)
    estado: str
    intentos: int
    creado: datetime = Field(sa_type=Instant)
    entregado: datetime | None = Field(sa_type=Instant)
    error: dict[str, Any] | None = Field(sa_type=JSON)
    peticion: str | None


PENDIENTE = col(MensajeCrm.estado) == literal_column("'pendiente'")
FALLIDO = col(MensajeCrm.estado) == literal_column("'fallido'")
"""Conditions that the partial indexes answer: of a bound value the planner cannot know that they do."""


class EntregaFactura(SQLModel, table=True):
    """How an invoice's own `venta` stands with the CRM, and which client it is there."""

    __tablename__ = "entregas_crm"
    __table_args__ = (
        Index("idx_entregas_destino", "empresa_id", "destino", "factura_id"),
        Index("idx_entregas_cliente", "empresa_id", "cliente_id", "factura_id"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    factura_id: str = Field(primary_key=True, sa_type=Key)
    destino: str = Field(sa_type=Key)
    estado: str
    cliente_id: str | None


class ClienteFusionado(SQLModel, table=True):
    """A client that the CRM has merged into another, `actual`, as it said when it was asked last."""

    __tablename__ = "clientes_fusionados_crm"
    __table_args__ = (Index("idx_clientes_fusionados_actual", "empresa_id", "actual", "cliente_id"),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    cliente_id: str = Field(primary_key=True, sa_type=Key)
    actual: str = Field(sa_type=Key)


class PausaCrm(SQLModel, table=True):
    """A company whose credentials the CRM refuses: nothing of it is sent before `hasta`."""

    __tablename__ = "pausas_crm"
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    aviso: str
    veces: int
    hasta: datetime = Field(sa_type=Instant)
