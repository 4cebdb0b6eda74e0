"""Laws 1 to 5 of archiving on a real MediaWiki: every request fails in every way, the bot is killed at each."""

from __future__ import annotations

import itertools
import math
import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from tests.conftest import LONG_SESSIONS, WikiMaker, pywikibot_folder
from tests.crowd import Crowd
from tests.end_to_end import Installation
from tests.faultproxy import Fault, FaultProxy, edit_number, number
from tests.mediawiki.people import People
from tests.mediawiki.server import Options
from tests.proof import CALM, HASTY, NAMES, Case, Pen, archive_first, moved_whole, threads, words
from tests.sizes import cases

pytestmark = pytest.mark.wiki

THREADS, DUE = 80, 60
# How many requests one archiving run makes with an empty journal, as a test below holds.
REQUESTS = 16
# The same of a fresh process.
PROCESS_REQUESTS = 21
LATE = "late"

C = TypeVar("C", bound=tuple[object, ...])


def share(every: Sequence[C]) -> list[C]:
    """All of them in the soak, else a tenth: seeded, of every kind at least one, over the requests as even as can be.

    A case is a request's number and then its kind.
    """
    if cases(0, 1):
        return list(every)
    dice = random.Random(5)
    numbers, kinds = sorted({one[:1] for one in every}), sorted({one[1:] for one in every}, key=repr)
    dice.shuffle(numbers)
    dice.shuffle(kinds)
    there = frozenset(every)
    # Each goes round by itself: all pairs have come when both are at their beginnings again, so one of them then slips.
    around = math.lcm(len(numbers), len(kinds))
    mixed = (numbers[at % len(numbers)] + kinds[(at + at // around) % len(kinds)] for at in itertools.count())
    return list(itertools.islice((one for one in mixed if one in there), max(len(kinds), len(every) // 10)))


@dataclass(frozen=True, slots=True)
class Ground:
    """A wiki on which every case has a board of its own, with the proxy before it."""

    people: People
    proxy: FaultProxy
    folder: Path

    def case(self, text: str, *, max_threads: int = 30, more: str = "") -> Case:
        """A new board; ``more`` goes into the archive's section of its settings."""
        self.proxy.forget()
        return Case(self.people, self.proxy, self.folder, max_threads, more).settle(text)


@pytest.fixture(scope="module")
def ground(make_wiki: WikiMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One wiki for all cases of a worker."""
    # Hundreds of cases would fill the cache that keeps who is logged in.
    server = make_wiki(Options(php=LONG_SESSIONS if cases(0, 1) else ""))
    people = People(server)
    for name in NAMES:
        people.add_user(name, ["sysop"] if name == "Clara" else [])
    with FaultProxy(server.port) as proxy:
        yield Ground(people, proxy, pywikibot_folder(tmp_path_factory.mktemp("proof")))


def assert_laws(case: Case, before: str) -> None:
    """Laws 1 to 4 after a complete run, where nobody else edited."""
    pages = case.pages()
    moved_whole(before, pages)
    assert len(pages) == 3, "two archives"
    assert words(pages[case.board]).total() == 2 * (THREADS - DUE), "all that is due has gone, and nothing else"
    archive_first(case)
    case.complete_run()
    assert not case.proxy.edits, "nothing was left to do"


def test_a_run_takes_as_many_requests_as_the_faults_below_count_on(ground: Ground) -> None:
    before = Pen().board(THREADS, DUE)
    case = ground.case(before)
    case.run(CALM)
    case = ground.case(before)

    case.complete_run()

    assert len(ground.proxy.requests) == REQUESTS
    assert len(ground.proxy.edits) == 3
    assert_laws(case, before)


FAULTS: tuple[Fault | str, ...] = (Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.ERROR_AFTER, Fault.HANG_AFTER, LATE)
FAULTY: list[tuple[int, Fault | str, str]] = list(itertools.product(range(1, REQUESTS + 1), FAULTS, ("kept", "lost")))


@pytest.mark.parametrize(("at", "fault", "journal"), share(FAULTY))
def test_whatever_request_fails_the_next_run_finishes_the_work(
    ground: Ground, at: int, fault: Fault | str, journal: str
) -> None:
    before = Pen().board(THREADS, DUE)
    case = ground.case(before)
    over, arrived = threading.Event(), threading.Event()
    if isinstance(fault, Fault):
        ground.proxy.fail(number(at), fault)
    else:
        # It reaches the wiki only when the run has given it up and ended.
        ground.proxy.call_before(number(at), over.wait)
        ground.proxy.call_after(number(at), arrived.set)

    case.run(HASTY if fault in (Fault.HANG_AFTER, LATE) else CALM)
    over.set()
    assert len(ground.proxy.requests) >= at
    assert fault != LATE or arrived.wait(60)
    if journal == "lost":
        case.lose_journal()
    case.complete_run()

    assert_laws(case, before)


KILLS = list(itertools.product(range(1, PROCESS_REQUESTS + 1), ("before", "after"), ("kept", "lost")))


@pytest.mark.parametrize(("at", "place", "journal"), share(KILLS))
def test_killed_at_any_request_the_next_run_finishes_the_work(
    ground: Ground, tmp_path: Path, at: int, place: str, journal: str
) -> None:
    before = Pen().board(THREADS, DUE)
    case = ground.case(before)
    bot = Installation.make(tmp_path / "bot", ground.proxy.api)
    bot.point_to(ground.proxy.api, settings=case.settings, run_page=case.run_page)
    (ground.proxy.call_before if place == "before" else ground.proxy.call_after)(number(at), bot.kill)

    child = bot.start("run")
    child.communicate(timeout=300)
    assert child.returncode == -9
    ground.proxy.forget()
    if journal == "lost":
        bot.forget()
    bot.clerk("run", "--all")

    assert_laws(case, before)


def test_a_process_takes_as_many_requests_as_the_kills_above_count_on(ground: Ground, tmp_path: Path) -> None:
    case = ground.case(Pen().board(THREADS, DUE))
    bot = Installation.make(tmp_path / "bot", ground.proxy.api)
    bot.point_to(ground.proxy.api, settings=case.settings, run_page=case.run_page)

    bot.clerk("run")

    assert len(ground.proxy.requests) == PROCESS_REQUESTS


def test_threads_taken_out_of_an_archive_while_they_are_cut_are_back_on_the_board_and_archived_later(
    ground: Ground,
) -> None:
    before = Pen().board(20, 14)
    case = ground.case(before, max_threads=8)

    def blank() -> None:
        first = min(title for title in case.pages() if title != case.board)
        case.people.as_user("Zoe").edit(first, "")

    ground.proxy.call_before(edit_number(3), blank)

    report = case.run()

    assert report is not None
    assert any(task.problems for board in report.boards for task in board.tasks)
    assert len(ground.proxy.edits) == 4, "two archives, the cut, what the cut lost"
    moved_whole(before, case.pages())
    assert words(case.text(case.board)).total() == 2 * 6 + 3 * 8
    case.complete_run()
    moved_whole(before, case.pages())
    assert words(case.text(case.board)).total() == 2 * 6
    archive_first(case)


INDEX = ', index: "{board}/Index"'
# That the index (the third save) failed only the journal knows: without it the next move there makes up for it.
UNINDEXED = [
    one
    for one in itertools.product(range(1, 5), (Fault.CUT_BEFORE, Fault.CUT_AFTER), ("kept", "lost"))
    if one != (3, Fault.CUT_BEFORE, "lost")
]


@pytest.mark.parametrize(("at", "fault", "journal"), share(UNINDEXED))
def test_whatever_save_fails_the_index_lists_all_that_was_archived(
    ground: Ground, at: int, fault: Fault, journal: str
) -> None:
    before = Pen().board(THREADS, DUE)
    case = ground.case(before, more=INDEX)
    ground.proxy.fail(edit_number(at), fault)

    case.run()
    if journal == "lost":
        case.lose_journal()
    case.complete_run()

    assert_laws(case, before)
    index = case.text(f"{case.board}/Index")
    rows = Counter(line.rpartition(" || ")[2] for line in index.split("\n") if line.startswith("| "))
    archives = {f"[[:{title}]]": len(threads(text)) for title, text in case.pages().items() if title != case.board}
    assert rows == archives


LINKS = ", links: {namespaces: [Project, User talk]}"


def test_links_to_archived_threads_are_mended_in_the_same_run_and_once(ground: Ground) -> None:
    case = ground.case(Pen().board(10, 5), more=LINKS)
    case.repair_links = ("project", "user talk")
    headings = [one.split("\n", 1)[0].strip("= ") for one in threads(case.text(case.board)) if "{{resolved}}" in one]
    talk, kept = f"User talk:Dora {case.number}", f"User talk:Ben {case.number}"
    open_link = f"[[{case.board}]]"
    case.people.as_user("Ben").edit(
        talk, f"[[{case.board}#{headings[0]}|one]] [[{case.board}#{headings[1]}]] {open_link}"
    )
    case.people.as_user("Ben").edit(kept, f"{{{{nobots}}}} [[{case.board}#{headings[0]}]]")
    case.people.run_jobs()

    case.complete_run()

    (archive,) = (title for title in case.pages() if title != case.board)
    assert case.text(talk) == (
        f"[[{archive}#{headings[0]}|one]] [[{archive}#{headings[1]}|{case.board}#{headings[1]}]] {open_link}"
    )
    assert case.text(kept).startswith("{{nobots}} [[Project:")
    requests = len(ground.proxy.edits)
    case.complete_run()
    assert requests == 3
    assert not ground.proxy.edits


RUNS = 10
# In the last of the share somebody moves by hand what the bot is moving.
CHAINS = sorted({*range(cases(2, 30)), 23})


@pytest.mark.parametrize("seed", CHAINS)
def test_with_people_at_work_at_any_instant_no_comment_is_lost_or_doubled(ground: Ground, seed: int) -> None:
    dice = random.Random(seed)
    pen = Pen()
    text = pen.board(20, 14)
    case = ground.case(text, max_threads=8, more=INDEX if seed % 2 else "")
    crowd = Crowd(case, dice, pen)
    crowd.begin(text)
    for _ in range(RUNS):
        ground.proxy.forget()
        crowd.file()
        for _ in range(dice.randrange(2, 7)):
            at = number(dice.randrange(4, REQUESTS))
            dice.choice([ground.proxy.call_before, ground.proxy.call_after])(at, crowd.act)
        case.run()
        ground.proxy.forget()
        crowd.restore()
        if dice.random() < 0.2:
            crowd.done.append("journal lost")
            case.lose_journal()
        crowd.done.append("complete run")
        case.complete_run()
        crowd.assert_law_2()
    archive_first(case)
    case.complete_run()
    assert not ground.proxy.edits, "nothing was left to do"
