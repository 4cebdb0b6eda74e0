"""The first schema.

Revision ID: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Migrations describe the schema of their day and import nothing of ours that may change.
_OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    _settings_and_facts()
    _moves()
    _notices_and_keys()
    _runs_and_writes()


def downgrade() -> None:
    """Take every table away."""
    for table in (
        "accepted_settings",
        "complaints",
        "facts",
        "leases",
        "ledgers",
        "left_alone",
        "looks",
        "moved_threads",
        "moves",
        "notices",
        "own_keys",
        "runs",
        "spending",
        "wiki_facts",
        "writes",
    ):
        op.drop_table(table)


def _settings_and_facts() -> None:
    op.create_table(
        "accepted_settings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("instant", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_OPTIONS,
    )
    op.create_index("settings_by_wiki", "accepted_settings", ["wiki"], unique=False)
    op.create_table(
        "complaints",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("posted", sa.DateTime(), nullable=False),
        sa.Column("retired", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("wiki", "subject"),
        **_OPTIONS,
    )
    op.create_table(
        "facts",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("board", sa.String(length=320), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("thread", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("instant", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("wiki", "board", "kind", "thread"),
        **_OPTIONS,
    )
    op.create_table(
        "leases",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("beat", sa.DateTime(), nullable=False),
        sa.Column("expiry", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("wiki"),
        **_OPTIONS,
    )
    op.create_table(
        "ledgers",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=16), nullable=False),
        sa.Column("rebuilt", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("wiki"),
        **_OPTIONS,
    )
    op.create_table(
        "left_alone",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("board", sa.String(length=320), nullable=False),
        sa.Column("thread", sa.String(length=16), nullable=False),
        sa.Column("instant", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("wiki", "board", "thread"),
        **_OPTIONS,
    )


def _moves() -> None:
    op.create_table(
        "looks",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("board", sa.String(length=320), nullable=False),
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("due", sa.DateTime(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("wiki", "board", "task"),
        **_OPTIONS,
    )
    op.create_table(
        "moved_threads",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("move", sa.BigInteger(), nullable=False),
        sa.Column("thread", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("ambiguous", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_OPTIONS,
    )
    op.create_index("moved_threads_by_move", "moved_threads", ["move"], unique=False)
    op.create_index("moved_threads_by_thread", "moved_threads", ["thread"], unique=False)
    op.create_table(
        "moves",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("board", sa.String(length=320), nullable=False),
        sa.Column("archive", sa.String(length=320), nullable=False),
        sa.Column("archive_revision", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("begun", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_OPTIONS,
    )
    op.create_index("moves_by_board", "moves", ["wiki", "board", "state"], unique=False)


def _notices_and_keys() -> None:
    op.create_table(
        "notices",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("board", sa.String(length=16), nullable=False),
        sa.Column("thread", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("instant", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("wiki", "board", "thread", "person", "kind"),
        **_OPTIONS,
    )
    op.create_table(
        "own_keys",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("instant", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("wiki", "key"),
        **_OPTIONS,
    )
    op.create_table(
        "runs",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("begun", sa.DateTime(), nullable=False),
        sa.Column("ended", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("settings", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_OPTIONS,
    )
    op.create_index("runs_by_wiki", "runs", ["wiki", "begun"], unique=False)


def _runs_and_writes() -> None:
    op.create_table(
        "spending",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=120), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("wiki", "day", "kind"),
        **_OPTIONS,
    )
    op.create_table(
        "wiki_facts",
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text().with_variant(sa.Text(length=16777215), "mysql", "mariadb"), nullable=False),
        sa.Column("fetched", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("wiki"),
        **_OPTIONS,
    )
    op.create_table(
        "writes",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("wiki", sa.String(length=64), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("board", sa.String(length=320), nullable=False),
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("page", sa.String(length=320), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("begins", sa.Boolean(), nullable=False),
        sa.Column("begun", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("archives", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_OPTIONS,
    )
    op.create_index("writes_by_key", "writes", ["wiki", "key"], unique=False)
    op.create_index("writes_by_run", "writes", ["run"], unique=False)
    op.create_index("writes_by_state", "writes", ["wiki", "state"], unique=False)
