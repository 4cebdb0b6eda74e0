"""Who saved an accepted revision of the settings, as a keyed hash.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; rows of earlier versions have nobody."""
    op.add_column("accepted_settings", sa.Column("editor", sa.String(length=16), nullable=False, server_default=""))


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("accepted_settings") as table:
        table.drop_column("editor")
