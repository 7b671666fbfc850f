"""Imports: tables that were uploaded, and what came of each of their rows."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import Instant, Key

revision = "0010"
down_revision = "0009"

_WORKING = sa.text("estado IN ('ensayando', 'importando', 'revirtiendo')")


def upgrade() -> None:
    op.create_table(
        "importaciones",
        *(sa.Column(name, Key(), primary_key=True) for name in ("empresa_id", "id")),
        _needed("version", sa.Integer()),
        *(_needed(name, Instant()) for name in ("creado", "actualizado", "caduca")),
        *(_needed(name, sa.String()) for name in ("entidad", "nombre", "formato", "sha256")),
        *(_needed(name, sa.String()) for name in ("clave", "si_existe", "estado", "actor")),
        *(sa.Column(name, sa.String()) for name in ("codificacion", "separador", "origen", "motivo")),
        *(_needed(name, sa.BigInteger()) for name in ("tamano", "posicion")),
        *(_needed(name, sa.Integer()) for name in ("filas", "procesadas", "creadas", "actualizadas")),
        *(_needed(name, sa.Integer()) for name in ("sin_cambios", "errores", "deshechas", "no_deshechas")),
        _needed("columnas", sa.JSON()),
        _needed("forzar", sa.Boolean()),
        sa.CheckConstraint(
            "estado IN ('analizada', 'ensayando', 'ensayada', 'importando', 'importada', 'cancelada', "
            "'fallida', 'revirtiendo', 'revertida')",
            name="ck_importaciones_estado",
        ),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
    )
    newest_first: list[Any] = ["empresa_id", sa.text("creado DESC"), sa.text("id DESC")]
    op.create_index("idx_importaciones_fecha", "importaciones", newest_first)
    op.create_index(
        "idx_importaciones_en_curso",
        "importaciones",
        ["empresa_id", "actualizado"],
        sqlite_where=_WORKING,
        postgresql_where=_WORKING,
    )
    op.create_index("idx_importaciones_caduca", "importaciones", ["empresa_id", "caduca"])
    op.create_table(
        "importaciones_filas",
        *(sa.Column(name, Key(), primary_key=True) for name in ("empresa_id", "importacion_id")),
        sa.Column("numero", sa.Integer(), primary_key=True),
        _needed("posicion", sa.BigInteger()),
        _needed("resultado", Key()),
        sa.Column("recurso_id", Key()),
        _needed("motivos", sa.JSON()),
        sa.Column("cambios", sa.JSON()),
        sa.Column("deshecha", sa.Boolean()),
        sa.ForeignKeyConstraint(
            ["empresa_id", "importacion_id"],
            ["importaciones.empresa_id", "importaciones.id"],
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "idx_importaciones_filas_resultado",
        "importaciones_filas",
        ["empresa_id", "importacion_id", "resultado", "numero"],
    )


def _needed(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
