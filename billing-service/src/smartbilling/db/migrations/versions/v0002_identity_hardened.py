"""Identity hardened: failed logins, addresses users log in from, revoked access, from when a key signs.

New tables, and a column that may be empty: nothing that exists is copied or rewritten.
"""

import sqlalchemy as sa
from alembic import op

import storage

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what throttling, revocation and rotation keep."""
    op.create_table(
        "accesos_fallidos",
        sa.Column("clave", storage.Key(), nullable=False),
        sa.Column("vence", storage.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("clave"),
    )
    op.create_index("idx_accesos_fallidos_vence", "accesos_fallidos", ["vence"])
    op.create_table(
        "direcciones_conocidas",
        sa.Column("clave", storage.Key(), nullable=False),
        sa.Column("vista", storage.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("clave"),
    )
    op.create_index("idx_direcciones_conocidas_vista", "direcciones_conocidas", ["vista"])
    op.create_table(
        "accesos_revocados",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("usuario_id", storage.Key(), nullable=False),
        sa.Column("antes", storage.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuarios.id"]),
        sa.PrimaryKeyConstraint("empresa_id", "usuario_id"),
    )
    op.create_index("idx_accesos_revocados_antes", "accesos_revocados", ["antes"])
    op.add_column("claves_firma", sa.Column("firma_desde", storage.Instant()))


def downgrade() -> None:
    """Not offered: a key that was rotated or an access that was revoked would come back."""
    raise NotImplementedError
