"""Documents: how a company looks on paper, and its logo.

New columns, which say nothing of the companies that are there, and a new table: nothing is rewritten.
"""

import sqlalchemy as sa
from alembic import op

import storage

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TEXTOS = ("nombre_comercial", "web", "color", "iban", "condiciones_pago", "pie_factura")


def upgrade() -> None:
    """Add them; companies of before write in Spanish."""
    for name in _TEXTOS:
        op.add_column("empresas", sa.Column(name, sa.String()))
    op.add_column("empresas", sa.Column("idioma", sa.String(), nullable=False, server_default="es"))
    op.create_table(
        "logos",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("huella", sa.String(), nullable=False),
        sa.Column("ancho", sa.Integer(), nullable=False),
        sa.Column("alto", sa.Integer(), nullable=False),
        sa.Column("cambiado", storage.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        sa.PrimaryKeyConstraint("empresa_id"),
    )


def downgrade() -> None:
    """Without them invoices look alike for all companies."""
    op.drop_table("logos")
    for name in ("idioma", *reversed(_TEXTOS)):
        op.drop_column("empresas", name)
