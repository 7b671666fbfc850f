"""Table of the timeline room."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage import Instant, Key


class Suceso(SQLModel, table=True):
    """One entry of a client's timeline, written in the transaction of what it tells of."""

    __tablename__ = "historial"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        Index("idx_historial_cliente_fecha", "empresa_id", "cliente_id", text("fecha DESC"), text("id DESC")),
        Index(
            "idx_historial_cliente_tipo",
            "empresa_id",
            "cliente_id",
            "tipo",
            text("fecha DESC"),
            text("id DESC"),
        ),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    cliente_id: str = Field(sa_type=Key)
    tipo: str
    fecha: datetime = Field(sa_type=Instant)
    titulo: str
    descripcion: str | None
    recurso_tipo: str
    recurso_id: str = Field(sa_type=Key)
