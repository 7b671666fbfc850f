"""Tables of the stages room."""

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from crm.db.rows import Archivable, Versionada
from storage import Key


class Embudo(Archivable, table=True):
    """A pipeline: a row of stages. A company has one that is `predeterminado`, never archived."""

    __tablename__ = "embudos"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        Index("idx_embudos_posicion", "empresa_id", "posicion", "id"),
        Index(
            "uq_embudos_predeterminado",
            "empresa_id",
            unique=True,
            sqlite_where=text("predeterminado = 1"),
            postgresql_where=text("predeterminado"),
        ),
    )
    nombre: str
    posicion: int
    predeterminado: bool


class Etapa(Versionada, table=True):
    """A stage of a pipeline; `probabilidad` in percent, `posicion` from 1 as its board shows them.

    `dias_maximos`: how long an opportunity may stand in it before it is stuck. `campos_obligatorios`: what an
    opportunity must have to come in. `embudo_id` has no foreign key: SQLite adds none to a table that others
    refer to, and a pipeline is never deleted.
    """

    __tablename__ = "etapas"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        CheckConstraint("probabilidad BETWEEN 0 AND 100", name="ck_etapas_probabilidad"),
        Index("idx_etapas_posicion", "empresa_id", "posicion", "id"),
        Index("idx_etapas_embudo", "empresa_id", "embudo_id", "posicion", "id"),
    )
    nombre: str
    probabilidad: int
    posicion: int
    embudo_id: str = Field(sa_type=Key, sa_column_kwargs={"server_default": ""})
    dias_maximos: int | None = None
    campos_obligatorios: list[str] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
