"""Tables of the coincidences room."""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage import Key


class Coincidencia(SQLModel, table=True):
    """A key of a client. The primary key answers who has it, the index which ones a client has."""

    __tablename__ = "coincidencias"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        Index("idx_coincidencias_cliente", "empresa_id", "cliente_id", "clase", "clave"),
        {"sqlite_with_rowid": False},
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    clase: str = Field(primary_key=True, sa_type=Key)
    clave: str = Field(primary_key=True, sa_type=Key)
    cliente_id: str = Field(primary_key=True, sa_type=Key)


class Duplicado(SQLModel, table=True):
    """Two clients that may be the same, `cliente_a` the one made first; archived ones too.

    `id` follows from theirs. `puntos` is the score in thousandths, `razon` the strongest of the reasons, each
    of which is marked.
    """

    __tablename__ = "duplicados"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_a"], ["clientes.empresa_id", "clientes.id"]),
        ForeignKeyConstraint(["empresa_id", "cliente_b"], ["clientes.empresa_id", "clientes.id"]),
        CheckConstraint("cliente_a < cliente_b", name="ck_duplicados_orden"),
        Index("idx_duplicados_puntos", "empresa_id", text("puntos DESC"), text("id DESC")),
        Index("idx_duplicados_b", "empresa_id", "cliente_b"),
        Index("uq_duplicados_pareja", "empresa_id", "cliente_a", "cliente_b", unique=True),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    cliente_a: str = Field(sa_type=Key)
    cliente_b: str = Field(sa_type=Key)
    puntos: int
    razon: str
    por_nif: bool
    por_email: bool
    por_telefono: bool
    por_nombre: bool
    explicacion: str
