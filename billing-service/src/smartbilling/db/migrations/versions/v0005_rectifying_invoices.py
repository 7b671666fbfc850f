"""Rectifying invoices: what an invoice says of others, what they settle of one another, and their links."""

import sqlalchemy as sa
from alembic import op

import storage

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NO = sa.false()
_ZERO = "0"


def upgrade() -> None:
    """Add to what is there; invoices of before say nothing of others and owe what they owed."""
    for name in ("rectificacion", "sustituidas", "emitida_por", "avisos"):
        op.add_column("facturas", sa.Column(name, sa.JSON()))
    for name in ("acuerdo_facturacion", "acuerdo_sistema"):
        op.add_column("facturas", sa.Column(name, sa.String()))
    for name in ("sin_identificar_destinatario", "cupon"):
        op.add_column("facturas", sa.Column(name, sa.Boolean(), nullable=False, server_default=_NO))
    op.add_column("lineas", sa.Column("base_a_coste", storage.Cents()))
    op.add_column("desgloses", sa.Column("base_a_coste", storage.Cents()))
    op.add_column(
        "facturas_situacion",
        sa.Column("compensado", storage.Cents(), nullable=False, server_default=_ZERO),
    )
    op.add_column(
        "cifras_diarias", sa.Column("sustituido", storage.Cents(), nullable=False, server_default=_ZERO)
    )
    op.create_table(
        "vinculos_facturas",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("nueva_id", storage.Key(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("clase", sa.String(), nullable=False),
        sa.Column("metodo", sa.String(), nullable=False),
        sa.Column("otra_id", storage.Key()),
        sa.Column("numero", storage.Key(), nullable=False),
        sa.Column("fecha", sa.Date(), nullable=False),
        sa.Column("compensado", storage.Cents(), nullable=False),
        sa.Column("vivo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("empresa_id", "nueva_id", "n"),
        sa.ForeignKeyConstraint(["empresa_id", "nueva_id"], ["facturas.empresa_id", "facturas.id"]),
        sa.ForeignKeyConstraint(["empresa_id", "otra_id"], ["facturas.empresa_id", "facturas.id"]),
    )
    op.create_index("idx_vinculos_otra", "vinculos_facturas", ["empresa_id", "otra_id", "nueva_id"])
    op.create_index("idx_vinculos_numero", "vinculos_facturas", ["empresa_id", "numero"])


def downgrade() -> None:
    """Only where no invoice speaks of another yet."""
    op.drop_table("vinculos_facturas")
    op.drop_column("cifras_diarias", "sustituido")
    op.drop_column("facturas_situacion", "compensado")
    for table in ("desgloses", "lineas"):
        op.drop_column(table, "base_a_coste")
    for name in (
        "cupon",
        "sin_identificar_destinatario",
        "acuerdo_sistema",
        "acuerdo_facturacion",
        "avisos",
        "emitida_por",
        "sustituidas",
        "rectificacion",
    ):
        op.drop_column("facturas", name)
