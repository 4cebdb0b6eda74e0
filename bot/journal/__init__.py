"""The bot's own record of what it began, finished and sent: SQLAlchemy on SQLite or MariaDB, migrated by itself.

``Journal(url).of(wiki)`` gives one wiki's part. A database that cannot be used is an OperatorProblem, and a run
that meets one writes nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.journal.database import Database
from bot.journal.history import Beat, PastRun, PastWrite
from bot.journal.keys import Hasher, Key, key_in, key_of, stamp
from bot.journal.observations import Observed
from bot.journal.rounds import Rounds
from bot.journal.store import CachedFacts, Claim, Ledger, Look, WikiJournal
from bot.journal.writes import UNCUT, UNSETTLED, Intent

__all__ = [
    "UNCUT",
    "UNSETTLED",
    "Beat",
    "CachedFacts",
    "Claim",
    "Hasher",
    "Intent",
    "Journal",
    "Key",
    "Ledger",
    "Look",
    "Observed",
    "PastRun",
    "PastWrite",
    "WikiJournal",
    "key_in",
    "key_of",
    "stamp",
]


class Journal:
    """A database that holds the journals of any number of wikis."""

    def __init__(self, url: str = "sqlite://", secret: str = "") -> None:
        self._database = Database(url)
        self._secret = secret

    def of(self, wiki: str) -> WikiJournal:
        """One wiki's part."""
        return WikiJournal(self._database, wiki, self._secret)

    def begin_pass(self, owner: str, now: datetime, length: timedelta) -> datetime:
        """Note that a pass over all wikis begins, for at most ``length``; gives when the round it joins began."""
        return Rounds(self._database).begin(owner, now, length)

    def end_pass(self, owner: str) -> None:
        """Note that it ended."""
        Rounds(self._database).end(owner)

    def passes(self, now: datetime) -> tuple[str, ...]:
        """Whose passes go on."""
        return Rounds(self._database).going_on(now)

    def last_beats(self) -> Mapping[str, datetime]:
        """When the last pass on each wiki came to its end."""
        return Rounds(self._database).last_beats()

    def server(self) -> str:
        """Which database it is and its version."""
        return self._database.server()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
