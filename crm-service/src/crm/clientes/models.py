"""Table of the clients room."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import JSON, Field, SQLModel

from contratos.crm import EstadoCliente
from crm.busqueda import tokens_of
from crm.coincidencias import Clave, claves_de
from crm.db.rows import Archivable
from storage import Cents, Instant, Key

_FIGURE = {
    EstadoCliente.PROSPECTO: "prospectos",
    EstadoCliente.ACTIVO: "activos",
    EstadoCliente.INACTIVO: "inactivos",
}


_NEWEST_FIRST = (text("creado DESC"), text("id DESC"))


def _list() -> Any:
    """A column of JSON that is a list, empty in the rows of before."""
    return Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Cliente(Archivable, table=True):
    """A client. `email_clave` is the e-mail without capitals, `nombre_orden` the name as lists sort it.

    `limite_credito` is null until somebody gives one; shown, that is 0.00. `consentimientos` are those that
    hold now, `estado_desde` and `motivo_estado` say of the state that it has now; what was before stands in
    tables of its own. `campos` are the values of the company's own fields.
    """

    __tablename__ = "clientes"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        CheckConstraint("tipo_cliente IN ('empresa', 'autonomo', 'particular')", name="ck_clientes_tipo"),
        CheckConstraint("estado IN ('prospecto', 'activo', 'inactivo')", name="ck_clientes_estado"),
        CheckConstraint("limite_credito >= 0", name="ck_clientes_limite_credito"),
        Index("idx_cliente_fecha_creacion", "empresa_id", text("creado DESC"), text("id DESC")),
        Index("idx_clientes_estado", "empresa_id", "estado", text("creado DESC"), text("id DESC")),
        Index("idx_clientes_tipo", "empresa_id", "tipo_cliente", text("creado DESC"), text("id DESC")),
        Index("idx_clientes_nombre", "empresa_id", "nombre_orden", "id"),
        Index("idx_clientes_cif_nif", "empresa_id", "cif_nif"),
        Index("idx_clientes_email", "empresa_id", "email_clave"),
        Index(
            "uq_clientes_cif_nif",
            "empresa_id",
            "cif_nif",
            unique=True,
            sqlite_where=text("archivado = 0"),
            postgresql_where=text("NOT archivado"),
        ),
        Index("idx_clientes_actualizado", "empresa_id", "actualizado", "id"),
        *(
            Index(f"idx_clientes_{name}", "empresa_id", name, *_NEWEST_FIRST, **_where(f"{name} IS NOT NULL"))
            for name in ("responsable", "fuente_clave", "origen")
        ),
        Index("idx_clientes_nif_iva", "empresa_id", "nif_iva", **_where("nif_iva IS NOT NULL")),
        Index(
            "uq_clientes_nif_iva",
            "empresa_id",
            "nif_iva",
            unique=True,
            sqlite_where=text("nif_iva IS NOT NULL AND archivado = 0"),
            postgresql_where=text("nif_iva IS NOT NULL AND NOT archivado"),
        ),
        Index(
            "uq_clientes_referencia",
            "empresa_id",
            "origen",
            "referencia_externa",
            unique=True,
            **_where("origen IS NOT NULL"),
        ),
    )
    nombre_completo: str
    nombre_orden: str = Field(sa_type=Key)
    email: str | None
    email_clave: str | None = Field(sa_type=Key)
    cif_nif: str | None = Field(sa_type=Key)
    tipo_cliente: str
    estado: str
    telefono: str | None
    direccion: str | None
    etiquetas: list[str] = Field(sa_type=JSON)
    limite_credito: Decimal | None = Field(sa_type=Cents)
    nombre_comercial: str | None = None
    nif_iva: str | None = Field(default=None, sa_type=Key)
    telefonos: list[dict[str, Any]] = _list()
    correos: list[dict[str, Any]] = _list()
    direcciones: list[dict[str, Any]] = _list()
    web: str | None = None
    idioma: str | None = None
    responsable: str | None = Field(default=None, sa_type=Key)
    fuente: str | None = None
    fuente_clave: str | None = Field(default=None, sa_type=Key)
    estado_desde: datetime | None = Field(default=None, sa_type=Instant)
    motivo_estado: str | None = None
    consentimientos: list[dict[str, Any]] = _list()
    campos: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"}
    )
    origen: str | None = Field(default=None, sa_type=Key)
    referencia_externa: str | None = Field(default=None, sa_type=Key)

    def tokens(self) -> frozenset[str]:
        """The words by which it is found."""
        return tokens_of(
            nombre=self.nombre_completo,
            otros=(self.nombre_comercial, self.nif_iva),
            emails=(self.email, *(each["email"] for each in self.correos)),
            cif_nif=self.cif_nif,
            telefonos=(self.telefono, *(each["telefono"] for each in self.telefonos)),
            etiquetas=self.etiquetas,
            archivado=self.archivado,
        )

    def claves(self) -> frozenset[Clave]:
        """The keys by which it meets clients that may be the same."""
        return claves_de(
            nombre=self.nombre_completo,
            nifs=(self.cif_nif, self.nif_iva),
            correos=(self.email, *(each["email"] for each in self.correos)),
            telefonos=(self.telefono, *(each["telefono"] for each in self.telefonos)),
        )

    def figures(self) -> Mapping[str, Decimal]:
        """What it counts as in the company's figures."""
        return {} if self.archivado else {_FIGURE[EstadoCliente(self.estado)]: Decimal(1)}


class EstadoVivido(SQLModel, table=True):
    """A state that a client was in, the `numero`th, until it came to another; `actor` brought it there."""

    __tablename__ = "clientes_estados"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        CheckConstraint("estado IN ('prospecto', 'activo', 'inactivo')", name="ck_clientes_estados_estado"),
        Index("idx_clientes_estados_desde", "empresa_id", "estado", "desde"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    cliente_id: str = Field(primary_key=True, sa_type=Key)
    numero: int = Field(primary_key=True)
    estado: str
    desde: datetime = Field(sa_type=Instant)
    hasta: datetime | None = Field(default=None, sa_type=Instant)
    motivo: str | None = None
    actor: str | None = None
