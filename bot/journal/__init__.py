"""The bot's own record of what it began, finished and sent: SQLAlchemy on SQLite or MariaDB, migrated by itself.

``Journal(url).of(wiki)`` gives one wiki's part. A database that cannot be used is an OperatorProblem, and a run
that meets one writes nothing more.
"""

from __future__ import annotations

from bot.journal.database import Database
from bot.journal.history import Beat, PastRun, PastWrite
from bot.journal.keys import Hasher, Key, key_in, key_of, stamp
from bot.journal.observations import Observed
from bot.journal.store import CachedFacts, Ledger, Look, WikiJournal
from bot.journal.writes import UNCUT, Intent

__all__ = [
    "UNCUT",
    "Beat",
    "CachedFacts",
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

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
