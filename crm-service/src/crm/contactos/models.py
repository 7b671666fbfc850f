"""Table of the contacts room."""

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field

from crm.db.rows import Archivable
from storage import Key


class Contacto(Archivable, table=True):
    """A person at a client's; at most one of the live ones is the main one."""

    __tablename__ = "contactos"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        Index("idx_contactos_fecha_creacion", "empresa_id", text("creado DESC"), text("id DESC")),
        Index("idx_contactos_email", "empresa_id", text("lower(email)")),
        Index("idx_contactos_cliente", "empresa_id", "cliente_id", text("creado DESC"), text("id DESC")),
        Index(
            "uq_contactos_principal",
            "empresa_id",
            "cliente_id",
            unique=True,
            sqlite_where=text("principal = 1 AND archivado = 0"),
            postgresql_where=text("principal AND NOT archivado"),
        ),
    )
    cliente_id: str = Field(sa_type=Key)
    nombre: str
    cargo: str | None
    email: str | None
    telefono: str | None
    principal: bool
