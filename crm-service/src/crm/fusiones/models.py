"""Tables of the merges room."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage import Instant, Key


class Fusion(SQLModel, table=True):
    """A merge of the client `fusionado_id` into `cliente_id`, and when it was undone, if it was.

    `movido` says how many rows of each kind moved. `orden` counts the merges of the company: later ones of
    the same clients are undone first. `conservado` are the fields that people had changed when it was undone.
    """

    __tablename__ = "fusiones"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        Index("idx_fusiones_fecha_creacion", "empresa_id", text("creada DESC"), text("id DESC")),
        Index("idx_fusiones_cliente", "empresa_id", "cliente_id", "orden"),
        Index("uq_fusiones_orden", "empresa_id", "orden", unique=True),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    orden: int
    cliente_id: str = Field(sa_type=Key)
    fusionado_id: str = Field(sa_type=Key)
    nombre: str
    actor: str
    creada: datetime = Field(sa_type=Instant)
    movido: dict[str, int] = Field(sa_type=JSON)
    deshecha: datetime | None = Field(default=None, sa_type=Instant)
    deshecha_por: str | None = None
    conservado: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)

    @property
    def version(self) -> int:
        """What its ETag is made of: it changes once, when it is undone."""
        return 1 if self.deshecha is None else 2


class FilaFusionada(SQLModel, table=True):
    """What a merge did to one row, so that it can be undone. `clave` is its primary key without the company.

    `movida`: it changed client, and nothing else. `cambiada`: its columns `antes` became `despues`.
    `apartada`: the row `antes` left its table. `nueva`: the row `despues` came into its table.
    """

    __tablename__ = "fusiones_filas"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "fusion_id"], ["fusiones.empresa_id", "fusiones.id"]),
        CheckConstraint(
            "forma IN ('movida', 'cambiada', 'apartada', 'nueva')", name="ck_fusiones_filas_forma"
        ),
        {"sqlite_with_rowid": False},
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    fusion_id: str = Field(primary_key=True, sa_type=Key)
    tabla: str = Field(primary_key=True, sa_type=Key)
    forma: str = Field(primary_key=True, sa_type=Key)
    clave: str = Field(primary_key=True, sa_type=Key)
    antes: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    despues: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
