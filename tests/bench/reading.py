"""Reading one board: cold, warm, again in a new process, and the memory it takes."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import mwparserfromhell

from bot.reading.board import Reader
from bot.reading.facts import english
from tests.bench.arena import Threads
from tests.bench.figures import PAIRS, Figure, side_by_side
from tests.randomboards import RULES, BusyBoard

SIZE = 900_000
TITLE = "Project:Incidents"
THREADS = 80


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
    yield from _in_new_processes()
    yield Figure(
        "memory_read",
        "memory at its highest while that board is read",
        peak(lambda: reader.board(TITLE, 1, text, RULES)),
        peak(lambda: mwparserfromhell.parse(text)),
        "MB",
    )


def _in_new_processes() -> Iterator[Figure]:
    """Read boards by what a journal kept, against reading them cold; each time in a process of its own."""
    board = BusyBoard(1)
    ours, cold, after = _kept_and_cold("".join(board.thread() for _ in range(THREADS)))
    what = f"a board of {THREADS} threads in a new process, by what the journal kept"
    yield Figure("read_again", f"{what}, and cold", ours, cold, "s", bound=0.4)
    yield Figure("read_again_changed", f"{what}, after one changed; what is then kept is written", after, cold, "s")
    ours, cold, _ = _kept_and_cold(Threads().board(THREADS, THREADS))
    yield Figure("read_again_short", f"{what}, five short comments in each", ours, cold, "s")


def _kept_and_cold(text: str) -> tuple[float, float, float]:
    """The seconds by what was kept, those cold, and those by what was kept before one thread changed."""
    middle = text.index("\n:", len(text) // 2)
    changed = f"{text[:middle]}\n:One more word. [[User:Ana|Ana]] 12:00, 1 May 2025 (UTC){text[middle:]}"
    with tempfile.TemporaryDirectory() as folder:
        same, other = Path(folder, "same.txt"), Path(folder, "changed.txt")
        same.write_text(text, encoding="utf-8")
        other.write_text(changed, encoding="utf-8")
        kept, used = Path(folder, "kept.db"), Path(folder, "used.db")
        # the first run notes what it saw, the second keeps what it read
        for _ in range(2):
            _again("kept", same, kept)

        def spent(way: str, file: Path) -> float:
            shutil.copyfile(kept, used)
            return _again(way, file, used)

        runs = [(spent("kept", same), spent("cold", same), spent("kept", other)) for _ in range(PAIRS)]
    ours, cold, after = (statistics.median(times) for times in zip(*runs, strict=True))
    return ours, cold, after


def _again(way: str, file: Path, database: Path) -> float:
    command = [sys.executable, "-m", "tests.bench.again", way, str(file), f"sqlite:///{database}"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peak(work: Callable[[], object]) -> float:
    """How much memory Python takes at most during a call, in MB (10**6 bytes), beside what it held before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 10**6
    finally:
        tracemalloc.stop()
