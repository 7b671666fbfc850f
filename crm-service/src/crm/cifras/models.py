"""Table of the figures room."""

from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from storage import Cents, Key


class Cifras(SQLModel, table=True):
    """A part of a company's figures: their sum over all `franja` is the figure.

    They are parts so that two writes of one company seldom wait for each other at the same row.
    """

    __tablename__ = "cifras"
    __table_args__ = (ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    franja: int = Field(primary_key=True)
    prospectos: int = Field(default=0, sa_type=BigInteger)
    activos: int = Field(default=0, sa_type=BigInteger)
    inactivos: int = Field(default=0, sa_type=BigInteger)
    actividades_pendientes: int = Field(default=0, sa_type=BigInteger)
    oportunidades_abiertas: int = Field(default=0, sa_type=BigInteger)
    oportunidades_ganadas: int = Field(default=0, sa_type=BigInteger)
    oportunidades_perdidas: int = Field(default=0, sa_type=BigInteger)
    valor_abiertas: Decimal = Field(default=Decimal(0), sa_type=Cents)
    valor_ganadas: Decimal = Field(default=Decimal(0), sa_type=Cents)
