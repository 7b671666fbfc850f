"""Tables of the companies room."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKeyConstraint, false
from sqlmodel import Field, SQLModel

from storage import Cents, Instant, Key


class Empresa(SQLModel, table=True):
    """A company that issues invoices (obligado a emitir)."""

    __tablename__ = "empresas"
    id: str = Field(primary_key=True, sa_type=Key)
    nombre: str
    nif: str = Field(unique=True, sa_type=Key)
    direccion: str
    zona_horaria: str
    dias_pago: int
    limite_simplificada: Decimal = Field(sa_type=Cents)
    email: str | None
    telefono: str | None
    sii: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    creada: datetime = Field(sa_type=Instant)
    version: int = 1
    nombre_comercial: str | None = None
    web: str | None = None
    color: str | None = None
    iban: str | None = None
    idioma: str = "es"
    condiciones_pago: str | None = None
    pie_factura: str | None = None


class Logo(SQLModel, table=True):
    """A company's logo as its documents show it: a PNG that we made, never the bytes that came."""

    __tablename__ = "logos"
    __table_args__ = (ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    png: bytes
    huella: str
    ancho: int
    alto: int
    cambiado: datetime = Field(sa_type=Instant)


class Instalacion(SQLModel, table=True):
    """One installation of this software for a company: one chain. Mode and environment never change."""

    __tablename__ = "instalaciones"
    __table_args__ = (ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    numero: str = Field(unique=True, sa_type=Key)
    nombre: str | None = None
    modo: str
    entorno: str
    creada: datetime = Field(sa_type=Instant)
