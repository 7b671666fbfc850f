"""Tables of the contacts room."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from crm.busqueda import tokens_of
from crm.db.rows import Archivable
from storage import Instant, Key

_NEWEST_FIRST = (text("creado DESC"), text("id DESC"))


def _list() -> Any:
    """A column of JSON that is a list, empty in the rows of before."""
    return Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Contacto(Archivable, table=True):
    """A person at a client's, or at several: `cliente_id` is the first of them, where it has that `cargo`.

    `email_clave` is the e-mail without capitals, `nombre_orden` the name as lists sort it.
    """

    __tablename__ = "contactos"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        Index("idx_contactos_fecha_creacion", "empresa_id", *_NEWEST_FIRST),
        Index("idx_contactos_email", "empresa_id", "email_clave"),
        Index("idx_contactos_cliente", "empresa_id", "cliente_id", *_NEWEST_FIRST),
        Index("idx_contactos_nombre", "empresa_id", "nombre_orden", "id"),
        Index("idx_contactos_actualizado", "empresa_id", "actualizado", "id"),
        *(
            Index(
                f"idx_contactos_{name}", "empresa_id", name, *_NEWEST_FIRST, **_where(f"{name} IS NOT NULL")
            )
            for name in ("responsable", "origen")
        ),
        Index(
            "uq_contactos_referencia",
            "empresa_id",
            "origen",
            "referencia_externa",
            unique=True,
            **_where("origen IS NOT NULL"),
        ),
    )
    cliente_id: str = Field(sa_type=Key)
    nombre: str
    cargo: str | None
    email: str | None
    telefono: str | None
    nombre_orden: str = Field(sa_type=Key, sa_column_kwargs={"server_default": ""})
    email_clave: str | None = Field(default=None, sa_type=Key)
    telefonos: list[dict[str, Any]] = _list()
    correos: list[dict[str, Any]] = _list()
    idioma: str | None = None
    responsable: str | None = Field(default=None, sa_type=Key)
    consentimientos: list[dict[str, Any]] = _list()
    campos: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"}
    )
    origen: str | None = Field(default=None, sa_type=Key)
    referencia_externa: str | None = Field(default=None, sa_type=Key)

    def tokens(self) -> frozenset[str]:
        """The words by which it is found."""
        return tokens_of(
            nombre=self.nombre,
            otros=(self.cargo,),
            emails=(self.email, *(each["email"] for each in self.correos)),
            telefonos=(self.telefono, *(each["telefono"] for each in self.telefonos)),
            archivado=self.archivado,
        )


class Vinculo(SQLModel, table=True):
    """A contact at a client's, since `creado`; at most one of the live ones is the client's main contact.

    `cargo` is for the clients that are not the contact's `cliente_id`; `archivado` is the contact's.
    """

    __tablename__ = "contactos_clientes"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "contacto_id"], ["contactos.empresa_id", "contactos.id"]),
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        CheckConstraint(
            "rol IN ('decisor', 'prescriptor', 'comprador', 'usuario', 'facturacion', 'otro')",
            name="ck_contactos_clientes_rol",
        ),
        Index(
            "idx_contactos_clientes_cliente",
            "empresa_id",
            "cliente_id",
            text("creado DESC"),
            text("contacto_id DESC"),
        ),
        Index(
            "uq_contactos_principal",
            "empresa_id",
            "cliente_id",
            unique=True,
            sqlite_where=text("principal = 1 AND archivado = 0"),
            postgresql_where=text("principal AND NOT archivado"),
        ),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    contacto_id: str = Field(primary_key=True, sa_type=Key)
    cliente_id: str = Field(primary_key=True, sa_type=Key)
    cargo: str | None = None
    rol: str | None = None
    principal: bool
    archivado: bool
    creado: datetime = Field(sa_type=Instant)
