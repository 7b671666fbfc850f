"""Tables of the series room."""

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from storage import Instant, Key


class Serie(SQLModel, table=True):
    """A series of invoice numbers, tied to one installation."""

    __tablename__ = "series"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "instalacion"], ["instalaciones.empresa_id", "instalaciones.id"]),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    codigo: str = Field(primary_key=True, sa_type=Key)
    formato: str
    instalacion: str = Field(sa_type=Key)
    rectificativas: bool
    reinicio: str
    primer_numero: int
    creada: datetime = Field(sa_type=Instant)
    version: int = 1


class Contador(SQLModel, table=True):
    """The last number of a series in a year, and the date it bears. Moved only by the writer of records."""

    __tablename__ = "contadores"
    __table_args__ = (ForeignKeyConstraint(["empresa_id", "serie"], ["series.empresa_id", "series.codigo"]),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    serie: str = Field(primary_key=True, sa_type=Key)
    anio: int = Field(primary_key=True)
    ultimo: int
    ultima_fecha: date
