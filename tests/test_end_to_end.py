"""The main job on a real MediaWiki, as an operator runs it: to its end, killed anywhere, with people at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import end_to_end as e2e
from tests.conftest import WikiMaker
from tests.end_to_end import BOARD, SUBJECTS, Installation, State, found_state
from tests.faultproxy import FaultProxy, edit_number
from tests.mediawiki import server as mediawiki_server
from tests.mediawiki.people import People
from tests.mediawiki.server import Options, Server

pytestmark = pytest.mark.wiki


@dataclass(frozen=True)
class Scene:
    """A wiki with a busy board, the bot beside it, and a proxy in between."""

    people: People
    bot: Installation
    proxy: FaultProxy

    def state(self) -> State:
        """What stands on the wiki now."""
        return found_state(self.people)

    def edits(self) -> int:
        """How many edits the bot made."""
        return e2e.bot_edits(self.people)


@pytest.fixture(scope="module")
def settled(make_wiki: WikiMaker) -> Path:
    """The folder of a wiki with its community, to be copied for each test."""
    server = make_wiki(Options())
    e2e.settle_community(server)
    server.stop()
    return server.folder


@pytest.fixture
def new_scene(settled: Path, mediawiki_root: Path, tmp_path: Path) -> Iterator[Callable[[], Scene]]:
    """Makes scenes, each on a wiki of its own that is as the community left it."""
    open_ones: list[tuple[Server, FaultProxy]] = []

    def make() -> Scene:
        number = len(open_ones)
        server = Server(mediawiki_root, mediawiki_server.copy(settled, tmp_path / f"wiki-{number}")).start()
        proxy = FaultProxy(server.port)
        proxy.__enter__()
        open_ones.append((server, proxy))
        return Scene(People(server), Installation.make(tmp_path / f"bot-{number}", proxy.api), proxy)

    yield make
    for server, proxy in open_ones:
        proxy.__exit__()
        server.stop()


@pytest.fixture
def scene(new_scene: Callable[[], Scene]) -> Scene:
    """One scene."""
    return new_scene()


def assert_nothing_lost_or_doubled(before: State, after: State) -> None:
    """Law 2 for the comments, law 6 for the notices."""
    assert after.words == before.words
    assert [after.notices(name) for name in SUBJECTS] == [1] * len(SUBJECTS)


def test_a_run_does_what_the_preview_said_and_a_second_one_nothing(scene: Scene) -> None:
    before = scene.state()
    planned = {edit["page"]: edit["new"] for edit in scene.bot.json("preview", BOARD)["edits"]}
    assert scene.state() == before

    scene.bot.clerk("run")
    after = scene.state()

    for title, text in after.threads.items():
        assert text == planned[title.replace("Project:", "Testwiki:")].rstrip("\n"), title
    assert_nothing_lost_or_doubled(before, after)
    assert len(after.archives) == 2
    assert sum(text.count("\n== ") + text.startswith("== ") for text in after.archives.values()) == 46
    assert after.board.endswith("[[Category:Noticeboards]]")
    assert "Waiting: " in after.pages[f"{BOARD}/Waiting"]
    done = scene.edits()

    scene.bot.clerk("run", "--all")

    assert scene.edits() == done
    assert scene.state() == after


def test_a_lost_journal_changes_nothing(scene: Scene) -> None:
    scene.bot.clerk("run")
    after, done = scene.state(), scene.edits()
    scene.bot.forget()

    scene.bot.clerk("run", "--all")

    assert scene.edits() == done
    assert scene.state() == after


@pytest.fixture(scope="module")
def writes() -> int:
    """How many saves a whole run of the scene takes: two archives, the cut, a notice each, the summary."""
    return 2 + 1 + len(SUBJECTS) + 1


def test_a_run_makes_as_many_saves_as_the_kills_below_count_on(scene: Scene, writes: int) -> None:
    scene.bot.clerk("run")

    assert len(scene.proxy.edits) == writes


# Every request, with more faults, is gone through in test_archive_proof.py; here the whole job is killed.
@pytest.mark.parametrize(("place", "journal"), [("before", "kept"), ("after", "kept"), ("after", "lost")])
@pytest.mark.parametrize("number", range(1, 8))
def test_killed_at_any_save_the_next_run_finishes_the_work(scene: Scene, number: int, place: str, journal: str) -> None:
    before = scene.state()
    at = edit_number(number)
    (scene.proxy.call_before if place == "before" else scene.proxy.call_after)(at, scene.bot.kill)
    child = scene.bot.start("run")
    child.communicate(timeout=300)
    assert child.returncode == -9
    scene.proxy.forget()
    if journal == "lost":
        scene.bot.forget()

    scene.bot.clerk("run", "--all")

    assert_nothing_lost_or_doubled(before, scene.state())
    done = scene.edits()
    scene.bot.clerk("run", "--all")
    assert scene.edits() == done


def reply(scene: Scene, heading: str) -> Callable[[], object]:
    """A person who replies at the end of the thread with this heading."""

    def act() -> object:
        text = found_state(scene.people).board
        end = text.index("\n\n==", text.index(f"== {heading} =="))
        return scene.people.as_user("Zoe").edit(BOARD, f"{text[:end]}\n:: extra1 ~~~~{text[end:]}")

    return act


@pytest.mark.parametrize(
    ("heading", "number"),
    [
        # The first three saves are two archives and the cut; after the cut only what stays is on the board.
        *(("Report 0", number) for number in (1, 2, 3)),
        *(("Quiet since 11", number) for number in (1, 2, 3)),
        *(("Waiting 9", number) for number in (1, 2, 3, 4)),
    ],
)
def test_a_reply_in_the_middle_of_a_run_is_not_lost(scene: Scene, heading: str, number: int) -> None:
    before = scene.state()
    scene.proxy.call_before(edit_number(number), reply(scene, heading))

    scene.bot.clerk("run", code=None)
    scene.bot.clerk("run", "--all", code=None)

    after = scene.state()
    assert after.words == before.words + e2e.words_in("extra1")
    assert [after.notices(name) for name in SUBJECTS] == [1] * len(SUBJECTS)
    done = scene.edits()
    scene.bot.clerk("run", "--all")
    assert scene.edits() == done


def test_a_thread_removed_between_archive_and_cut_leaves_the_archive_too(scene: Scene) -> None:
    before = scene.state()

    def remove() -> None:
        text = found_state(scene.people).board
        start = text.index("== Report 3 ==")
        end = text.index("== Report 4 ==")
        scene.people.as_user("Zoe").edit(BOARD, text[:start] + text[end:])

    scene.proxy.call_after(edit_number(1), remove)
    scene.bot.clerk("run", code=None)
    scene.bot.clerk("run", "--all", code=None)

    after = scene.state()
    assert before.words - after.words == e2e.words_in("word0007 word0008")
    assert not after.words - before.words


def test_a_dry_run_writes_nothing(scene: Scene) -> None:
    before = scene.state()

    scene.bot.clerk("run", "--dry-run")

    assert scene.state() == before
    assert scene.proxy.edits == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda people: people.as_user("Clara").edit(e2e.RUN_PAGE, "stop"), "does not say run"),
        (lambda people: people.delete(e2e.RUN_PAGE), "does not exist"),
        (lambda people: people.delete(e2e.SETTINGS), "missing or blank"),
        (lambda people: people.as_user("Clara").edit(e2e.SETTINGS, ""), "missing or blank"),
        (lambda people: people.delete("Project:Incidents"), "does not exist"),
    ],
    ids=["run page stops", "no run page", "no settings", "blank settings", "no board"],
)
def test_whatever_is_missing_or_wrong_is_said_and_nothing_is_written(
    scene: Scene, change: Callable[[People], object], said: str
) -> None:
    change(scene.people)

    done = scene.bot.clerk("run", code=None)

    assert said in done.stdout + done.stderr
    assert scene.proxy.edits == []


def test_bad_settings_are_told_on_their_talk_page_and_the_accepted_ones_stay_in_force(scene: Scene) -> None:
    before = scene.state()
    scene.people.as_user("Clara").edit(e2e.SETTINGS, "version: [1")

    done = scene.bot.clerk("run", code=None)

    assert "settings.yaml:1:" in done.stdout + done.stderr
    assert scene.proxy.edits[0].parameters["title"] == e2e.SETTINGS.replace("User:", "User talk:")
    assert len(scene.state().archives) == 2
    assert_nothing_lost_or_doubled(before, scene.state())


def test_a_wiki_can_be_looked_at_by_its_address_without_any_file(scene: Scene, tmp_path: Path) -> None:
    nobody = Installation(tmp_path / "empty", scene.proxy.api)
    nobody.folder.mkdir()

    edits = nobody.json("preview", BOARD, "--wiki", scene.proxy.api)["edits"]
    read = nobody.json("threads", BOARD, "--wiki", scene.proxy.api)
    rows = nobody.json("explain", BOARD, "--wiki", scene.proxy.api)

    assert {edit["kind"] for edit in edits} >= {"archive", "cut", "summary"}
    assert len(read["threads"]) == 66
    assert {row["thread"] for row in rows} >= {"Report 0", "Pinned 2", "the whole board"}
    assert scene.proxy.edits == []


def test_the_doctor_finds_a_good_installation_well(scene: Scene) -> None:
    findings = scene.bot.json("doctor")

    assert all(finding["well"] for finding in findings), findings
