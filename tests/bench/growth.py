"""How the time of a pass grows with the board's size and with the boards, and that of a backfill with the revisions."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from bot.journal import Journal
from bot.model import Page
from bot.runner import Outcome, RunOptions, run
from bot.wiki.embedded import EmbeddedWiki
from tasks import ALL
from tests.bench import history
from tests.bench.curves import Curve, page
from tests.bench.figures import Figure
from tests.randomboards import START, BusyBoard
from tests.world import BOT, RUN_PAGE, SETTINGS, entry

SIZES = (50, 100, 200, 400, 900, 2000)
"""Board sizes in KB (1,000 bytes)."""
BOARDS = (1, 3, 10, 30, 100, 200)
REVISIONS = (100, 300, 1000, 3000, 10_000)
REPEATS = 3
PLOT = Path("growth.html")
MOST = 1.1

_BOARD_SIZE = 20_000
_REVISION_SIZE = 50_000
_NOW = START + timedelta(days=60)
_SETTINGS = """\
version: 1
support: "Project:Getting help"
defaults:
  resolved: {templates: [resolved, atop], closers: {groups: [sysop]}}
  subjects: {templates: [userlinks], headings: true}
  responders: {groups: [sysop]}
  archive: {resolved_after: 24 h, inactive_after: 10 days, to: "{board}/Archive {counter}"}
  notify: {subjects: notice}
boards:
"""
_BOARD = """\
  "Project:Board {number}":
    summary: {{page: "Project:Board {number}/Waiting"}}
    escalate: {{page: "Project:Board {number}/Overdue", unanswered_after: 12 h}}
"""


@dataclass(slots=True)
class Ground:
    """A wiki with equal boards, and a journal that a pass has warmed; a pass here plans everything and saves nothing.

    What is written follows from what is planned, and what saving takes is the wiki's.
    """

    wiki: EmbeddedWiki
    journal: Journal

    @classmethod
    def made(cls, boards: int, size: int) -> Ground:
        """So many boards of about so many characters each."""
        wiki = EmbeddedWiki(bot=BOT, now=_NOW - timedelta(days=1), max_page_bytes=4 * 1024 * 1024)
        wiki.add_user("Root", ["sysop"])
        numbers = range(1, boards + 1)
        settings = _SETTINGS + "".join(_BOARD.format(number=number) for number in numbers)
        wiki.as_user("Root").edit(SETTINGS, settings)
        wiki.as_user("Root").edit(RUN_PAGE, "run")
        for number in numbers:
            wiki.as_user("Ana").edit(f"Project:Board {number}", BusyBoard(number).board(size))
        wiki.set_now(_NOW)
        ground = cls(wiki, Journal())
        ground.pass_over(boards)
        return ground

    def pass_over(self, boards: int) -> None:
        """Let every task plan on every board. Raises AssertionError where one did not."""
        options = RunOptions(owner="bench", dry_run=True, all_due=True, clock=lambda: self.wiki.now)
        report = run(self.wiki, entry(), self.journal.of("embedded"), ALL, options)
        planned = [one for one in report.boards if not one.problems and len(one.tasks) == 4]
        assert (report.outcome, len(planned)) == (Outcome.DONE, boards), report.problems


def measure() -> Iterator[Figure]:
    """Fit all three curves and draw them."""
    curves = []
    for name, what, unit, points in (
        ("growth_size", "a pass over one board, by its size", "KB", size_points()),
        ("growth_boards", "a pass over boards of 20 KB, by their number", "boards", board_points()),
        ("growth_revisions", "a backfill of a board of 50 KB, by its revisions", "revisions", revision_points()),
    ):
        curve = Curve(name, what, unit, tuple(points))
        curves.append(curve)
        yield Figure(name, f"exponent: {what}", curve.exponent, None, "", most=MOST)
    PLOT.write_text(page(curves), encoding="utf-8")


def size_points(sizes: Sequence[int] = SIZES) -> Iterator[tuple[int, float]]:
    """CPU seconds of a pass over one board of each size."""
    for size in sizes:
        ground = Ground.made(1, size * 1000)
        yield size, least(partial(ground.pass_over, 1))


def board_points(numbers: Sequence[int] = BOARDS) -> Iterator[tuple[int, float]]:
    """CPU seconds of a pass over each number of boards."""
    for number in numbers:
        ground = Ground.made(number, _BOARD_SIZE)
        yield number, least(partial(ground.pass_over, number))


def revision_points(numbers: Sequence[int] = REVISIONS) -> Iterator[tuple[int, float]]:
    """CPU seconds of folding each number of revisions; making them is not counted."""
    for number in numbers:
        yield number, min(_fold(number) for _ in range(REPEATS if number < 3000 else 1))


def _fold(number: int) -> float:
    """The seconds of folding, without those of making the revisions, which come one at a time to spare the memory."""
    making = 0.0

    def pages() -> Iterator[Page]:
        nonlocal making
        made = history.revisions(number, size=_REVISION_SIZE)
        while True:
            begun = time.process_time()
            revision = next(made, None)
            making += time.process_time() - begun
            if revision is None:
                return
            yield revision

    gc.collect()
    begun = time.process_time()
    history.backfilled(pages())
    return time.process_time() - begun - making


def least(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The least CPU seconds of some runs: what disturbs a run only ever adds to it."""
    spent = []
    for _ in range(repeats):
        gc.collect()
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return min(spent)
