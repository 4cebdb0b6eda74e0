"""Which copies of a move's threads were taken out of the archive before: what stands there after that is others'."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.memory import Move
from bot.plan import Snapshot, Splice
from tasks.ownkeys import made

AT_ONCE = 300
"""Of how many threads one edit's key can tell, a bit each: journal and edit summary have room for so much."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A copy that leaves the archive: its text, where it stands, the digest it was archived under ("": not known)."""

    text: str
    splice: Splice
    digest: str = ""


class TakenBack:
    """The copies that left one archive page since the open moves there began.

    The edits that take copies out tell by their keys of which threads (law 5): a hash of the move and, in hexadecimal,
    one bit for each of its threads in the order of their digests. What a person put on the page after that edit is
    theirs, though it be the same text: somebody who moves threads by hand, say, while the bot takes its copies back.
    """

    def __init__(self, archive: str, begun: Sequence[Move], snapshot: Snapshot) -> None:
        revision = str(max((move.archive_revision for move in begun), default=0))
        digests = sorted({one.digest for move in begun for one in move.threads})
        self._snapshot = snapshot
        self._place = {one: divmod(number, AT_ONCE) for number, one in enumerate(digests)}
        self._names = [
            snapshot.memory.hash_of("taken back", snapshot.board.title, archive, revision, *digests[at : at + AT_ONCE])
            for at in range(0, len(digests), AT_ONCE)
        ]

    def holds(self, digests: Collection[str]) -> bool:
        """Whether the copy of the thread that was archived under these digests was taken out before."""
        places = [self._place[one] for one in digests if one in self._place]
        return any(self._bits(batch) >> bit & 1 for batch, bit in places)

    def _bits(self, batch: int) -> int:
        start = f"{self._names[batch]}-"
        found = 0
        for key in made(self._snapshot):
            if key.startswith(start):
                found |= int(key.removeprefix(start), 16)
        return found

    def at_once(self, removed: Sequence[Removal]) -> list[Removal]:
        """Those of which one key can tell; the others are for the next plan."""
        batches = [self._place[one.digest][0] for one in removed if one.digest in self._place]
        first = min(batches, default=0)
        return [one for one in removed if self._place.get(one.digest, (first, 0))[0] == first]

    def key(self, removed: Sequence[Removal]) -> str:
        """The key of the edit that takes these out; "" where it is not known under what they were archived."""
        places = [self._place[one.digest] for one in removed if one.digest in self._place]
        if not places:
            return ""
        return f"{self._names[places[0][0]]}-{sum(1 << bit for _, bit in set(places)):x}"
