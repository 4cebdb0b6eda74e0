"""The embedded wiki's protections, and its log of who protected or deleted which page."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from bot.model import PageAction

_SCHEMA = """
CREATE TABLE IF NOT EXISTS protection (title TEXT NOT NULL, action TEXT NOT NULL, level TEXT NOT NULL, until TEXT,
    PRIMARY KEY (title, action));
CREATE TABLE IF NOT EXISTS log (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, title TEXT NOT NULL, who TEXT NOT NULL,
    instant TEXT NOT NULL);
"""


def written(instant: datetime) -> str:
    """An instant as the wiki keeps and shows it: UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(instant: str) -> datetime:
    """The instant that was written."""
    return datetime.strptime(instant, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


class Actions:
    """What administrators did to pages, in tables of the same file as everything else."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._db.executescript(_SCHEMA)

    def protection(self, title: str, now: datetime) -> Mapping[str, str]:
        """The level that each protected action takes; what has run out is none."""
        rows = self._db.execute(
            "SELECT action, level FROM protection WHERE title = ? AND (until IS NULL OR until > ?) ORDER BY action",
            (title, written(now)),
        )
        return dict(rows.fetchall())

    def protect(
        self, title: str, levels: Mapping[str, str], cleared: Collection[str], until: datetime | None = None
    ) -> None:
        """Sets levels for actions and clears others."""
        self._db.executemany(
            "DELETE FROM protection WHERE title = ? AND action = ?", [(title, action) for action in cleared]
        )
        end = None if until is None else written(until)
        self._db.executemany(
            "INSERT OR REPLACE INTO protection VALUES (?, ?, ?, ?)",
            [(title, action, level, end) for action, level in levels.items()],
        )

    def note(self, kind: str, title: str, who: str, now: datetime) -> None:
        """Adds an entry to the log: ``protect`` or ``delete``."""
        values = (kind, title, who, written(now))
        self._db.execute("INSERT INTO log (kind, title, who, instant) VALUES (?, ?, ?, ?)", values)

    def standing(self, title: str, now: datetime, *, exists: bool) -> PageAction | None:
        """How a page is protected now, or that it was deleted, and who did it; None where the log tells of neither."""
        action = "edit" if exists else "create"
        row = self._db.execute(
            "SELECT level, until FROM protection WHERE title = ? AND action = ? AND (until IS NULL OR until > ?)",
            (title, action, written(now)),
        ).fetchone()
        if row is None and exists:
            return None
        level, until = row or ("", None)
        entry = self._db.execute(
            "SELECT who, instant FROM log WHERE title = ? AND kind = ? ORDER BY id DESC LIMIT 1",
            (title, "protect" if level else "delete"),
        ).fetchone()
        if entry is None:
            return None
        return PageAction(entry[0], read(entry[1]), level, None if until is None else read(until))
