"""What the journal remembers of a board: moves begun and finished, notices left, copies in archives (``Memory``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FINISHED_KEPT = timedelta(days=2)
"""For how long a task still sees a move that came to its end (``Memory.finished``)."""


@dataclass(frozen=True, slots=True)
class MovedThread:
    """One thread of a move: which thread, and the SHA-256 (hex) of its bytes as they went to the archive."""

    identity: str
    digest: str


@dataclass(frozen=True, slots=True)
class Move:
    """Threads on their way from a board to one archive page; begun before the archive is saved, finished after the cut.

    ``archive_revision`` is the revision read back, 0 while the archive has not been saved (or that is not known).
    """

    board: str
    archive: str
    threads: tuple[MovedThread, ...]
    archive_revision: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that the bot left, as the journal keeps it (names and identities only as keyed hashes)."""

    person: str
    thread: str
    kind: str
    instant: datetime


@dataclass(frozen=True, slots=True)
class ArchivedCopy:
    """Where a thread was moved to, and the SHA-256 (hex) of its bytes as they went there."""

    archive: str
    digest: str


@dataclass(frozen=True, slots=True)
class FinishedMove:
    """A move that came to its end: its number (they grow), the archive, the SHA-256 (hex) of each thread that went."""

    number: int
    archive: str
    digests: frozenset[str]


@dataclass(frozen=True, slots=True)
class Memory:
    """What the journal remembers about one board, as a task may see it.

    Everything hashed is ``hash_of(WORD)`` of one word: an identity, a user's name. ``moves`` are begun and not
    finished; the identities in them are hashed. ``told`` are notices sent from this board; compare by ``hash_of``. A
    fact about the whole board is kept under (kind, ""). ``keys`` are the keys that tasks gave to edits of theirs
    (``Edit.key``) and that were saved: an edit whose key stands there was made already. ``left_alone`` are hashes of
    threads that a person put back. ``spent`` counts what was done today by kind, on the whole wiki. ``facts`` are
    remembered values by (kind, hashed identity). ``archived`` tells by hash where threads that were put back had been
    moved to last, ``moved`` are the hashes of all threads that the bot ever moved from the board. ``finished`` are the
    moves that ended lately (``FINISHED_KEPT``), oldest first. ``names`` are the hashes that threads were first seen
    under, by identity. ``hash_of`` makes the keyed hash of any tuple of words.
    """

    hash_of: Callable[..., str]
    moves: tuple[Move, ...] = ()
    told: tuple[Told, ...] = ()
    left_alone: frozenset[str] = frozenset()
    spent: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    archived: Mapping[str, ArchivedCopy] = field(default_factory=dict)
    finished: tuple[FinishedMove, ...] = ()
    moved: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, identity: str) -> tuple[str, ...]:
        """A thread's hashes, the one for good first: what must happen once is kept under that, looked for under all."""
        now = self.hash_of(identity)
        return tuple(dict.fromkeys((self.names.get(identity, now), now)))
