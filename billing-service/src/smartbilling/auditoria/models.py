"""Tables of the audit room."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from storage import Instant, Key


class Auditoria(SQLModel, table=True):
    """Who did what and when: a digest that never changes; the values stand beside it."""

    __tablename__ = "auditoria"
    __table_args__ = (Index("idx_auditoria_recurso", "empresa_id", "recurso", "id"),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    instante: datetime = Field(sa_type=Instant)
    quien: str
    accion: str
    recurso: str = Field(sa_type=Key)
    peticion: str | None
    huella: str


class AuditoriaValores(SQLModel, table=True):
    """The values that an audit row's digest stands for; they can be erased when the law says so."""

    __tablename__ = "auditoria_valores"
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    valores: dict[str, Any] = Field(sa_type=JSON)
