"""Table of the attachments room."""

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from crm.db.rows import Archivable
from storage import Key

_NEWEST_FIRST = (text("creado DESC"), text("id DESC"))


class Adjunto(Archivable, table=True):
    """A file kept outside the database, of `tamano` bytes, and what is known of it.

    `tipo` is what its content looks like, whatever its sender said. Its name is of no path: `id` is.
    """

    __tablename__ = "adjuntos"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        Index("idx_adjuntos_cliente", "empresa_id", "cliente_id", *_NEWEST_FIRST),
        Index(
            "idx_adjuntos_actividad",
            "empresa_id",
            "actividad_id",
            *_NEWEST_FIRST,
            sqlite_where=text("actividad_id IS NOT NULL"),
            postgresql_where=text("actividad_id IS NOT NULL"),
        ),
    )
    cliente_id: str = Field(sa_type=Key)
    actividad_id: str | None = Field(sa_type=Key)
    nombre: str
    tipo: str
    tamano: int = Field(sa_type=BigInteger)
    sha256: str = Field(sa_type=Key)
