"""Corrections: several records of one kind of an invoice, what each corrected, installations with a name.

`registros` gets a column with a value for the rows that are there: none is rewritten. Its unique index
gives way to a wider one.
"""

import sqlalchemy as sa
from alembic import op

import storage

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.add_column("instalaciones", sa.Column("nombre", sa.String()))
    op.add_column("registros", sa.Column("orden", sa.Integer(), nullable=False, server_default="1"))
    op.drop_index("uq_registro_de_factura", "registros")
    op.create_index(
        "uq_registro_de_factura", "registros", ["empresa_id", "factura_id", "tipo", "orden"], unique=True
    )
    op.create_table(
        "subsanaciones",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("registro_id", storage.Key(), nullable=False),
        sa.Column("factura_id", storage.Key(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("motivo", sa.String()),
        sa.Column("cambios", sa.JSON(), nullable=False),
        sa.Column("avisos", sa.JSON(), nullable=False),
        sa.Column("instante", storage.Instant(), nullable=False),
        sa.Column("quien", sa.String(), nullable=False),
        sa.Column("huella", sa.String(), nullable=False),
        sa.Column("huella_anterior", sa.String(), nullable=False),
        sa.Column("fecha_hora_huso", sa.String(), nullable=False),
        sa.Column("qr_url", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id", "factura_id"], ["facturas.empresa_id", "facturas.id"]),
        sa.ForeignKeyConstraint(["empresa_id", "registro_id"], ["registros.empresa_id", "registros.id"]),
        sa.PrimaryKeyConstraint("empresa_id", "registro_id"),
        sa.UniqueConstraint("empresa_id", "factura_id", "n", name="uq_subsanacion"),
    )


def downgrade() -> None:
    """Not offered: of an invoice with several records only one could stay."""
    raise NotImplementedError
