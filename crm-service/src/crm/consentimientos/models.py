"""Table of the consents room."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage import Instant, Key


class Consentimiento(SQLModel, table=True):
    """A consent that a client or a contact gave or took back: a row for each time, none changed (RGPD 7.1).

    `fecha` is when they did, `registrado` when `actor` wrote it down.
    """

    __tablename__ = "consentimientos"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        ForeignKeyConstraint(["empresa_id", "contacto_id"], ["contactos.empresa_id", "contactos.id"]),
        CheckConstraint("(cliente_id IS NULL) <> (contacto_id IS NULL)", name="ck_consentimientos_de_quien"),
        *(
            Index(
                f"idx_consentimientos_{of}",
                "empresa_id",
                f"{of}_id",
                text("registrado DESC"),
                text("id DESC"),
                sqlite_where=text(f"{of}_id IS NOT NULL"),
                postgresql_where=text(f"{of}_id IS NOT NULL"),
            )
            for of in ("cliente", "contacto")
        ),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    cliente_id: str | None = Field(default=None, sa_type=Key)
    contacto_id: str | None = Field(default=None, sa_type=Key)
    finalidad: str
    concedido: bool
    fecha: datetime = Field(sa_type=Instant)
    medio: str | None
    registrado: datetime = Field(sa_type=Instant)
    actor: str
