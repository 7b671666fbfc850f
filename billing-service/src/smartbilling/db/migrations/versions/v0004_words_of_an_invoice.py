"""The words of an invoice: an index by which one invoice is asked whether it has a word."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it."""
    op.create_index("idx_palabras_factura", "palabras_facturas", ["empresa_id", "factura_id", "palabra"])


def downgrade() -> None:
    """Without it all is as it was, but slower."""
    op.drop_index("idx_palabras_factura", "palabras_facturas")
