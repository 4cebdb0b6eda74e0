"""The embedded wiki's tables in one SQLite file, and the rows that come out of them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.messages import Gender
from bot.wiki.embedded.actions import Actions, read, written

_SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS page (
    id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, model TEXT NOT NULL,
    latest INTEGER NOT NULL DEFAULT 0, redirect TEXT, deleted INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS page_title ON page (title) WHERE NOT deleted;
CREATE INDEX IF NOT EXISTS page_redirect ON page (redirect) WHERE NOT deleted;
CREATE TABLE IF NOT EXISTS revision (
    id INTEGER PRIMARY KEY AUTOINCREMENT, page INTEGER NOT NULL REFERENCES page, parent INTEGER NOT NULL,
    instant TEXT NOT NULL, editor TEXT NOT NULL, summary TEXT NOT NULL, text TEXT NOT NULL, digest TEXT NOT NULL,
    size INTEGER NOT NULL, minor INTEGER NOT NULL, bot INTEGER NOT NULL,
    hidden INTEGER NOT NULL DEFAULT 0, reverted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS revision_page ON revision (page, id);
CREATE INDEX IF NOT EXISTS revision_editor ON revision (editor, id);
CREATE TABLE IF NOT EXISTS account (
    name TEXT PRIMARY KEY, groups TEXT NOT NULL, edits INTEGER NOT NULL, since TEXT, locked INTEGER NOT NULL,
    temporary INTEGER NOT NULL, expired INTEGER NOT NULL, renamed_to TEXT,
    gender TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS block (
    name TEXT PRIMARY KEY, blocker TEXT NOT NULL, since TEXT NOT NULL, until TEXT, pages TEXT NOT NULL,
    partial INTEGER NOT NULL, no_talk INTEGER NOT NULL);
"""
# MediaWiki looks this far back for the text that an edit restores (Manual:$wgManualRevertSearchRadius).
REVERT_RADIUS = 15


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page that exists."""

    id: int
    title: str
    model: str
    latest: int
    redirect: str | None


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision of a page, hidden or not, with the title its page has now."""

    id: int
    page: int
    title: str
    parent: int
    instant: datetime
    editor: str
    summary: str
    text: str
    size: int
    minor: bool
    bot: bool
    hidden: bool
    reverted: bool


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account; ``edits`` counts those made before this wiki's history begins."""

    name: str
    groups: frozenset[str]
    edits: int
    since: datetime | None
    locked: bool = False
    temporary: bool = False
    expired: bool = False
    renamed_to: str | None = None
    gender: Gender = Gender.UNKNOWN


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A block as it was set, in force or run out."""

    name: str
    blocker: str
    since: datetime
    until: datetime | None
    pages: tuple[str, ...]
    partial: bool
    no_talk: bool


_REVISION = (
    "SELECT r.id, r.page, p.title, r.parent, r.instant, r.editor, r.summary, {text}, r.size, r.minor, r.bot, r.hidden,"
    " r.reverted FROM revision r JOIN page p ON p.id = r.page AND NOT p.deleted "
)


def _revision(  # noqa: PLR0913, PLR0917 - the columns of one row
    number: int,
    page: int,
    title: str,
    parent: int,
    instant: str,
    editor: str,
    summary: str,
    text: str,
    size: int,
    minor: int,
    bot: int,
    hidden: int,
    reverted: int,
) -> RevisionRow:
    flags = (bool(minor), bool(bot), bool(hidden), bool(reverted))
    return RevisionRow(number, page, title, parent, read(instant), editor, summary, text, size, *flags)


class Store:
    """Reads and writes rows. Everything inside ``transaction`` is kept or lost together."""

    def __init__(self, path: str | Path) -> None:
        self._db = sqlite3.connect(str(path), isolation_level=None, timeout=30)
        # The file is a test's or a demonstration's: safe against a killed process, not against a power cut.
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_SCHEMA)
        self.actions = Actions(self._db)

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Holds other processes off and undoes everything when an error passes through."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def setting(self, name: str) -> str | None:
        """A remembered value of the wiki itself."""
        row = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_setting(self, name: str, value: str) -> None:
        """Remembers a value of the wiki itself."""
        self._db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    # Pages and revisions

    def page(self, title: str) -> PageRow | None:
        """The page of this title in normal form."""
        row = self._db.execute(
            "SELECT id, title, model, latest, redirect FROM page WHERE title = ? AND NOT deleted", (title,)
        ).fetchone()
        return None if row is None else PageRow(*row)

    def titles(self) -> list[str]:
        """The titles of all pages, sorted."""
        return [title for (title,) in self._db.execute("SELECT title FROM page WHERE NOT deleted ORDER BY title")]

    def pages_in_order(self) -> list[tuple[int, str]]:
        """The newest revision and the title of every page, the oldest page first."""
        return self._db.execute("SELECT latest, title FROM page WHERE NOT deleted ORDER BY id").fetchall()

    def redirects_to(self, title: str) -> tuple[str, ...]:
        """The titles of the redirects to a title."""
        rows = self._db.execute("SELECT title FROM page WHERE redirect = ? AND NOT deleted ORDER BY id", (title,))
        return tuple(found for (found,) in rows)

    def make_page(self, title: str, model: str) -> PageRow:
        """A new page without revisions."""
        cursor = self._db.execute("INSERT INTO page (title, model) VALUES (?, ?)", (title, model))
        return PageRow(int(cursor.lastrowid or 0), title, model, 0, None)

    def set_model(self, title: str, model: str) -> None:
        """Gives a page another content model."""
        self._db.execute("UPDATE page SET model = ? WHERE title = ? AND NOT deleted", (model, title))

    def delete_page(self, title: str) -> None:
        """Takes a page and its revisions out of sight."""
        self._db.execute("UPDATE page SET deleted = 1 WHERE title = ? AND NOT deleted", (title,))

    def rename_page(self, title: str, to: str) -> None:
        """Gives a page another title; its revisions stay its own."""
        self._db.execute("UPDATE page SET title = ? WHERE title = ? AND NOT deleted", (to, title))

    def revision(self, number: int) -> RevisionRow | None:
        """A revision of a page that exists."""
        found = self._revisions("WHERE r.id = ?", (number,), text=True)
        return found[0] if found else None

    def history(self, title: str, *, before: int, count: int, text: bool) -> list[RevisionRow]:
        """At most ``count`` revisions of a page with ids under ``before``, newest first."""
        where = "WHERE p.title = ? AND r.id < ? ORDER BY r.id DESC LIMIT ?"
        return self._revisions(where, (title, before, count), text=text)

    def contributions(self, editor: str, *, before: int, count: int) -> list[RevisionRow]:
        """At most ``count`` revisions by an editor with ids under ``before``, newest first, without text."""
        where = "WHERE r.editor = ? AND r.id < ? ORDER BY r.id DESC LIMIT ?"
        return self._revisions(where, (editor, before, count), text=False)

    def _revisions(self, where: str, values: Sequence[object], *, text: bool) -> list[RevisionRow]:
        rows = self._db.execute(_REVISION.format(text="r.text" if text else "''") + where, values)
        return [_revision(*row) for row in rows]

    def add_revision(self, page: PageRow, made: RevisionRow, redirect: str | None) -> int:
        """Adds a revision (its own id is not looked at) and makes it the current one; returns its id."""
        digest = hashlib.sha256(made.text.encode()).hexdigest()
        cursor = self._db.execute(
            "INSERT INTO revision (page, parent, instant, editor, summary, text, digest, size, minor, bot)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(page.id, page.latest, written(made.instant), made.editor, made.summary, made.text, digest),
                *(len(made.text.encode()), made.minor, made.bot),
            ),
        )
        number = int(cursor.lastrowid or 0)
        self._mark_reverted(page.id, number, digest)
        self._db.execute("UPDATE page SET latest = ?, redirect = ? WHERE id = ?", (number, redirect, page.id))
        return number

    def _mark_reverted(self, page: int, number: int, digest: str) -> None:
        recent = self._db.execute(
            "SELECT id, digest FROM revision WHERE page = ? AND id < ? ORDER BY id DESC LIMIT ?",
            (page, number, REVERT_RADIUS),
        ).fetchall()
        for place, (_, earlier) in enumerate(recent):
            if earlier == digest:
                undone = [(found,) for found, _ in recent[:place]]
                self._db.executemany("UPDATE revision SET reverted = 1 WHERE id = ?", undone)
                return

    def hide(self, number: int) -> None:
        """Hides a revision's text, editor and summary."""
        self._db.execute("UPDATE revision SET hidden = 1 WHERE id = ?", (number,))

    # People

    def account(self, name: str) -> AccountRow | None:
        """The account of this name in normal form."""
        row = self._db.execute("SELECT * FROM account WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        since = None if row[3] is None else read(row[3])
        groups, flags = frozenset(json.loads(row[1])), (bool(row[4]), bool(row[5]), bool(row[6]))
        return AccountRow(row[0], groups, row[2], since, *flags, row[7], Gender(row[8]))

    def put_account(self, account: AccountRow) -> None:
        """Makes or changes an account."""
        since = None if account.since is None else written(account.since)
        flags = (account.locked, account.temporary, account.expired, account.renamed_to, account.gender)
        self._db.execute(
            "INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (account.name, json.dumps(sorted(account.groups)), account.edits, since, *flags),
        )

    def count_edits(self, name: str) -> int:
        """How many revisions an editor made here."""
        return int(self._db.execute("SELECT count(*) FROM revision WHERE editor = ?", (name,)).fetchone()[0])

    def block(self, name: str) -> BlockRow | None:
        """The last block of a name that was not lifted."""
        row = self._db.execute("SELECT * FROM block WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        until = None if row[3] is None else read(row[3])
        return BlockRow(row[0], row[1], read(row[2]), until, tuple(json.loads(row[4])), bool(row[5]), bool(row[6]))

    def put_block(self, block: BlockRow) -> None:
        """Sets a block, in place of an earlier one."""
        until = None if block.until is None else written(block.until)
        self._db.execute(
            "INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(block.name, block.blocker, written(block.since), until),
                *(json.dumps(block.pages), block.partial, block.no_talk),
            ),
        )

    def lift_block(self, name: str) -> None:
        """Ends a block."""
        self._db.execute("DELETE FROM block WHERE name = ?", (name,))
