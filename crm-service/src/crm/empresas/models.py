"""Table of the companies room."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage import Instant, Key


class Empresa(SQLModel, table=True):
    """A company. One that came with a token of billing has only its id."""

    __tablename__ = "empresas"
    id: str = Field(primary_key=True, sa_type=Key)
    nombre: str | None
    nif: str | None
    zona_horaria: str
    creada: datetime = Field(sa_type=Instant)
