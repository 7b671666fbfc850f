"""What an origin told, by day: an index for the comparison with the program that told it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index(
        "idx_actividades_origen",
        "actividades",
        ["empresa_id", "origen", "fecha"],
        sqlite_where=sa.text("origen IS NOT NULL AND archivado = 0"),
        postgresql_where=sa.text("origen IS NOT NULL AND NOT archivado"),
    )
