"""Tables of the identity room. A secret is kept as what recognises it, never as itself."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage import Instant, Key


class Usuario(SQLModel, table=True):
    """A person or program that can log in; what it may do in a company is its membership's role."""

    __tablename__ = "usuarios"
    id: str = Field(primary_key=True, sa_type=Key)
    usuario: str = Field(unique=True, sa_type=Key)
    clave_hash: str
    plataforma: bool
    ultima_empresa: str | None = Field(sa_type=Key)
    creado: datetime = Field(sa_type=Instant)


class Membresia(SQLModel, table=True):
    """What a user is in a company."""

    __tablename__ = "membresias"
    __table_args__ = (
        ForeignKeyConstraint(["usuario_id"], ["usuarios.id"]),
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        Index("idx_membresias_empresa", "empresa_id", "usuario_id"),
    )
    usuario_id: str = Field(primary_key=True, sa_type=Key)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    rol: str
    creada: datetime = Field(sa_type=Instant)
    version: int = 1


class ClaveApi(SQLModel, table=True):
    """An API key, kept as its SHA-256. It can do what its scopes say and its user still may."""

    __tablename__ = "claves_api"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        ForeignKeyConstraint(["usuario_id"], ["usuarios.id"]),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    nombre: str
    usuario_id: str = Field(sa_type=Key)
    scopes: list[str] = Field(sa_type=JSON)
    huella: str = Field(unique=True, sa_type=Key)
    creada: datetime = Field(sa_type=Instant)
    revocada: datetime | None = Field(sa_type=Instant)


class Sesion(SQLModel, table=True):
    """A family of refresh tokens: `huella` is the SHA-256 of the only one that still works."""

    __tablename__ = "sesiones"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        ForeignKeyConstraint(["usuario_id"], ["usuarios.id"]),
        Index("idx_sesiones_usuario", "empresa_id", "usuario_id"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, unique=True, sa_type=Key)
    usuario_id: str = Field(sa_type=Key)
    huella: str
    creada: datetime = Field(sa_type=Instant)
    caduca: datetime = Field(sa_type=Instant)
    terminada: datetime | None = Field(sa_type=Instant)


class AccesoFallido(SQLModel, table=True):
    """Failed logins of one kind, all in one instant: it moves on with each, and past it nothing is owed.

    `clave` is the SHA-256 of what they have in common: see `freno`.
    """

    __tablename__ = "accesos_fallidos"
    __table_args__ = (Index("idx_accesos_fallidos_vence", "vence"),)
    clave: str = Field(primary_key=True, sa_type=Key)
    vence: datetime = Field(sa_type=Instant)


class DireccionConocida(SQLModel, table=True):
    """That a user logged in from an address; `clave` is the SHA-256 of both."""

    __tablename__ = "direcciones_conocidas"
    __table_args__ = (Index("idx_direcciones_conocidas_vista", "vista"),)
    clave: str = Field(primary_key=True, sa_type=Key)
    vista: datetime = Field(sa_type=Instant)


class AccesoRevocado(SQLModel, table=True):
    """That the tokens of a user for a company which were issued before an instant are void."""

    __tablename__ = "accesos_revocados"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        ForeignKeyConstraint(["usuario_id"], ["usuarios.id"]),
        Index("idx_accesos_revocados_antes", "antes"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    usuario_id: str = Field(primary_key=True, sa_type=Key)
    antes: datetime = Field(sa_type=Instant)


class ClaveFirma(SQLModel, table=True):
    """A key that signs tokens (Ed25519, PEM). The last made is active; it signs from `firma_desde` on.

    The others verify until they are retired, when their private part is erased.
    """

    __tablename__ = "claves_firma"
    __table_args__ = (
        Index(
            "uq_clave_firma_activa",
            "activa",
            unique=True,
            sqlite_where=text("activa"),
            postgresql_where=text("activa"),
        ),
    )
    kid: str = Field(primary_key=True, sa_type=Key)
    privada: str = Field(repr=False)
    activa: bool
    creada: datetime = Field(sa_type=Instant)
    firma_desde: datetime | None = Field(default=None, sa_type=Instant)
    retirada: datetime | None = Field(sa_type=Instant)


class Despliegue(SQLModel, table=True):
    """The installation of billing itself: one row, whose `emisor` is the `iss` of its tokens."""

    __tablename__ = "despliegue"
    id: int = Field(primary_key=True)
    emisor: str
    creado: datetime = Field(sa_type=Instant)
