"""Tables of the search room."""

from enum import StrEnum

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from storage import Key


class Tipo(StrEnum):
    """What can be found. The order is the one in which equals are shown."""

    CLIENTE = "cliente"
    CONTACTO = "contacto"
    OPORTUNIDAD = "oportunidad"
    ACTIVIDAD = "actividad"


POR_PREFIJO = {"cli": Tipo.CLIENTE, "con": Tipo.CONTACTO, "opo": Tipo.OPORTUNIDAD, "act": Tipo.ACTIVIDAD}
"""What an id is of, by how it begins."""


class Termino(SQLModel, table=True):
    """A word by which something is found. The key answers what has it, the index whether one thing does.

    It says nothing of whose client it is: what moves from one client to another keeps its words.
    """

    __tablename__ = "busqueda"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        Index("idx_busqueda_recurso", "empresa_id", "recurso_id", "token"),
        {"sqlite_with_rowid": False},
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    tipo: str = Field(primary_key=True, sa_type=Key)
    token: str = Field(primary_key=True, sa_type=Key)
    recurso_id: str = Field(primary_key=True, sa_type=Key)


class Variante(SQLModel, table=True):
    """A word of names and titles of a company, by what is left of it without some letters.

    `vez` is whoever wrote it first, by chance a number of its own: two that write the same word at once do
    not wait for each other, and the word is there twice.
    """

    __tablename__ = "busqueda_variantes"
    __table_args__ = (ForeignKeyConstraint(["empresa_id"], ["empresas.id"]), {"sqlite_with_rowid": False})
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    variante: str = Field(primary_key=True, sa_type=Key)
    palabra: str = Field(primary_key=True, sa_type=Key)
    vez: int = Field(primary_key=True)
