"""What runners that share a database know of each other: whose pass goes on, and when each wiki had its last turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.journal import tables as t
from bot.journal.database import Database
from bot.journal.history import BEAT
from bot.journal.part import put

# A pass is kept among the leases, under a name that no wiki can have.
_MARK = ":"
_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Rounds:
    """Passes over all wikis. Those that overlap make one round, in which every wiki is served once."""

    database: Database

    def begin(self, owner: str, now: datetime, length: timedelta) -> datetime:
        """Note that a pass begins; gives when its round began: now, or when a pass that still goes on joined its own.

        A round lasts no longer than ``length``, so that passes that always overlap do not make one without end. A
        pass whose process died counts until its own length is over, or somebody ends it for it.
        """
        c = t.leases.c
        with self.database.transaction() as connection:
            going_on = connection.execute(
                select(c.beat).where(
                    c.wiki.startswith(_MARK), c.owner != owner, c.expiry > now, c.beat > now - length, c.beat <= now
                )
            ).scalars()
            began = min(going_on, default=now)
            put(connection, t.leases, {"wiki": _name(owner)}, {"owner": owner, "beat": began, "expiry": now + length})
        return began

    def end(self, owner: str) -> None:
        """Note that a pass ended."""
        with self.database.transaction() as connection:
            connection.execute(delete(t.leases).where(t.leases.c.wiki == _name(owner)))

    def going_on(self, now: datetime) -> tuple[str, ...]:
        """Whose passes began and did not end, as far as is known."""
        c = t.leases.c
        with self.database.transaction() as connection:
            return tuple(connection.execute(select(c.owner).where(c.wiki.startswith(_MARK), c.expiry > now)).scalars())

    def last_beats(self) -> Mapping[str, datetime]:
        """When the last turn of each wiki came to its end, whatever that end was."""
        f = t.facts.c
        query = select(f.wiki, f.instant).where(f.board == "", f.kind == BEAT, f.thread == "")
        with self.database.transaction() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}


def _name(owner: str) -> str:
    return f"{_MARK}{owner}"[:_NAME_LENGTH]
