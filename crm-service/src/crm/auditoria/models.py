"""Tables of the audit room.

The row says who, what and when, with a digest of the values, and can never be changed; the values stand
beside it, where a person's data can be erased and the digest still proves what was there.
"""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from storage import Instant, Key


class Auditoria(SQLModel, table=True):
    """One change."""

    __tablename__ = "auditoria"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        Index("idx_auditoria_recurso", "empresa_id", "recurso_id", "id"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    fecha: datetime = Field(sa_type=Instant)
    actor: str
    peticion: str | None
    accion: str
    recurso_id: str = Field(sa_type=Key)
    huella: str


class AuditoriaValores(SQLModel, table=True):
    """The values of one change, and the salt of its digest: without it nobody can guess what was erased."""

    __tablename__ = "auditoria_valores"
    __table_args__ = (ForeignKeyConstraint(["empresa_id", "id"], ["auditoria.empresa_id", "auditoria.id"]),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    sal: str
    valores: str
