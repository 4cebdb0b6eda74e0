"""A run over many boards: how many requests it takes, and that it holds only a window of them in memory."""

from __future__ import annotations

import gc
import tracemalloc

from bot.runner import Outcome
from tests.randomboards import BusyBoard
from tests.sizes import cases
from tests.world import NOTIFY, PAGE, World, board, thread, world

BOARD_BYTES = 60_000
# More than the 50 titles that a request may name without the bot's right.
BOARDS = cases(60, 200)


def title(number: int) -> str:
    return f"Wiki:Board {number}"


def many(boards: int, *, rules: str = "") -> World:
    """A wiki with so many boards under equal settings, each with two reports to archive; nothing is written on them."""
    head, _, rest = PAGE.partition('  "Project:Incidents":\n')
    sections = "".join(f'  "Project:Board {number}":\n{rest}{rules}' for number in range(1, boards + 1))
    return world(page=head + sections.replace("Project:Incidents/", "Project:Board/"))


def written(boards: int) -> World:
    made = many(boards, rules=NOTIFY)
    for number in range(1, boards + 1):
        made.says("Alba", title(number), board(*(thread(one, names="Mallory") for one in range(1, 4))))
    return made


def test_in_windows_the_same_is_done_as_at_once() -> None:
    at_once, in_windows = written(5), written(5)

    assert at_once.run().outcome is Outcome.DONE
    report = in_windows.run(window=1)

    assert report.outcome is Outcome.DONE
    assert [one.title for one in report.boards] == [title(number) for number in range(1, 6)]
    assert in_windows.bot_edits() == at_once.bot_edits()
    pages = at_once.wiki.pages()
    assert {page: in_windows.text(page) for page in pages} == {page: at_once.text(page) for page in pages}
    assert in_windows.run(window=1).edits == ()


def test_a_pass_over_many_boards_asks_for_all_of_them_together() -> None:
    made = many(BOARDS)
    for number in range(1, BOARDS + 1):
        made.says("Alba", title(number), board(thread(1, resolved=False)))
    made.run()
    made.wiki.asked.clear()

    assert made.run().outcome is Outcome.DONE

    # settings and run page; all boards, which have the right of 500 titles a request: nothing else is asked
    assert made.wiki.asked["read"] == 2
    assert made.wiki.asked.total() <= 3, made.wiki.asked


def peak(boards: int) -> int:
    """The highest memory of a run in which nothing is written, in windows of two boards."""
    made = many(boards)
    for number in range(1, boards + 1):
        made.says("Alba", title(number), BusyBoard(number).board(BOARD_BYTES).replace("{{resolved", "{{tq"))
    made.run(window=2 * BOARD_BYTES, edits_per_run=0)
    gc.collect()
    tracemalloc.start()
    try:
        report = made.run(window=int(2.5 * BOARD_BYTES), edits_per_run=0)
        assert report.outcome is Outcome.DONE, report.problems
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_follows_the_window_and_not_the_number_of_boards() -> None:
    few, more = peak(2), peak(8)

    # six more boards held as the first two are would take three times as much again
    assert more < few * 1.5, (few, more)
