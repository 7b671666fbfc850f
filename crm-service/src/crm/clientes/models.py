"""Table of the clients room."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import JSON, Field

from contratos.crm import EstadoCliente
from crm.busqueda import tokens_of
from crm.db.rows import Archivable
from storage import Cents, Key

_FIGURE = {
    EstadoCliente.PROSPECTO: "prospectos",
    EstadoCliente.ACTIVO: "activos",
    EstadoCliente.INACTIVO: "inactivos",
}


class Cliente(Archivable, table=True):
    """A client. `email_clave` is the e-mail without capitals, `nombre_orden` the name as lists sort it.

    `limite_credito` is null until somebody gives one; shown, that is 0.00.
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

    def tokens(self) -> frozenset[str]:
        """The words by which it is found."""
        return tokens_of(
            nombre=self.nombre_completo,
            email=self.email,
            cif_nif=self.cif_nif,
            telefono=self.telefono,
            etiquetas=self.etiquetas,
            archivado=self.archivado,
        )

    def figures(self) -> Mapping[str, Decimal]:
        """What it counts as in the company's figures."""
        return {} if self.archivado else {_FIGURE[EstadoCliente(self.estado)]: Decimal(1)}
