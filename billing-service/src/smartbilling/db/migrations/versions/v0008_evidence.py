"""Evidence: the key that signs it, and the signed checkpoints of each chain."""

import sqlalchemy as sa
from alembic import op

import storage

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "claves_evidencia",
        sa.Column("kid", storage.Key(), nullable=False),
        sa.Column("publica", sa.String(), nullable=False),
        sa.Column("privada", sa.String(), nullable=False),
        sa.Column("activa", sa.Boolean(), nullable=False),
        sa.Column("creada", storage.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("kid"),
    )
    op.create_index(
        "uq_clave_evidencia_activa",
        "claves_evidencia",
        ["activa"],
        unique=True,
        sqlite_where=sa.text("activa"),
        postgresql_where=sa.text("activa"),
    )
    op.create_table(
        "puntos_control",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("instalacion", storage.Key(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("empresa_nif", sa.String(), nullable=False),
        sa.Column("numero_instalacion", sa.String(), nullable=False),
        sa.Column("dia", sa.Date(), nullable=False),
        sa.Column("instante", storage.Instant(), nullable=False),
        sa.Column("desde", sa.Integer(), nullable=False),
        sa.Column("secuencia", sa.Integer(), nullable=False),
        sa.Column("huella", sa.String(), nullable=False),
        sa.Column("resumenes", sa.LargeBinary(), nullable=False),
        sa.Column("anterior", sa.String(), nullable=False),
        sa.Column("kid", storage.Key(), nullable=False),
        sa.Column("firma", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["empresa_id", "instalacion"], ["instalaciones.empresa_id", "instalaciones.id"]
        ),
        sa.PrimaryKeyConstraint("empresa_id", "instalacion", "n"),
        sa.UniqueConstraint("empresa_id", "instalacion", "secuencia", name="uq_punto_control_secuencia"),
    )
    op.create_index(
        "idx_puntos_control_instante", "puntos_control", ["empresa_id", "instante", "instalacion", "n"]
    )


def downgrade() -> None:
    """Not offered: evidence is never thrown away."""
    raise NotImplementedError
