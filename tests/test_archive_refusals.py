"""What a real MediaWiki refuses: the board stays as it was, that is said without quoting, it goes on when it may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.runner import RunReport
from bot.wiki.live import open_wiki
from tests.conftest import WikiMaker, pywikibot_folder
from tests.faultproxy import FaultProxy
from tests.mediawiki.people import People
from tests.mediawiki.server import BOT, Options, Server
from tests.proof import CALM, NAMES, WIKI, Case, Pen, moved_whole, threads
from tests.test_wiki_live import set_filter

pytestmark = pytest.mark.wiki

ADDRESS = "refused-{}.example"


@dataclass(frozen=True, slots=True)
class Ground:
    """A wiki with the extensions that refuse edits."""

    server: Server
    people: People
    proxy: FaultProxy
    folder: Path

    @property
    def lock(self) -> Path:
        """The file that makes the wiki read-only while it is there."""
        return self.server.folder / "read-only"

    @property
    def captcha(self) -> Path:
        """The file that makes the wiki ask for captchas while it is there."""
        return self.server.folder / "captcha"


@pytest.fixture(scope="module")
def ground(make_wiki: WikiMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One wiki for all tests here."""
    # Since 2023 the bot group may pass the spam list; a login without that grant may not.
    php = "$wgRevokePermissions['bot']['sboverride'] = true; $wgReadOnlyFile = __DIR__ . '/read-only';"
    # Captchas are asked for while a file is there, of everybody but administrators.
    php += "$wgRevokePermissions['bot']['skipcaptcha'] = true; $wgCaptchaTriggers = array_fill_keys(['edit', 'create'],"
    php += " file_exists(__DIR__ . '/captcha')) + array_fill_keys(['addurl', 'createaccount', 'badlogin'], false);"
    extensions = ("SpamBlacklist", "TitleBlacklist", "AbuseFilter", "ConfirmEdit")
    server = make_wiki(Options(extensions=extensions, php=php))
    people = People(server)
    for name in NAMES:
        people.add_user(name, ["sysop"] if name == "Clara" else [])
    folder = pywikibot_folder(tmp_path_factory.mktemp("refusals"))
    with FaultProxy(server.port) as proxy:
        # Nobody can log in on a wiki that takes no writes: what a run does there a login kept from before shows.
        open_wiki(WIKI, api=proxy.api, account=BOT, folder=folder, patience=CALM).close()
        yield Ground(server, people, proxy, folder)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A way in which a wiki refuses: how it comes about, how it ends, a word of what is said about it."""

    comes: Callable[[Ground, Case], object]
    ends: Callable[[Ground, Case], object]
    said: str


def archive(case: Case) -> str:
    return f"{case.board}/Archive 1"


def cascade(ground: Ground, case: Case) -> None:
    ground.people.admin.edit(archive(case), "Older things.")
    ground.people.admin.edit(f"{case.board}/Above", f"{{{{{archive(case)}}}}}")
    ground.people.protect_cascading(f"{case.board}/Above")


REFUSALS = {
    "a list of forbidden titles": Refusal(
        lambda ground, case: ground.people.admin.edit(
            "MediaWiki:Titleblacklist", rf".*Proof {case.number}.Archive.* <noedit>"
        ),
        lambda ground, case: ground.people.admin.edit("MediaWiki:Titleblacklist", "# none"),
        "title",
    ),
    "a protected archive": Refusal(
        lambda ground, case: ground.people.protect(archive(case), "sysop"),
        lambda ground, case: ground.people.protect(archive(case), ""),
        "protected",
    ),
    "an archive under cascading protection": Refusal(
        cascade, lambda ground, case: ground.people.delete(f"{case.board}/Above"), "protected"
    ),
    "a protected board": Refusal(
        lambda ground, case: ground.people.protect(case.board, "sysop"),
        lambda ground, case: ground.people.protect(case.board, ""),
        "protected",
    ),
    "a block from the board alone": Refusal(
        lambda ground, case: ground.people.block(BOT, pages=[case.board]),
        lambda ground, case: ground.people.unblock(BOT),
        # The first run meets the refusal, the second one remembers it.
        "refused",
    ),
    "a block": Refusal(
        lambda ground, case: ground.people.block(BOT), lambda ground, case: ground.people.unblock(BOT), "blocked"
    ),
    "a captcha": Refusal(
        lambda ground, case: ground.captcha.touch(), lambda ground, case: ground.captcha.unlink(), "lacks the right"
    ),
    "a read-only wiki": Refusal(
        lambda ground, case: ground.lock.write_text("Moving house"),
        lambda ground, case: ground.lock.unlink(),
        "nothing was saved",
    ),
}


def told(report: RunReport) -> str:
    """All that a run says to people: problems, reasons, decisions."""
    tasks = [task for board in report.boards for task in board.tasks]
    return "\n".join(
        [
            *report.problems,
            *(problem for board in report.boards for problem in board.problems),
            *(problem for task in tasks for problem in task.problems),
            *(edit.reason for task in tasks for edit in task.edits),
            *(f"{one.verdict} {one.found} {one.wanted}" for task in tasks for one in task.decisions),
        ]
    )


def settled_case(ground: Ground) -> tuple[Case, str]:
    """A board of eight threads, one of which holds an address, and what stands on it."""
    case = Case(ground.people, ground.proxy, ground.folder)
    text = Pen().board(8, 6).replace("w0014 ", f"w0014 https://{ADDRESS.format(case.number)}/page ")
    case.settle(text)
    return case, text


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_what_the_wiki_refuses_leaves_the_board_as_it_was_and_is_told_without_the_address(
    ground: Ground, refusal: Refusal
) -> None:
    case, text = settled_case(ground)
    refusal.comes(ground, case)
    before = case.pages()
    try:
        for _ in range(2):
            report = case.run()
            assert report is not None
            assert refusal.said in told(report), told(report)
            assert "example" not in told(report)
            assert case.pages()[case.board] == before[case.board]
            moved_whole(text, case.pages())
    finally:
        refusal.ends(ground, case)

    # What a wiki refused without a sign beforehand is tried again after a day; an empty journal knows of no refusal.
    case.lose_journal()
    case.complete_run()

    moved_whole(text, case.pages())
    assert len(threads(case.pages()[archive(case).replace("Project:", "Testwiki:")])) == 4


def test_one_address_on_the_spam_list_keeps_its_own_thread_back_and_no_other(ground: Ground) -> None:
    case, text = settled_case(ground)
    ground.people.admin.edit("MediaWiki:Spam-blacklist", ADDRESS.format(case.number).replace(".", r"\."))

    report = case.run()

    assert report is not None
    assert "(spam)" in told(report), told(report)
    assert "held back the wiki's list of addresses refused the archive" in told(report)
    assert "example" not in told(report)
    moved_whole(text, case.pages())
    board = case.pages()[case.board]
    assert len(threads(board)) == 4, "the other threads went"
    assert "w0014 https" in board
    assert case.bot_edits() == 2

    ground.people.admin.edit("MediaWiki:Spam-blacklist", "# none")
    more = "".join(f"\n\n== New {n} ==\n{Pen().says('Ana', hours=n)}" for n in range(1, 4))
    case.people.as_user("Ana").edit(case.board, board + more)
    case.complete_run()

    assert "w0014 https" not in case.pages()[case.board]


def test_a_filter_stops_the_archive_and_nothing_else(ground: Ground) -> None:
    case, text = settled_case(ground)
    set_filter(ground.people, f'page_title contains "Proof {case.number}/Archive"', "Disallow")

    report = case.run()

    assert report is not None
    assert "filter" in told(report)
    assert case.pages() == {case.board: text.rstrip()}
