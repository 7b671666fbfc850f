"""Clients that the CRM merges: which they are now, and invoices found by the client they were told of.

A new table and an index: nothing that exists is rewritten.
"""

import sqlalchemy as sa
from alembic import op

import storage

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "clientes_fusionados_crm",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("cliente_id", storage.Key(), nullable=False),
        sa.Column("actual", storage.Key(), nullable=False),
        sa.PrimaryKeyConstraint("empresa_id", "cliente_id"),
    )
    op.create_index(
        "idx_clientes_fusionados_actual", "clientes_fusionados_crm", ["empresa_id", "actual", "cliente_id"]
    )
    op.create_index("idx_entregas_cliente", "entregas_crm", ["empresa_id", "cliente_id", "factura_id"])


def downgrade() -> None:
    """Forget what the CRM said; it can be asked again."""
    op.drop_index("idx_entregas_cliente", "entregas_crm")
    op.drop_table("clientes_fusionados_crm")
