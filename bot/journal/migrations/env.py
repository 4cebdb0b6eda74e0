"""Runs migrations on the connection that the journal hands over; there is no other way to run them."""

from __future__ import annotations

from alembic import context

from bot.journal.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="journal_version",
    # SQLite can hardly alter a table: it is copied instead.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
