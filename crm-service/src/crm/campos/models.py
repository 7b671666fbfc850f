"""Table of the custom fields room."""

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field

from crm.db.rows import Archivable
from storage import Key


class Campo(Archivable, table=True):
    """A field of a company's own; `clave` is its name in the API, and never changes, nor does `tipo`.

    A key is never used again, for archived fields keep their values.
    """

    __tablename__ = "campos"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        CheckConstraint("entidad IN ('cliente', 'contacto')", name="ck_campos_entidad"),
        Index("idx_campos_posicion", "empresa_id", "posicion", "id"),
        Index("uq_campos_clave", "empresa_id", "entidad", "clave", unique=True),
    )
    entidad: str
    clave: str = Field(sa_type=Key)
    nombre: str
    tipo: str
    opciones: list[str] = Field(sa_type=JSON)
    obligatorio: bool
    posicion: int
