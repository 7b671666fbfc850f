"""Table of the declaration room."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from storage import Instant, Key


class Declaracion(SQLModel, table=True):
    """The declaration of one version, as it was read in it; a new edition where the producer's data changed.

    Of the deployment, not of a company: all run the same software. Rows are only ever added.
    """

    __tablename__ = "declaraciones"
    version: str = Field(primary_key=True, sa_type=Key)
    edicion: int = Field(primary_key=True)
    datos: dict[str, Any] = Field(sa_type=JSON)
    sellada: datetime = Field(sa_type=Instant)
