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


class ClaveFirma(SQLModel, table=True):
    """A key that signs tokens (Ed25519, PEM). The active one signs; the others still verify until retired."""

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
    retirada: datetime | None = Field(sa_type=Instant)


class Despliegue(SQLModel, table=True):
    """The installation of billing itself: one row, whose `emisor` is the `iss` of its tokens."""

    __tablename__ = "despliegue"
    id: int = Field(primary_key=True)
    emisor: str
    creado: datetime = Field(sa_type=Instant)
