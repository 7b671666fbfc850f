"""What billing has revoked, and API keys that no longer work.

A new table, and a column that may be empty: nothing that exists is copied or rewritten.
"""

import sqlalchemy as sa
from alembic import op

from storage import Instant, Key

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "revocaciones_emisor",
        sa.Column("quien", Key(), primary_key=True),
        sa.Column("antes", Instant(), nullable=False),
    )
    op.add_column("claves_api", sa.Column("revocada", Instant()))
