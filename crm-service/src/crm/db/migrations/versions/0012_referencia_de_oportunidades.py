"""Opportunities by another program's key: its name for each, once in a company."""

import sqlalchemy as sa
from alembic import op

from storage import Key

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("oportunidades", sa.Column("referencia_externa", Key()))
    given = sa.text("referencia_externa IS NOT NULL")
    op.create_index(
        "uq_oportunidades_referencia",
        "oportunidades",
        ["empresa_id", "origen", "referencia_externa"],
        unique=True,
        sqlite_where=given,
        postgresql_where=given,
    )
