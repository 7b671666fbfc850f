"""Tables of the evidence room. Checkpoints are frozen; keys are kept for ever."""

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage import Instant, Key


class ClaveEvidencia(SQLModel, table=True):
    """A key that signs evidence (Ed25519, PEM), of the whole deployment. Its public part is never erased."""

    __tablename__ = "claves_evidencia"
    __table_args__ = (
        Index(
            "uq_clave_evidencia_activa",
            "activa",
            unique=True,
            sqlite_where=text("activa"),
            postgresql_where=text("activa"),
        ),
    )
    kid: str = Field(primary_key=True, sa_type=Key)
    publica: str
    privada: str = Field(repr=False)
    activa: bool
    creada: datetime = Field(sa_type=Instant)


class PuntoControl(SQLModel, table=True):
    """What a chain was at an instant, signed then; the `n`-th of its installation.

    It covers records `desde` to `secuencia`, whose digests are `resumenes`, one after another. Two processes
    never make the same one: the key is `n`.
    """

    __tablename__ = "puntos_control"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "instalacion"], ["instalaciones.empresa_id", "instalaciones.id"]),
        UniqueConstraint("empresa_id", "instalacion", "secuencia", name="uq_punto_control_secuencia"),
        Index("idx_puntos_control_instante", "empresa_id", "instante", "instalacion", "n"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    instalacion: str = Field(primary_key=True, sa_type=Key)
    n: int = Field(primary_key=True)
    empresa_nif: str
    numero_instalacion: str
    dia: date
    instante: datetime = Field(sa_type=Instant)
    desde: int
    secuencia: int
    huella: str
    resumenes: bytes
    anterior: str
    kid: str = Field(sa_type=Key)
    firma: bytes
