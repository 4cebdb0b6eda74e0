"""What became of threads over time.

Revision ID: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Migrations describe the schema of their day and import nothing of ours that may change.
_OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """Make the tables of observations."""
    op.create_table(
        "observations",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("board", sa.String(length=320), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("thread", sa.String(length=16), nullable=False),
        sa.Column("alias", sa.String(length=16), nullable=False),
        sa.Column("opened", sa.DateTime(), nullable=False),
        sa.Column("answered", sa.DateTime(), nullable=True),
        sa.Column("responded", sa.DateTime(), nullable=True),
        sa.Column("party", sa.DateTime(), nullable=True),
        sa.Column("endings", sa.Text(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("named", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("reposted", sa.Boolean(), nullable=False),
        sa.Column("reporter", sa.String(length=16), nullable=False),
        sa.Column("responders", sa.Text(), nullable=False),
        sa.Column("traces", sa.Text().with_variant(sa.Text(length=16777215), "mysql", "mariadb"), nullable=False),
        sa.Column("people_kept", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("wiki", "board", "draft", "thread"),
        **_OPTIONS,
    )
    op.create_table(
        "observed",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("board", sa.String(length=320), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("instant", sa.DateTime(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("wiki", "board", "draft"),
        **_OPTIONS,
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("observations")
    op.drop_table("observed")
