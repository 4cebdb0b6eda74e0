"""Whether signatures on boards are true: looked up in the page's history once, remembered while they stand there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.journal import WikiJournal
from bot.model import Board, User
from bot.plan import Fact
from bot.reading.rights import Signature
from bot.runner.origins import Edits, Histories
from bot.wiki.port import Wiki

# Kind of fact about a board: what was found of the signatures on it, as keyed hashes, each with a sign for its answer.
_KEPT = "signatures"
_SIGNS: Mapping[bool | None, str] = {True: "+", False: "-", None: "?"}
_ANSWERS = {sign: answer for answer, sign in _SIGNS.items()}
# So much of a hash is enough to tell the signatures of one board apart.
_LENGTH = 12
# The journal keeps 64 KB of a fact (MariaDB's TEXT); what a board has beyond that is looked up in every run.
_MOST = 60_000 // (_LENGTH + 2)


@dataclass(slots=True)
class Proofs:
    """What is known of the signatures on a wiki's boards: whether the signer edited the board then.

    One request answers for all of a board's signatures. An answer holds for good: a history only grows.
    """

    wiki: Wiki
    journal: WikiJournal
    _known: dict[str, dict[Signature, bool | None]] = field(default_factory=dict)
    _kept: dict[str, dict[str, bool | None]] = field(default_factory=dict)
    _recalled: dict[str, int] = field(default_factory=dict)

    def of(self, board: Board) -> Mapping[Signature, bool | None]:
        """What is known of the signatures on a board; None where its history does not tell."""
        known = self._known.setdefault(board.title, {})
        if self._recalled.get(board.title) != board.revision:
            self._recalled[board.title] = board.revision
            kept = self._remembered(board.title)
            if kept:
                hashes = {one: self._hash(one) for one in _signatures(board) if one not in known}
                known.update({one: kept[hashed] for one, hashed in hashes.items() if hashed in kept})
        return known

    def find(
        self,
        board: Board,
        wanted: Collection[Signature],
        histories: Histories,
        users: Mapping[str, User],
        now: datetime,
    ) -> None:
        """Look signatures up; the edits of a signer who was renamed stand in the history under the new name."""
        known = self._known.setdefault(board.title, {})
        edits = Edits(histories.of(board, None))
        known.update({one: edits.bear_out({one[0]}, one[1]) for one in wanted})
        doubted = {one for one in wanted if known[one] is False}
        strangers = {signer for signer, _ in doubted} - users.keys()
        users = {**users, **(self.wiki.users(sorted(strangers)) if strangers else {})}
        for signer, instant in doubted:
            renamed = users[signer].renamed_to if signer in users else None
            if renamed:
                known[signer, instant] = edits.bear_out({signer, renamed}, instant)
        self._keep(board, now)

    def _keep(self, board: Board, now: datetime) -> None:
        """Remember what is known of the signatures that stand on the board."""
        known = self._known[board.title]
        standing = [one for one in dict.fromkeys(_signatures(board)) if one in known]
        newest = sorted(standing, key=lambda one: one[1], reverse=True)[:_MOST]
        value = " ".join(f"{self._hash(one)}{_SIGNS[known[one]]}" for one in newest)
        self.journal.remember(board.title, [Fact(_KEPT, "", value)], now)

    def _remembered(self, title: str) -> Mapping[str, bool | None]:
        if title not in self._kept:
            words = self.journal.facts(title).get((_KEPT, ""), "").split()
            self._kept[title] = {word[:-1]: _ANSWERS[word[-1]] for word in words if word[-1] in _ANSWERS}
        return self._kept[title]

    def _hash(self, signature: Signature) -> str:
        signer, instant = signature
        return self.journal.hash_of("signature", signer, instant.isoformat())[:_LENGTH]


def _signatures(board: Board) -> Iterator[Signature]:
    """Every signature in the board's threads."""
    for thread in board.threads:
        for comment in thread.comments:
            yield comment.author, comment.instant
        for mark in thread.marks:
            if mark.signer and mark.instant is not None:
                yield mark.signer, mark.instant
