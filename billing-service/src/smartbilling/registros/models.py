"""Tables of the stored VERI*FACTU records."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage import Cents, Instant, Key


class Registro(SQLModel, table=True):
    """One record, alta or anulación: the bytes that were hashed, as they were, and its place in the chain.

    `orden`: it is the n-th of its kind of its invoice, which corrections make more than one.
    """

    __tablename__ = "registros"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "instalacion"], ["instalaciones.empresa_id", "instalaciones.id"]),
        UniqueConstraint("empresa_id", "instalacion", "secuencia", name="uq_registro_secuencia"),
        Index(
            "uq_primer_registro",
            "empresa_id",
            "instalacion",
            unique=True,
            sqlite_where=text("huella_anterior = ''"),
            postgresql_where=text("huella_anterior = ''"),
        ),
        Index("idx_registros_fecha", "empresa_id", "fecha_expedicion"),
        Index(
            "idx_registros_anulacion",
            "empresa_id",
            "instalacion",
            "secuencia",
            sqlite_where=text("tipo = 'anulacion'"),
            postgresql_where=text("tipo = 'anulacion'"),
        ),
        Index("uq_registro_de_factura", "empresa_id", "factura_id", "tipo", "orden", unique=True),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    instalacion: str = Field(sa_type=Key)
    secuencia: int
    tipo: str
    factura_id: str = Field(sa_type=Key)
    orden: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    emisor_nif: str
    numero: str
    fecha_expedicion: date
    huella: str
    huella_anterior: str
    fecha_hora_huso: str
    instante: datetime = Field(sa_type=Instant)
    cuota_total: Decimal | None = Field(sa_type=Cents)
    importe_total: Decimal | None = Field(sa_type=Cents)
    xml: bytes


class Cabeza(SQLModel, table=True):
    """The end of an installation's chain. Its row is the lock under which a record is made.

    It is born with its installation, `secuencia` 0: when it cannot be read there is no record, never a
    second first one.
    """

    __tablename__ = "cabezas"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "instalacion"], ["instalaciones.empresa_id", "instalaciones.id"]),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    instalacion: str = Field(primary_key=True, sa_type=Key)
    secuencia: int = 0
    registro_id: str | None = Field(default=None, sa_type=Key)
