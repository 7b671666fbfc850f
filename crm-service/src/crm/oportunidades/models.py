"""Table of the opportunities room."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from crm.db.rows import Archivable
from storage import Cents, Key


class Oportunidad(Archivable, table=True):
    """An opportunity of `valor` euros; `motivo` says why it was won or lost."""

    __tablename__ = "oportunidades"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        ForeignKeyConstraint(
            ["empresa_id", "etapa_id"], ["etapas.empresa_id", "etapas.id"], name="fk_oportunidades_etapa"
        ),
        CheckConstraint("estado IN ('abierta', 'ganada', 'perdida')", name="ck_oportunidades_estado"),
        CheckConstraint("valor >= 0", name="ck_oportunidades_valor"),
        Index("idx_oportunidades_fecha_creacion", "empresa_id", text("creado DESC"), text("id DESC")),
        Index("idx_oportunidades_cliente", "empresa_id", "cliente_id", text("creado DESC"), text("id DESC")),
        Index("idx_oportunidades_estado", "empresa_id", "estado", text("creado DESC"), text("id DESC")),
        Index(
            "idx_oportunidades_etapa",
            "empresa_id",
            "etapa_id",
            "estado",
            text("creado DESC"),
            text("id DESC"),
        ),
        Index("idx_oportunidades_valor", "empresa_id", "valor", "id"),
        Index(
            "idx_oportunidades_abiertas",
            "empresa_id",
            "etapa_id",
            "cierre_previsto",
            "valor",
            sqlite_where=text("estado = 'abierta' AND archivado = 0"),
            postgresql_where=text("estado = 'abierta' AND NOT archivado"),
        ),
    )
    cliente_id: str = Field(sa_type=Key)
    titulo: str
    descripcion: str | None
    valor: Decimal = Field(sa_type=Cents)
    etapa_id: str = Field(sa_type=Key)
    cierre_previsto: date | None
    estado: str
    motivo: str | None

    def figures(self) -> Mapping[str, Decimal]:
        """What it counts as in the company's figures."""
        if self.archivado:
            return {}
        figures = {f"oportunidades_{self.estado}s": Decimal(1)}
        return figures if self.estado == "perdida" else figures | {f"valor_{self.estado}s": self.valor}
