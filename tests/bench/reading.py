"""Reading one large board: cold, warm, and the memory it takes."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator

import mwparserfromhell

from bot.reading.board import Reader
from bot.reading.facts import english
from tests.bench.figures import Figure, side_by_side
from tests.randomboards import RULES, BusyBoard

SIZE = 900_000
TITLE = "Project:Incidents"


def measure() -> Iterator[Figure]:
    """Read a board of 900 KB against ``mwparserfromhell.parse`` of the same text, in this process."""
    text = BusyBoard(1).board(SIZE)
    reader = Reader(english())
    ours, theirs = side_by_side(lambda: reader.board(TITLE, 1, text, RULES), lambda: mwparserfromhell.parse(text))
    yield Figure("read_cold", "a 900 KB board, never seen", ours, theirs, "s", bound=1)
    learned = reader.again(TITLE, 1, text, RULES)[1]
    middle = text.index("\n:", len(text) // 2)
    changed = f"{text[:middle]}\n:One more word. [[User:Ana|Ana]] 12:00, 1 May 2025 (UTC){text[middle:]}"
    ours, theirs = side_by_side(
        lambda: reader.again(TITLE, 2, changed, RULES, learned), lambda: mwparserfromhell.parse(changed)
    )
    yield Figure("read_warm", "the same after one thread in its middle changed", ours, theirs, "s", bound=1 / 20)
    yield Figure(
        "memory_read",
        "memory at its highest while that board is read",
        peak(lambda: reader.board(TITLE, 1, text, RULES)),
        peak(lambda: mwparserfromhell.parse(text)),
        "MB",
    )


def peak(work: Callable[[], object]) -> float:
    """How much memory Python takes at most during a call, in MB (10**6 bytes), beside what it held before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 10**6
    finally:
        tracemalloc.stop()
