"""The outbox watched: indexes by which the oldest message and the leases of a worker that died are found."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; each knows only the rows that wait or are leased, which are few."""
    pending = sa.text("estado = 'pendiente'")
    op.create_index(
        "idx_mensajes_antiguos",
        "mensajes_crm",
        ["empresa_id", "creado"],
        sqlite_where=pending,
        postgresql_where=pending,
    )
    leased = sa.text("arrendado_por IS NOT NULL")
    op.create_index(
        "idx_destinos_arrendados",
        "destinos_crm",
        ["arrendado_por"],
        sqlite_where=leased,
        postgresql_where=leased,
    )


def downgrade() -> None:
    """Without them all is as it was, but slower."""
    op.drop_index("idx_destinos_arrendados", "destinos_crm")
    op.drop_index("idx_mensajes_antiguos", "mensajes_crm")
