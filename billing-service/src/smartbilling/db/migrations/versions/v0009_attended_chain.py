"""The chain attended: alarms that stay, the producer's declarations, companies that keep their books by SII.

New tables, indexes by which records are found of a day and annulments among them, and a column whose default
is what every company was taken for: nothing that exists is rewritten.
"""

import sqlalchemy as sa
from alembic import op

import storage

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "alarmas",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("instalacion", storage.Key(), nullable=False),
        sa.Column("codigo", storage.Key(), nullable=False),
        sa.Column("registro_id", storage.Key(), nullable=False),
        sa.Column("mensaje", sa.String(), nullable=False),
        sa.Column("detectada", storage.Instant(), nullable=False),
        sa.Column("ultima", storage.Instant(), nullable=False),
        sa.Column("veces", sa.Integer(), nullable=False),
        sa.Column("atendida", storage.Instant()),
        sa.Column("atendida_por", sa.String()),
        sa.Column("nota", sa.String()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("empresa_id", "id"),
    )
    viva, abierta = sa.text("atendida IS NULL OR registro_id <> ''"), sa.text("atendida IS NULL")
    op.create_index(
        "uq_alarma_viva",
        "alarmas",
        ["empresa_id", "instalacion", "codigo", "registro_id"],
        unique=True,
        sqlite_where=viva,
        postgresql_where=viva,
    )
    op.create_index(
        "idx_alarmas_abiertas",
        "alarmas",
        ["empresa_id", "id"],
        sqlite_where=abierta,
        postgresql_where=abierta,
    )
    op.create_table(
        "declaraciones",
        sa.Column("version", storage.Key(), nullable=False),
        sa.Column("edicion", sa.Integer(), nullable=False),
        sa.Column("datos", sa.JSON(), nullable=False),
        sa.Column("sellada", storage.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("version", "edicion"),
    )
    op.create_index("idx_registros_fecha", "registros", ["empresa_id", "fecha_expedicion"])
    anulacion = sa.text("tipo = 'anulacion'")
    op.create_index(
        "idx_registros_anulacion",
        "registros",
        ["empresa_id", "instalacion", "secuencia"],
        sqlite_where=anulacion,
        postgresql_where=anulacion,
    )
    op.add_column("empresas", sa.Column("sii", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Not offered: alarms nobody attended to and declarations that must be kept would be lost."""
    raise NotImplementedError
