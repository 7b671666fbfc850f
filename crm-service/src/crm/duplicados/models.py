"""Table of the duplicates room; the pairs themselves are kept where they are found, in `coincidencias`."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage import Instant, Key


class Descarte(SQLModel, table=True):
    """Two clients of whom somebody said that they are not the same, `cliente_a` the one made first."""

    __tablename__ = "duplicados_descartes"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_a"], ["clientes.empresa_id", "clientes.id"]),
        ForeignKeyConstraint(["empresa_id", "cliente_b"], ["clientes.empresa_id", "clientes.id"]),
        CheckConstraint("cliente_a < cliente_b", name="ck_descartes_orden"),
        Index("uq_descartes_pareja", "empresa_id", "cliente_a", "cliente_b", unique=True),
        Index("idx_descartes_b", "empresa_id", "cliente_b"),
        Index("idx_descartes_fecha_creacion", "empresa_id", text("creado DESC"), text("id DESC")),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    cliente_a: str = Field(sa_type=Key)
    cliente_b: str = Field(sa_type=Key)
    actor: str
    creado: datetime = Field(sa_type=Instant)
