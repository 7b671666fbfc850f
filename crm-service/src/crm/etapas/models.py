"""Table of the stages room."""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index

from crm.db.rows import Versionada


class Etapa(Versionada, table=True):
    """A stage; `probabilidad` in percent, `posicion` from 1 as the board shows them."""

    __tablename__ = "etapas"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        CheckConstraint("probabilidad BETWEEN 0 AND 100", name="ck_etapas_probabilidad"),
        Index("idx_etapas_posicion", "empresa_id", "posicion", "id"),
    )
    nombre: str
    probabilidad: int
    posicion: int
