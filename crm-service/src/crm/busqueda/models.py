"""Table of the search room."""

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from storage import Key


class Termino(SQLModel, table=True):
    """A word by which a client is found. The key answers who has it, the index whether one client does."""

    __tablename__ = "busqueda"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        Index("idx_busqueda_cliente", "empresa_id", "cliente_id", "token"),
        {"sqlite_with_rowid": False},
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    token: str = Field(primary_key=True, sa_type=Key)
    cliente_id: str = Field(primary_key=True, sa_type=Key)
