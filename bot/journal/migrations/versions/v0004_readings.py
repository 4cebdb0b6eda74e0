"""What was read of each board, as hashes and numbers.

Revision ID: 0004
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "readings",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("board", sa.String(length=320), nullable=False),
        sa.Column("parts", sa.Text().with_variant(sa.Text(length=16777215), "mysql", "mariadb"), nullable=False),
        sa.PrimaryKeyConstraint("wiki", "board"),
        **_OPTIONS,
    )


def downgrade() -> None:
    """Take it away; boards are then read anew."""
    op.drop_table("readings")
