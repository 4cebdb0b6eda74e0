"""Which edits opened the threads of boards: looked up in a board's history once, remembered while they stand there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.journal import WikiJournal
from bot.model import Board
from bot.plan import Fact
from bot.runner.origins import Histories, thread_origins

# Kind of fact about a board: the numbers of the revisions that opened its threads, each after the thread's hash.
_KEPT = "openings"
# The journal keeps 64 KB of a fact (MariaDB's TEXT); what a board has beyond that is looked up in every run.
_LENGTH = 60_000


@dataclass(slots=True)
class Openings:
    """The numbers of the edits that opened threads, for links. Whether such an edit still stands they do not tell."""

    journal: WikiJournal
    _known: dict[str, dict[str, int]] = field(default_factory=dict)

    def of(self, board: Board) -> Mapping[str, int]:
        """What is in hand, by identity; 0 where the history does not tell."""
        known = self._known.get(board.title)
        if not known:
            return {}
        hashes = ((thread.identity, self.journal.hash_of(thread.identity)) for thread in board.threads)
        return {identity: known[hashed] for identity, hashed in hashes if hashed in known}

    def find(self, board: Board, wanted: Collection[str], histories: Histories, now: datetime) -> None:
        """Take into hand what is remembered of these threads, and look up the others."""
        if board.title not in self._known:
            self._known[board.title] = self._remembered(board.title)
        known = self._known[board.title]
        hashes = {identity: self.journal.hash_of(identity) for identity in wanted}
        unknown = [identity for identity, hashed in hashes.items() if hashed not in known]
        if unknown:
            found = thread_origins(histories, board, unknown)
            known.update({hashes[one]: found[one].id if one in found else 0 for one in unknown})
            self._keep(board, now)

    def _keep(self, board: Board, now: datetime) -> None:
        known = self._known[board.title]
        hashes = dict.fromkeys(self.journal.hash_of(thread.identity) for thread in board.threads)
        words = " ".join(f"{hashed}:{known[hashed]}" for hashed in reversed(hashes) if hashed in known)
        value = words if len(words) <= _LENGTH else words[:_LENGTH].rpartition(" ")[0]
        self.journal.remember(board.title, [Fact(_KEPT, "", value)], now)

    def _remembered(self, title: str) -> dict[str, int]:
        words = (word.partition(":") for word in self.journal.facts(title).get((_KEPT, ""), "").split())
        return {hashed: int(number) for hashed, _, number in words if number.isascii() and number.isdecimal()}
