"""Tables of the identity room."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import JSON, Field, SQLModel

from storage import Instant, Key


class ClaveApi(SQLModel, table=True):
    """An API key, of which only the SHA-256 is kept."""

    __tablename__ = "claves_api"
    __table_args__ = (ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    nombre: str
    huella: str = Field(sa_type=Key, unique=True)
    scopes: list[str] = Field(sa_type=JSON)
    creada: datetime = Field(sa_type=Instant)
    revocada: datetime | None = Field(default=None, sa_type=Instant)


class ClaveEmisor(SQLModel, table=True):
    """A public key of billing's, kept so that its tokens hold while it is down."""

    __tablename__ = "claves_emisor"
    kid: str = Field(primary_key=True, sa_type=Key)
    emisor: str
    jwk: dict[str, str] = Field(sa_type=JSON)
    obtenida: datetime = Field(sa_type=Instant)


class RevocacionEmisor(SQLModel, table=True):
    """Whose tokens issued before an instant billing no longer stands for, as `tokens.bearer` names them."""

    __tablename__ = "revocaciones_emisor"
    quien: str = Field(primary_key=True, sa_type=Key)
    antes: datetime = Field(sa_type=Instant)
