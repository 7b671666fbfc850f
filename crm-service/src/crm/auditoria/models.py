"""Tables of the audit room: the trail of changes, and the feed that tells others of them.

The row says who, what and when, with a digest of the values, and can never be changed; the values stand
beside it, where a person's data can be erased and the digest still proves what was there.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Sequence, text
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


ORDEN = Sequence("cambios_orden", metadata=SQLModel.metadata)
"""On PostgreSQL, in which order changes were written; SQLite, which writes one at a time, needs none."""


class Cambio(SQLModel, table=True):
    """A change as the feed tells it: what happened to what. It never changes, but for its number.

    `numero` is given once the change is committed: 1, 2, 3… in each company, no gaps. `orden`: see ORDEN.
    """

    __tablename__ = "cambios"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        Index(
            "uq_cambios_numero",
            "empresa_id",
            "numero",
            unique=True,
            sqlite_where=text("numero IS NOT NULL"),
            postgresql_where=text("numero IS NOT NULL"),
        ),
        Index(
            "idx_cambios_sin_numero",
            "empresa_id",
            "orden",
            sqlite_where=text("numero IS NULL"),
            postgresql_where=text("numero IS NULL"),
        ),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    numero: int | None = Field(default=None, sa_type=BigInteger)
    orden: int | None = Field(default=None, sa_type=BigInteger)
    tipo: str = Field(sa_type=Key)
    recurso_id: str = Field(sa_type=Key)
    fecha: datetime = Field(sa_type=Instant)
    actor: str
    campos: str
