"""Tables of the imports room."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from crm.db.rows import Versionada
from storage import Instant, Key

_WORKING = "estado IN ('ensayando', 'importando', 'revirtiendo')"
_NEWEST_FIRST = (text("creado DESC"), text("id DESC"))


class Importacion(Versionada, table=True):
    """A table that was uploaded, and how far it has come.

    `columnas` are its columns, each with its name, an example, its field and its decimal sign. `posicion` is
    where its next row begins in its file or, while it is undone, the number of the last row that was. What an
    import counts is what it did, or would do in a dry run.
    """

    __tablename__ = "importaciones"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        CheckConstraint(
            "estado IN ('analizada', 'ensayando', 'ensayada', 'importando', 'importada', 'cancelada', "
            "'fallida', 'revirtiendo', 'revertida')",
            name="ck_importaciones_estado",
        ),
        Index("idx_importaciones_fecha", "empresa_id", *_NEWEST_FIRST),
        Index(
            "idx_importaciones_en_curso",
            "empresa_id",
            "actualizado",
            sqlite_where=text(_WORKING),
            postgresql_where=text(_WORKING),
        ),
        Index("idx_importaciones_caduca", "empresa_id", "caduca"),
    )
    entidad: str
    nombre: str
    formato: str
    codificacion: str | None
    separador: str | None
    tamano: int = Field(sa_type=BigInteger)
    sha256: str
    columnas: list[dict[str, Any]] = Field(sa_type=JSON)
    filas: int
    clave: str
    si_existe: str
    forzar: bool
    origen: str | None
    estado: str
    actor: str
    posicion: int = Field(sa_type=BigInteger)
    procesadas: int = 0
    creadas: int = 0
    actualizadas: int = 0
    sin_cambios: int = 0
    errores: int = 0
    deshechas: int = 0
    no_deshechas: int = 0
    motivo: str | None = None
    caduca: datetime = Field(sa_type=Instant)


class FilaImportada(SQLModel, table=True):
    """What came of a row: what it made or changed, or why not.

    `cambios` are `{field: [before, after]}`, by which it is undone; `motivos` the faults that it had.
    """

    __tablename__ = "importaciones_filas"
    __table_args__ = (
        ForeignKeyConstraint(
            ["empresa_id", "importacion_id"],
            ["importaciones.empresa_id", "importaciones.id"],
            ondelete="CASCADE",
        ),
        Index("idx_importaciones_filas_resultado", "empresa_id", "importacion_id", "resultado", "numero"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    importacion_id: str = Field(primary_key=True, sa_type=Key)
    numero: int = Field(primary_key=True)
    posicion: int = Field(sa_type=BigInteger)
    resultado: str = Field(sa_type=Key)
    recurso_id: str | None = Field(sa_type=Key)
    motivos: list[dict[str, Any]] = Field(sa_type=JSON)
    cambios: dict[str, Any] | None = Field(sa_type=JSON(none_as_null=True))
    deshecha: bool | None = None
