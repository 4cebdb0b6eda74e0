"""The ledger rebuilt from the bot's own contributions, when a journal does not know what the bot did (law 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bot.journal import UNCUT, Ledger, key_in
from bot.memory import Move, Told
from bot.model import Contribution

# How far back the contributions are read. Threads older than this are told to nobody, whatever the ledger says.
REACH = timedelta(days=731)
# Moves are known by journal and pages, not by the keys of their edits; but those that take copies out tell which.
_MOVING = frozenset({"archive", "cut", UNCUT})


def rebuild(contributions: Iterable[Contribution], boards: Iterable[str], hash_of: Callable[..., str]) -> Ledger:
    """What the keys in the bot's own edit summaries tell; ``contributions`` come newest first.

    An archive edit is a move half done only where no later cut of the same board is the bot's own; otherwise a person
    put the thread back. Which threads it moved the summaries do not tell: the move names none, and the archive task
    compares board and archive itself.
    """
    titles = {hash_of(board): board for board in boards}
    told: list[tuple[str, Told]] = []
    keys: dict[str, datetime] = {}
    cut: set[str] = set()
    taken_back: dict[str, int] = {}
    moves: dict[tuple[str, str], Move] = {}
    for one in contributions:
        key = key_in(one.summary)
        if key is None:
            continue
        if key.own and key.kind not in _MOVING:
            keys.setdefault(key.own, one.instant)
        if key.person:
            told.append((key.board, Told(key.person, key.thread, key.kind, one.instant)))
        place = (key.board, one.title)
        if key.kind == UNCUT:
            taken_back[key.board] = taken_back.get(key.board, 0) + 1
        elif key.kind == "cut" and taken_back.get(key.board):
            taken_back[key.board] -= 1
        elif key.kind == "cut":
            cut.add(key.board)
        elif key.kind == "archive" and key.board in titles and key.board not in cut:
            moves.setdefault(place, Move(titles[key.board], one.title, (), one.revision))
    # Oldest first, so that the first notice's instant is the last one kept.
    return Ledger(tuple(told), keys, tuple(reversed(moves.values())))
