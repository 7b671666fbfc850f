"""Table of the reasons room."""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from crm.db.rows import Archivable
from storage import Key


class Motivo(Archivable, table=True):
    """A reason; `nombre_clave` is its name without case or accents, once among the live ones of a kind."""

    __tablename__ = "motivos"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        CheckConstraint("estado IN ('ganada', 'perdida')", name="ck_motivos_estado"),
        Index("idx_motivos_nombre", "empresa_id", "nombre_clave", "id"),
        Index(
            "uq_motivos_nombre",
            "empresa_id",
            "estado",
            "nombre_clave",
            unique=True,
            sqlite_where=text("archivado = 0"),
            postgresql_where=text("NOT archivado"),
        ),
    )
    nombre: str
    nombre_clave: str = Field(sa_type=Key)
    estado: str
