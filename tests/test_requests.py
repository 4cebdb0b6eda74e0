"""How many requests a run makes of a wiki: on the embedded wiki, and as a process on a real MediaWiki."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.runner import Outcome
from bot.wiki.embedded import EmbeddedWiki
from tests.conftest import LONG_SESSIONS, WikiMaker
from tests.end_to_end import Installation, accept
from tests.faultproxy import FaultProxy
from tests.mediawiki.people import People
from tests.mediawiki.server import BOT, Options, Server
from tests.proof import NAMES, Case, Pen
from tests.world import ARCHIVE, BOARD, NOW, PAGE, RUN_PAGE, SETTINGS, World, board, thread, world

BOARDS = 50
ARCHIVING = 9
"""One board, one archive page: settings and run page; board; archive page; the board's history; all pages again; the
archive is saved; all again; the board is cut; the board is read back."""
PER_ARCHIVE = 2
"""A save, and the read after it that is also the one before the next save."""
IDLE = 2
"""Settings and run page; the boards."""

BOARD_SETTINGS = """\
    mode: live
    quiet: 0 s
    resolved: {templates: [resolved]}
    archive: {resolved_after: 24 h, to: "{board}/Archive {counter}", keep_threads: 1}
"""


EVERY_TASK = """\
    subjects: {headings: true}
    responders: {groups: [sysop]}
    notify: {subjects: notice, reporters: [answered, resolved], wait: 20 min, reporter_min_edits: 0}
    summary: {page: "{board}/Waiting"}
    escalate: {page: "{board}/Overdue", unanswered_after: 2 h, open_after: 7 days}
"""


def page_of(titles: list[str], more: str = "") -> str:
    """A settings page with these boards."""
    boards = "".join(f'  "{title}":\n{BOARD_SETTINGS}{more.replace("{board}", title)}' for title in titles)
    return f'version: 1\nsupport: "Project:Help"\nboards:\n{boards}'


# -- the embedded wiki ----------------------------------------------------------------------------------------------


def warm(page: str = PAGE) -> World:
    """A board on which the bot worked before, with all that a journal keeps; five threads of it are due now."""
    made = world(*(thread(number, resolved=False) for number in range(1, 8)), page=page)
    made.run()
    made.says("Alba", BOARD, board(*(thread(number, resolved=number < 6) for number in range(1, 8))))
    made.wiki.requests = 0
    return made


def test_archiving_to_one_page_takes_nine_requests() -> None:
    made = warm()
    made.run()

    assert made.copies("Words of report 2.") == {ARCHIVE: 1}
    assert made.wiki.requests == ARCHIVING


@pytest.mark.parametrize(("threads_per_page", "pages"), [(3, 2), (2, 3)])
def test_each_further_archive_page_takes_two_requests_more(threads_per_page: int, pages: int) -> None:
    made = warm(PAGE.replace("keep_threads: 1", f"keep_threads: 1, max_threads: {threads_per_page}"))
    made.run()

    assert len([title for title in made.wiki.pages() if title.startswith(f"{BOARD}/Archive ")]) == pages
    assert made.wiki.requests == ARCHIVING + PER_ARCHIVE * (pages - 1)


def many_boards(groups: tuple[str, ...], more: str = "") -> World:
    """Boards with nothing to do, all of them looked at before."""
    wiki = EmbeddedWiki(bot="Clerk", groups=groups, now=NOW - timedelta(hours=2))
    wiki.add_user("Root", ["sysop"])
    made = World(wiki)
    titles = [f"Project:Board {number}" for number in range(BOARDS)]
    made.tell_accepted(made.says("Root", SETTINGS, page_of(titles, more)))
    made.says("Root", RUN_PAGE, "run")
    for title in titles:
        made.says("Alba", title, board(thread(1, resolved=False), thread(2, resolved=False)))
    wiki.set_now(NOW)
    made.run()
    wiki.requests = 0
    return made


@pytest.mark.parametrize("groups", [("bot",), ()])
def test_a_pass_with_nothing_to_do_takes_two_requests_whatever_the_bots_rights(groups: tuple[str, ...]) -> None:
    made = many_boards(groups)
    report = made.run()

    assert report.outcome is Outcome.DONE
    assert len(report.boards) == BOARDS
    assert not report.edits
    assert made.wiki.requests == IDLE


def test_a_look_with_nothing_to_do_for_any_task_asks_for_no_history_again() -> None:
    """Settings and run page; boards; lists; the accounts in the threads. Links to the openings are remembered."""
    made = many_boards(("bot",), EVERY_TASK)
    made.run(edits_per_run=500, edits_per_day=500)
    made.wiki.requests = 0
    made.wiki.asked.clear()
    lists = [title for title in made.wiki.pages() if title.endswith(("/Waiting", "/Overdue"))]
    report = made.run()

    assert len(lists) == 2 * BOARDS
    assert report.outcome is Outcome.DONE
    assert not report.edits
    assert made.wiki.asked["history"] == 0
    assert made.wiki.requests == IDLE + 2


def test_a_pass_in_which_nothing_is_due_takes_one_request() -> None:
    made = many_boards(("bot",))

    assert made.run(all_due=False).boards == ()
    assert made.wiki.requests == 1


# -- a process on a real MediaWiki ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ground:
    """A wiki whose bot has no high limits, with a proxy before it that counts."""

    server: Server
    people: People
    proxy: FaultProxy

    def installed(self, folder: Path, settings: str, run_page: str) -> Installation:
        """The bot, which has logged in and looked at everything once."""
        bot = Installation.make(folder, self.proxy.api)
        bot.point_to(self.proxy.api, settings=settings, run_page=run_page)
        bot.clerk("run", "--all")
        self.proxy.forget()
        return bot


@pytest.fixture(scope="module")
def ground(make_wiki: WikiMaker) -> Iterator[Ground]:
    server = make_wiki(Options(php=f"$wgGroupPermissions['bot']['apihighlimits'] = false; {LONG_SESSIONS}"))
    people = People(server)
    for name in NAMES:
        people.add_user(name, ["sysop"] if name == "Clara" else [])
    with FaultProxy(server.port) as proxy:
        yield Ground(server, people, proxy)


@pytest.mark.wiki
def test_a_process_takes_as_many_requests_to_archive(ground: Ground, tmp_path: Path) -> None:
    pen = Pen()
    first = pen.board(4, 0)
    case = Case(ground.people, ground.proxy, tmp_path, max_threads=100).settle(first)
    bot = ground.installed(tmp_path / "bot", case.settings, case.run_page)
    # What stood there stays: the bot would look into the history for threads that went.
    more = "".join(pen.thread(resolved=number % 4 != 0) for number in range(80))
    ground.people.as_user("Ana").edit(case.board, f"{first}{more}")

    bot.clerk("run", "--all")

    assert len(case.pages()) == 2
    assert len(ground.proxy.edits) == 2
    assert len(ground.proxy.requests) == ARCHIVING


@pytest.mark.wiki
def test_a_process_with_nothing_to_do_takes_two_requests(ground: Ground, tmp_path: Path) -> None:
    titles = [f"Project:Idle {number}" for number in range(BOARDS)]
    people, settings, run_page = ground.people, f"User:{BOT}/idle", f"User:{BOT}/idle run"
    accept(people, people.as_user("Clara").edit(settings, page_of(titles)), page=settings)
    people.as_user("Clara").edit(run_page, "run")
    for number in range(BOARDS):
        (tmp_path / f"{number}.txt").write_text(Pen().board(6, 0), encoding="utf-8")
    files = [str(file) for file in tmp_path.glob("*.txt")]
    ground.server.script("importTextFiles.php", "--user", "Ana", "--prefix", "Project:Idle ", *files)
    bot = ground.installed(tmp_path / "bot", settings, run_page)

    done = bot.json("run", "--all")

    assert len(done[0]["boards"]) == BOARDS
    assert len(ground.proxy.requests) == IDLE
    ground.proxy.forget()
    assert bot.json("run")[0]["boards"] == []
    assert len(ground.proxy.requests) == 1
