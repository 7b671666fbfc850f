"""Tables of the webhooks room."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from crm.db.rows import Versionada
from storage import Instant, Key


class Webhook(Versionada, table=True):
    """An address that is told of a company's changes, and how far it has been told.

    `numero`: the changes up to it have been taken to be sent. `secreto` signs, and until `anterior_hasta`
    `secreto_anterior` too. `fallos`: attempts that failed since the last that did not, `fallando_desde` the
    first of them; nothing is sent before `descansa_hasta`.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        Index(
            "idx_webhooks_activos",
            "empresa_id",
            "id",
            sqlite_where=text("activo = 1"),
            postgresql_where=text("activo"),
        ),
    )
    url: str
    eventos: list[str] = Field(sa_type=JSON)
    descripcion: str | None
    activo: bool
    motivo_inactivo: str | None = None
    secreto: str = Field(repr=False)
    secreto_anterior: str | None = Field(default=None, repr=False)
    anterior_hasta: datetime | None = Field(default=None, sa_type=Instant)
    numero: int = Field(sa_type=BigInteger)
    fallos: int = 0
    fallando_desde: datetime | None = Field(default=None, sa_type=Instant)
    descansa_hasta: datetime | None = Field(default=None, sa_type=Instant)


class Envio(SQLModel, table=True):
    """A change that a webhook has not been told of: yet, or because it gave up."""

    __tablename__ = "webhooks_envios"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "webhook_id"], ["webhooks.empresa_id", "webhooks.id"]),
        CheckConstraint("estado IN ('pendiente', 'fallido')", name="ck_envios_estado"),
        Index("idx_envios_estado", "empresa_id", "webhook_id", "estado", "numero"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    webhook_id: str = Field(primary_key=True, sa_type=Key)
    numero: int = Field(primary_key=True, sa_type=BigInteger)
    evento_id: str = Field(sa_type=Key)
    tipo: str = Field(sa_type=Key)
    estado: str = Field(default="pendiente", sa_type=Key)
    intentos: int = 0
    primero: datetime | None = Field(default=None, sa_type=Instant)
    proximo: datetime = Field(sa_type=Instant)
    error: str | None = None


class Entrega(SQLModel, table=True):
    """An attempt to tell a webhook of something; `numero` is null for a test."""

    __tablename__ = "webhooks_entregas"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "webhook_id"], ["webhooks.empresa_id", "webhooks.id"]),
        Index("idx_entregas_fecha", "empresa_id", "webhook_id", text("fecha DESC"), text("id DESC")),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    webhook_id: str = Field(sa_type=Key)
    evento_id: str = Field(sa_type=Key)
    numero: int | None = Field(sa_type=BigInteger)
    tipo: str = Field(sa_type=Key)
    intento: int
    fecha: datetime = Field(sa_type=Instant)
    entregada: bool
    status: int | None
    ms: int
    error: str | None
