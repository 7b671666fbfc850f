"""Tables of the opportunities room."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from crm.busqueda import tokens_of
from crm.db.rows import Archivable
from storage import Cents, Instant, Key


def _of_open(name: str, *columns: str) -> Index:
    """An index of the live opportunities that are open, by which they are summed without being read."""
    return Index(
        f"idx_oportunidades_{name}",
        "empresa_id",
        *columns,
        sqlite_where=text("estado = 'abierta' AND archivado = 0"),
        postgresql_where=text("estado = 'abierta' AND NOT archivado"),
    )


class Oportunidad(Archivable, table=True):
    """An opportunity of `valor` euros; `motivo` says why it was won or lost.

    `embudo_id` is its stage's, `etapa_desde` since when it stands there, `cerrada` when it was won or lost.
    `lineas` are what it sells, as the API takes them; nobody looks for one, so they are kept in the row.
    `referencia_externa` is what the program that `origen` names calls it, once in a company.
    """

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
        Index("idx_oportunidades_valor", "empresa_id", "valor", "id"),
        Index(
            "idx_oportunidades_tarjetas",
            "empresa_id",
            "etapa_id",
            "estado",
            "archivado",
            text("creado DESC"),
            text("id DESC"),
        ),
        *(
            Index(f"idx_oportunidades_{name}", "empresa_id", name, text("creado DESC"), text("id DESC"))
            for name in ("embudo_id", "responsable", "origen")
        ),
        Index("idx_oportunidades_cierre", "empresa_id", "cierre_previsto"),
        Index(
            "uq_oportunidades_referencia",
            "empresa_id",
            "origen",
            "referencia_externa",
            unique=True,
            sqlite_where=text("referencia_externa IS NOT NULL"),
            postgresql_where=text("referencia_externa IS NOT NULL"),
        ),
        _of_open("abiertas_responsable", "responsable", "embudo_id", "valor"),
        _of_open("abiertas_etapa", "etapa_id", "etapa_desde", "valor"),
    )
    cliente_id: str = Field(sa_type=Key)
    titulo: str
    descripcion: str | None
    valor: Decimal = Field(sa_type=Cents)
    etapa_id: str = Field(sa_type=Key)
    cierre_previsto: date | None
    estado: str
    motivo: str | None
    embudo_id: str = Field(sa_type=Key, sa_column_kwargs={"server_default": ""})
    etapa_desde: datetime | None = Field(sa_type=Instant)
    cerrada: datetime | None = Field(default=None, sa_type=Instant)
    lineas: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    responsable: str | None = Field(default=None, sa_type=Key)
    origen: str | None = Field(default=None, sa_type=Key)
    factura_id: str | None = Field(default=None, sa_type=Key)
    referencia_externa: str | None = Field(default=None, sa_type=Key)

    def tokens(self) -> frozenset[str]:
        """The words by which it is found."""
        return tokens_of(nombre=self.titulo, otros=(self.descripcion,), archivado=self.archivado)

    def figures(self) -> Mapping[str, Decimal]:
        """What it counts as in the company's figures."""
        if self.archivado:
            return {}
        figures = {f"oportunidades_{self.estado}s": Decimal(1)}
        return figures if self.estado == "perdida" else figures | {f"valor_{self.estado}s": self.valor}


class Paso(SQLModel, table=True):
    """A stay of an opportunity in a stage, the `numero`th; `salida` is how it ended, once it has.

    The stage's name and probability stand as they were, for it may be changed or removed.
    """

    __tablename__ = "oportunidades_pasos"
    __table_args__ = (
        ForeignKeyConstraint(
            ["empresa_id", "oportunidad_id"], ["oportunidades.empresa_id", "oportunidades.id"]
        ),
        CheckConstraint(
            "salida IN ('avanza', 'retrocede', 'otro_embudo', 'ganada', 'perdida')", name="ck_pasos_salida"
        ),
        CheckConstraint("(hasta IS NULL) = (salida IS NULL)", name="ck_pasos_hasta"),
        Index("idx_pasos_etapa", "empresa_id", "etapa_id"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    oportunidad_id: str = Field(primary_key=True, sa_type=Key)
    numero: int = Field(primary_key=True)
    embudo_id: str = Field(sa_type=Key)
    etapa_id: str = Field(sa_type=Key)
    etapa_nombre: str
    etapa_probabilidad: int
    desde: datetime = Field(sa_type=Instant)
    hasta: datetime | None = Field(default=None, sa_type=Instant)
    salida: str | None = None


class SumaAbierta(SQLModel, table=True):
    """A part of what stands open in a stage and is to close in a month (`YYYY-MM`, or nothing).

    The sum over all `franja` is the figure; they are parts so that writes seldom wait at the same row.
    """

    __tablename__ = "oportunidades_abiertas"
    __table_args__ = (ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    etapa_id: str = Field(primary_key=True, sa_type=Key)
    mes: str = Field(primary_key=True, sa_type=Key)
    franja: int = Field(primary_key=True)
    oportunidades: int = Field(sa_type=BigInteger)
    valor: Decimal = Field(sa_type=Cents)


class SumaDelDia(SQLModel, table=True):
    """What ended on a day of the company, by how it ended (`resultado`).

    `clase`: opportunities by `motivo`, by `responsable` and by `etapa`, and stays in stages (`paso`).
    `segundos`: whole seconds from creation to the end or, of stays, from the first to the last.
    """

    __tablename__ = "oportunidades_dias"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        CheckConstraint("clase IN ('motivo', 'responsable', 'etapa', 'paso')", name="ck_dias_clase"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    dia: date = Field(primary_key=True)
    embudo_id: str = Field(primary_key=True, sa_type=Key)
    clase: str = Field(primary_key=True, sa_type=Key)
    clave: str = Field(primary_key=True, sa_type=Key)
    resultado: str = Field(primary_key=True, sa_type=Key)
    cuenta: int = Field(sa_type=BigInteger)
    valor: Decimal = Field(sa_type=Cents)
    segundos: int = Field(sa_type=BigInteger)
