"""Table of the activities room."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from crm.db.rows import Archivable
from storage import Instant, Key


class Actividad(Archivable, table=True):
    """An activity. `agenda` is its place in the agenda: when it is due or, failing that, its date.

    `origen` and `referencia_externa` name the fact of another program that it tells of, once.
    """

    __tablename__ = "actividades"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        CheckConstraint(
            "tipo IN ('llamada', 'email', 'reunion', 'tarea', 'nota', 'venta', 'pago')",
            name="ck_actividades_tipo",
        ),
        Index(
            "idx_actividades_cliente_fecha", "empresa_id", "cliente_id", text("fecha DESC"), text("id DESC")
        ),
        Index("idx_actividades_fecha", "empresa_id", text("fecha DESC"), text("id DESC")),
        Index("idx_actividades_agenda", "empresa_id", "agenda", "id"),
        Index(
            "idx_actividades_pendientes",
            "empresa_id",
            "vence",
            sqlite_where=text("completada = 0 AND archivado = 0"),
            postgresql_where=text("NOT completada AND NOT archivado"),
        ),
        Index(
            "idx_actividades_origen",
            "empresa_id",
            "origen",
            "fecha",
            sqlite_where=text("origen IS NOT NULL AND archivado = 0"),
            postgresql_where=text("origen IS NOT NULL AND NOT archivado"),
        ),
        Index("uq_actividades_referencia", "empresa_id", "origen", "referencia_externa", unique=True),
    )
    cliente_id: str = Field(sa_type=Key)
    tipo: str
    titulo: str
    descripcion: str | None
    fecha: datetime = Field(sa_type=Instant)
    vence: datetime | None = Field(sa_type=Instant)
    agenda: datetime = Field(sa_type=Instant)
    completada: bool
    origen: str | None = Field(sa_type=Key)
    referencia_externa: str | None = Field(sa_type=Key)

    def figures(self) -> Mapping[str, Decimal]:
        """What it counts as in the company's figures."""
        pending = not self.completada and not self.archivado
        return {"actividades_pendientes": Decimal(1)} if pending else {}
