"""Activities with who, how long, with whom and how often; own types; attachments; the timeline by kind.

Columns that may be empty, new tables and indexes: no row is copied. What was done before was so on its date.
"""

import sqlalchemy as sa
from alembic import op

from storage import Instant, Key

revision = "0004"
down_revision = "0003"

_LATEST_FIRST = (sa.text("fecha DESC"), sa.text("id DESC"))
_TO_DO = "(vence IS NOT NULL OR tipo IN ('llamada', 'email', 'reunion', 'tarea'))"


def upgrade() -> None:
    _columns()
    _indexes()
    _beside_activities()
    _attachments()
    op.create_index("idx_contactos_email", "contactos", ["empresa_id", sa.text("lower(email)")])
    op.create_index(
        "idx_historial_cliente_tipo", "historial", ["empresa_id", "cliente_id", "tipo", *_LATEST_FIRST]
    )


def _columns() -> None:
    for column in (
        sa.Column("subtipo", sa.String()),
        sa.Column("prioridad", sa.String()),
        sa.Column("completada_en", Instant()),
        sa.Column("recordatorio", Instant()),
        sa.Column("responsable", Key()),
        sa.Column("duracion", sa.Integer()),
        sa.Column("resultado", sa.String()),
        sa.Column("contacto_id", Key()),
        sa.Column("oportunidad_id", Key()),
        sa.Column("repeticion", sa.JSON(none_as_null=True)),
        sa.Column("serie_id", Key()),
        sa.Column("serie_inicio", Instant()),
        sa.Column("ordinal", sa.Integer()),
        sa.Column("siguiente_id", Key()),
    ):
        op.add_column("actividades", column)
    op.execute(sa.text("UPDATE actividades SET completada_en = fecha WHERE completada"))


def _indexes() -> None:
    op.create_index(
        "idx_actividades_tipo", "actividades", ["empresa_id", "tipo", *_LATEST_FIRST, "archivado"]
    )
    for column in ("subtipo", "prioridad", "responsable", "oportunidad_id", "contacto_id"):
        given = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"idx_actividades_{column.removesuffix('_id')}",
            "actividades",
            ["empresa_id", column, *_LATEST_FIRST, "archivado"],
            sqlite_where=given,
            postgresql_where=given,
        )
    op.create_index(
        "uq_actividades_serie",
        "actividades",
        ["empresa_id", "serie_id", "ordinal"],
        unique=True,
        sqlite_where=sa.text("serie_id IS NOT NULL"),
        postgresql_where=sa.text("serie_id IS NOT NULL"),
    )
    for name, columns, more in (
        ("agenda_pendiente", ("agenda", "id"), _TO_DO),
        ("agenda_responsable", ("responsable", "agenda", "id"), _TO_DO),
        ("recordatorio", ("recordatorio", "id"), "recordatorio IS NOT NULL"),
    ):
        op.create_index(
            f"idx_actividades_{name}",
            "actividades",
            ["empresa_id", *columns],
            sqlite_where=sa.text(f"completada = 0 AND archivado = 0 AND {more}"),
            postgresql_where=sa.text(f"NOT completada AND NOT archivado AND {more}"),
        )


def _beside_activities() -> None:
    op.create_table(
        "participantes",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("actividad_id", Key(), primary_key=True),
        sa.Column("orden", sa.Integer(), primary_key=True),
        sa.Column("contacto_id", Key()),
        sa.Column("email", sa.String()),
        sa.Column("nombre", sa.String()),
        sa.ForeignKeyConstraint(
            ["empresa_id", "actividad_id"], ["actividades.empresa_id", "actividades.id"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["empresa_id", "contacto_id"], ["contactos.empresa_id", "contactos.id"]),
    )
    op.create_index(
        "idx_participantes_contacto",
        "participantes",
        ["empresa_id", "contacto_id", "actividad_id"],
        sqlite_where=sa.text("contacto_id IS NOT NULL"),
        postgresql_where=sa.text("contacto_id IS NOT NULL"),
    )
    op.create_table(
        "subtipos",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("tipo", Key(), primary_key=True),
        sa.Column("clave", Key(), primary_key=True),
        sa.Column("nombre", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
    )


def _attachments() -> None:
    op.create_table(
        "adjuntos",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("id", Key(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("creado", Instant(), nullable=False),
        sa.Column("actualizado", Instant(), nullable=False),
        sa.Column("archivado", sa.Boolean(), nullable=False),
        sa.Column("cliente_id", Key(), nullable=False),
        sa.Column("actividad_id", Key()),
        sa.Column("nombre", sa.String(), nullable=False),
        sa.Column("tipo", sa.String(), nullable=False),
        sa.Column("tamano", sa.BigInteger(), nullable=False),
        sa.Column("sha256", Key(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
    )
    newest_first = (sa.text("creado DESC"), sa.text("id DESC"))
    op.create_index("idx_adjuntos_cliente", "adjuntos", ["empresa_id", "cliente_id", *newest_first])
    op.create_index(
        "idx_adjuntos_actividad",
        "adjuntos",
        ["empresa_id", "actividad_id", *newest_first],
        sqlite_where=sa.text("actividad_id IS NOT NULL"),
        postgresql_where=sa.text("actividad_id IS NOT NULL"),
    )
