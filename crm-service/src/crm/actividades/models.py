"""Tables of the activities room."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from crm.busqueda import tokens_of
from crm.db.rows import Archivable
from storage import Cents, Instant, Key

_TO_DO = "(vence IS NOT NULL OR tipo IN ('llamada', 'email', 'reunion', 'tarea'))"
_LATEST_FIRST = (text("fecha DESC"), text("id DESC"))


def _where_given(column: str) -> Index:
    """An index of the activities that say `column`, the latest first; those of other programs seldom do.

    `archivado` is in it so that its rows are counted without being read.
    """
    given = text(f"{column} IS NOT NULL")
    name = f"idx_actividades_{column.removesuffix('_id')}"
    columns = ("empresa_id", column, *_LATEST_FIRST, "archivado")
    return Index(name, *columns, sqlite_where=given, postgresql_where=given)


def _of_pending(name: str, *columns: str, more: str) -> Index:
    """An index of the live activities that are not done."""
    return Index(
        f"idx_actividades_{name}",
        "empresa_id",
        *columns,
        sqlite_where=text(f"completada = 0 AND archivado = 0 AND {more}"),
        postgresql_where=text(f"NOT completada AND NOT archivado AND {more}"),
    )


class Actividad(Archivable, table=True):
    """An activity. `agenda` is its place in the agenda: when it is due or, failing that, its date.

    `origen` and `referencia_externa` name the fact of another program that it tells of, once. `prioridad` is
    null when it is normal; `responsable` a user of billing's, or a name. Of those that repeat, `serie_id` is
    the first one, `serie_inicio` the instant its plan is reckoned from, `ordinal` the place in the series and
    `siguiente_id` the one that was made when this one was done. What tells of an invoice or a payment has its
    `importe` in euros and, in `documento`, the invoice's number.
    """

    __tablename__ = "actividades"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        CheckConstraint(
            "tipo IN ('llamada', 'email', 'reunion', 'tarea', 'nota', 'venta', 'pago')",
            name="ck_actividades_tipo",
        ),
        Index("idx_actividades_cliente_fecha", "empresa_id", "cliente_id", *_LATEST_FIRST),
        Index(
            "idx_actividades_cliente_tipo",
            "empresa_id",
            "cliente_id",
            "tipo",
            *_LATEST_FIRST,
            "completada",
            "archivado",
        ),
        Index("idx_actividades_fecha", "empresa_id", *_LATEST_FIRST),
        Index("idx_actividades_tipo", "empresa_id", "tipo", *_LATEST_FIRST, "archivado"),
        *map(_where_given, ("subtipo", "prioridad", "responsable", "oportunidad_id", "contacto_id")),
        Index("idx_actividades_agenda", "empresa_id", "agenda", "id"),
        _of_pending("agenda_pendiente", "agenda", "id", more=_TO_DO),
        _of_pending("agenda_responsable", "responsable", "agenda", "id", more=_TO_DO),
        _of_pending("agenda_cliente", "cliente_id", "agenda", "id", more=_TO_DO),
        _of_pending("recordatorio", "recordatorio", "id", more="recordatorio IS NOT NULL"),
        Index(
            "idx_actividades_pendientes",
            "empresa_id",
            "vence",
            "responsable",
            "fecha",
            sqlite_where=text("completada = 0 AND archivado = 0"),
            postgresql_where=text("NOT completada AND NOT archivado"),
        ),
        Index(
            "idx_actividades_origen",
            "empresa_id",
            "origen",
            "fecha",
            sqlite_where=text("origen IS NOT NULL AND archivado = 0"),
            postgresql_where=text("origen IS NOT NULL AND NOT archivado"),
        ),
        Index("uq_actividades_referencia", "empresa_id", "origen", "referencia_externa", unique=True),
        Index(
            "uq_actividades_serie",
            "empresa_id",
            "serie_id",
            "ordinal",
            unique=True,
            sqlite_where=text("serie_id IS NOT NULL"),
            postgresql_where=text("serie_id IS NOT NULL"),
        ),
    )
    cliente_id: str = Field(sa_type=Key)
    tipo: str
    subtipo: str | None = None
    titulo: str
    descripcion: str | None
    fecha: datetime = Field(sa_type=Instant)
    vence: datetime | None = Field(sa_type=Instant)
    agenda: datetime = Field(sa_type=Instant)
    completada: bool
    completada_en: datetime | None = Field(default=None, sa_type=Instant)
    prioridad: str | None = None
    recordatorio: datetime | None = Field(default=None, sa_type=Instant)
    responsable: str | None = Field(default=None, sa_type=Key)
    duracion: int | None = None
    resultado: str | None = None
    contacto_id: str | None = Field(default=None, sa_type=Key)
    oportunidad_id: str | None = Field(default=None, sa_type=Key)
    repeticion: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    serie_id: str | None = Field(default=None, sa_type=Key)
    serie_inicio: datetime | None = Field(default=None, sa_type=Instant)
    ordinal: int | None = None
    siguiente_id: str | None = Field(default=None, sa_type=Key)
    origen: str | None = Field(sa_type=Key)
    referencia_externa: str | None = Field(sa_type=Key)
    importe: Decimal | None = Field(default=None, sa_type=Cents)
    documento: str | None = Field(default=None, sa_type=Key)

    def tokens(self) -> frozenset[str]:
        """The words by which it is found."""
        return tokens_of(nombre=self.titulo, otros=(self.descripcion,), archivado=self.archivado)

    def figures(self) -> Mapping[str, Decimal]:
        """What it counts as in the company's figures."""
        pending = not self.completada and not self.archivado
        return {"actividades_pendientes": Decimal(1)} if pending else {}


class Participante(SQLModel, table=True):
    """Who takes part in an activity, in the order given: a contact, or somebody with an e-mail."""

    __tablename__ = "participantes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["empresa_id", "actividad_id"], ["actividades.empresa_id", "actividades.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["empresa_id", "contacto_id"], ["contactos.empresa_id", "contactos.id"]),
        Index(
            "idx_participantes_contacto",
            "empresa_id",
            "contacto_id",
            "actividad_id",
            sqlite_where=text("contacto_id IS NOT NULL"),
            postgresql_where=text("contacto_id IS NOT NULL"),
        ),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    actividad_id: str = Field(primary_key=True, sa_type=Key)
    orden: int = Field(primary_key=True)
    contacto_id: str | None = Field(sa_type=Key)
    email: str | None
    nombre: str | None


class Subtipo(SQLModel, table=True):
    """A company's own type of activity, spelt as at first; `clave` is how it is compared."""

    __tablename__ = "subtipos"
    __table_args__ = (ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    tipo: str = Field(primary_key=True, sa_type=Key)
    clave: str = Field(primary_key=True, sa_type=Key)
    nombre: str


class FacturaSustituida(SQLModel, table=True):
    """The number of an invoice whose place another one takes, as the activity tells that was told of it."""

    __tablename__ = "facturas_sustituidas"
    __table_args__ = (
        ForeignKeyConstraint(
            ["empresa_id", "actividad_id"], ["actividades.empresa_id", "actividades.id"], ondelete="CASCADE"
        ),
        Index("idx_facturas_sustituidas_documento", "empresa_id", "documento", "actividad_id"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    actividad_id: str = Field(primary_key=True, sa_type=Key)
    documento: str = Field(primary_key=True, sa_type=Key)


class SumaDeActividades(SQLModel, table=True):
    """A part of how many activities are dated on a day of the company; nothing archived counts.

    `responsable` is empty for nobody's. The sum over all `franja` is the figure; they are parts so that
    writes seldom wait at the same row.
    """

    __tablename__ = "actividades_dias"
    __table_args__ = (ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    dia: date = Field(primary_key=True)
    responsable: str = Field(primary_key=True, sa_type=Key)
    tipo: str = Field(primary_key=True, sa_type=Key)
    completada: bool = Field(primary_key=True)
    franja: int = Field(primary_key=True)
    actividades: int = Field(sa_type=BigInteger)
