"""Where the threads of open moves stand: on the board, and as copies in the archive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.memory import Move
from bot.model import Board, Thread
from bot.plan import Snapshot
from tasks.archive.text import digest, lines_missing


@dataclass(frozen=True, slots=True)
class Copy:
    """One archived copy of a thread: its span on the archive page, and whether it is as the bot wrote it."""

    start: int
    end: int
    untouched: bool


class Index:
    """The board's threads by what the journal knows of them: hashed identities and digests."""

    def __init__(self, snapshot: Snapshot) -> None:
        board, hash_of = snapshot.board, snapshot.memory.hash_of
        self._board = board
        self._known = {one.digest for move in snapshot.memory.moves for one in move.threads}
        self.by_identity = {hash_of(thread.identity): thread for thread in board.threads}
        self.by_digest = {digest(board.wikitext(thread)): thread for thread in board.threads}

    def of(self, moves: Sequence[Move]) -> list[tuple[str, frozenset[str]]]:
        """The hashed identities to look at, each with the digests it was archived under; without a list all."""
        found: dict[str, set[str]] = {}
        for move in moves:
            for one in move.threads:
                found.setdefault(one.identity, set()).add(one.digest)
            if not move.threads:
                for identity in self.by_identity:
                    found.setdefault(identity, set())
        return [(identity, frozenset(digests)) for identity, digests in found.items()]

    def thread(self, identity: str, digests: frozenset[str]) -> Thread | None:
        """The thread on the board: by its bytes (of equal ones by its identity, too), else by its identity."""
        same = self.by_identity.get(identity)
        text = digest(self._board.wikitext(same)) if same is not None else ""
        if text in digests:
            return same
        # Of two threads of one author and minute the second has the first one's identity once that is gone.
        other = same if text not in self._known else None
        return next((self.by_digest[one] for one in digests if one in self.by_digest), other)


def find_copy(
    archive: Board,
    identity: str,
    digests: frozenset[str],
    thread: Thread | None,
    snapshot: Snapshot,
    free: Callable[[int, int], bool],
) -> Copy | None:
    """The archived copy that is not the board's text: by its digest, else by identity and first comment.

    Only such as are ``free``: not another thread's.
    """
    for position, one in enumerate(archive.threads):
        last = position == len(archive.threads) - 1
        # What ends the page (a category, say) is the page's own to the reader, but went there with the thread.
        for end in (one.end, len(archive.text)) if last else (one.end,):
            if digest(archive.text[one.start : end]) in digests and free(one.start, end):
                return Copy(one.start, end, untouched=True)
    for one in archive.threads:
        if snapshot.memory.hash_of(one.identity) != identity or not free(one.start, one.end):
            continue
        if thread is None or opening(archive, one) == opening(snapshot.board, thread):
            # With the journal lost, a copy that has nothing of its own but a heading is taken for the bot's.
            untouched = not digests and thread is not None and not _own_lines(archive, one, snapshot.board, thread)
            return Copy(one.start, one.end, untouched)
    return None


def _own_lines(archive: Board, copy: Thread, board: Board, thread: Thread) -> list[str]:
    """What a copy has, heading aside, that the thread on the board has not."""
    body = archive.text[copy.heading.end if copy.heading else copy.start : copy.end]
    return lines_missing(body, board.wikitext(thread))


def opening(board: Board, thread: Thread) -> str:
    """A thread's first comment, heading aside."""
    start = thread.heading.end if thread.heading else thread.start
    return board.text[start : thread.comments[0].end if thread.comments else thread.end].strip()
