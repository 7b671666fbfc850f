"""Table of the alarms room."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage import Instant, Key

VIVA = text("atendida IS NULL OR registro_id <> ''")
"""Those that a new one of the same fault is counted on: open ones, and any that names its record.

A record stays as broken as it is: once somebody has seen it, it raises no second alarm. What names no record,
such as a clock, may go wrong again after it was put right.
"""

ABIERTA = text("atendida IS NULL")


class Alarma(SQLModel, table=True):
    """Something that a person must look at, and that stops nothing (Orden HAC/1177/2024 art. 6.f).

    `instalacion` is empty when it is about all, `registro_id` when no single record is at fault. `veces`
    counts how often it was found, last at `ultima`. `version` rises only when somebody attends to it.
    """

    __tablename__ = "alarmas"
    __table_args__ = (
        Index(
            "uq_alarma_viva",
            "empresa_id",
            "instalacion",
            "codigo",
            "registro_id",
            unique=True,
            sqlite_where=VIVA,
            postgresql_where=VIVA,
        ),
        Index("idx_alarmas_abiertas", "empresa_id", "id", sqlite_where=ABIERTA, postgresql_where=ABIERTA),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    instalacion: str = Field(sa_type=Key)
    codigo: str = Field(sa_type=Key)
    registro_id: str = Field(sa_type=Key)
    mensaje: str
    detectada: datetime = Field(sa_type=Instant)
    ultima: datetime = Field(sa_type=Instant)
    veces: int = 1
    atendida: datetime | None = Field(default=None, sa_type=Instant)
    atendida_por: str | None = None
    nota: str | None = None
    version: int = 1
