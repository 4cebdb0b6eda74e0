"""The settings page on a real MediaWiki: mistakes told, mended, closed; others' words shown first; blank is paused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.journal import Journal
from bot.operatorfile import WikiEntry
from bot.runner import Outcome, RunOptions, RunReport, run
from bot.wiki.live import open_wiki
from tasks.archive import TASK as ARCHIVE_TASK
from tasks.summary import TASK as SUMMARY_TASK
from tests.boards import sign
from tests.conftest import HURRY, WikiMaker, pywikibot_folder
from tests.mediawiki.people import People
from tests.mediawiki.server import BOT, Options

pytestmark = pytest.mark.wiki

SETTINGS = f"User:{BOT}/settings.yaml"
TALK = f"User talk:{BOT}/settings.yaml"
RUN_PAGE = f"User:{BOT}/run"
BOARD = "Project:Incidents"
ARCHIVE = f"{BOARD}/Archive 1"

GOOD = f"""\
<syntaxhighlight lang="yaml">
version: 1
support: "Project:Getting help"
boards:
  "{BOARD}":
    mode: live
    quiet: 0 s
    resolved: {{templates: [resolved]}}
    archive: {{resolved_after: 24 h, keep_threads: 0, move_at_most: 100}}
    summary: {{page: "{BOARD}/Waiting"}}
  "Project:Helpdesk":
    archive: {{resolved_after: 3 days}}
</syntaxhighlight>
"""
# Three mistakes: a word for a number, a misspelt key, a day in words.
WRONG = GOOD.replace("keep_threads: 0", "keep_threads: few").replace("summary:", "sumary:").replace("3 days", "3 dayz")


@dataclass(slots=True)
class Scene:
    """A wiki with its people, and the bot with a journal."""

    people: People
    api: str
    folder: Path
    journal: Journal = field(default_factory=Journal)
    runs: int = 0

    def says(self, name: str, title: str, text: str) -> int:
        """Somebody saves a page."""
        return self.people.as_user(name).edit(title, text)

    def run(self) -> RunReport:
        """One run of everything."""
        self.runs += 1
        entry = WikiEntry(
            name="here",
            site="",
            api=self.api,
            settings=SETTINGS,
            run_page=RUN_PAGE,
            trusted=frozenset({"sysop"}),
            approval_needed=False,
        )
        wiki = open_wiki("here", api=self.api, account=BOT, folder=self.folder, patience=HURRY)
        try:
            tasks = (ARCHIVE_TASK, SUMMARY_TASK)
            return run(wiki, entry, self.journal.of("here"), tasks, RunOptions(f"run {self.runs}", all_due=True))
        finally:
            wiki.close()

    def text(self, title: str) -> str:
        """What stands on a page, "" where there is none."""
        answer = self.people.admin.call(
            action="query", prop="revisions", titles=title, rvprop="content", rvslots="main"
        )
        page = answer["query"]["pages"][0]
        return str(page["revisions"][0]["slots"]["main"]["content"]) if "revisions" in page else ""

    def edits(self) -> int:
        """How many edits the bot made."""
        answer = self.people.admin.call(action="query", list="usercontribs", ucuser=BOT, uclimit="max")
        return len(answer["query"]["usercontribs"])

    def settle(self) -> None:
        """A second run edits nothing, and neither does one that lost its journal."""
        done = self.edits()
        self.run()
        assert self.edits() == done
        self.journal = Journal()
        self.run()
        assert self.edits() == done


@pytest.fixture
def scene(make_wiki: WikiMaker, tmp_path: Path) -> Iterator[Scene]:
    server = make_wiki(Options())
    people = People(server)
    for name, groups in (("Root", ["sysop"]), ("Zoe", []), ("Ana", [])):
        people.add_user(name, groups)
    made = Scene(people, server.api, pywikibot_folder(tmp_path / "bot"))
    made.says("Root", RUN_PAGE, "run")
    made.says("Ana", BOARD, _board(2))
    made.says("Ana", "Project:Helpdesk", "Ask here.")
    yield made
    server.stop()


def _board(threads: int) -> str:
    now = datetime.now(UTC) - timedelta(days=3)
    texts = [
        f"== Report {n} ==\nWords {n}. {sign('Ana', now)}\n:{{{{resolved}}}} Done. {sign('Root', now)}\n"
        for n in range(threads)
    ]
    return "Write below.\n\n" + "\n".join(texts)


def _rows(text: str) -> list[str]:
    """The rows of the open table of mistakes."""
    table = re.search(r"<!-- bc:problems .*?<!-- /bc:problems -->", text, re.DOTALL)
    return re.findall(r"(?m)^\| (\d.*)$", table[0]) if table else []


def test_mistakes_are_told_once_updated_as_they_are_mended_and_closed_at_last(scene: Scene) -> None:
    scene.says("Root", SETTINGS, WRONG)
    report = scene.run()

    assert report.outcome is Outcome.DONE
    assert report.settings_problems
    told = scene.text(TALK)
    assert len(_rows(told)) == 3
    assert [row.split(":")[0] for row in _rows(told)] == ["9", "10", "12"]
    assert "sumary" in told
    # What is right goes on: nothing of the mistaken tasks ran.
    assert scene.text(ARCHIVE) == ""
    (edit,) = [one for one in report.edits if one.page == TALK]
    assert scene.people.flags(edit.revision) == (False, False)
    scene.settle()

    half = WRONG.replace("keep_threads: few", "keep_threads: 0").replace("sumary", "summary")
    scene.says("Root", SETTINGS, half)
    scene.run()

    told = scene.text(TALK)
    assert len(_rows(told)) == 1
    assert told.count("== Mistakes in the settings ==") == 1
    assert "Words 0." in scene.text(ARCHIVE)
    scene.settle()

    last = scene.says("Root", SETTINGS, GOOD)
    scene.run()

    told = scene.text(TALK)
    assert _rows(told) == []
    assert f"The mistakes were mended in [[Special:PermanentLink/{last}|revision {last}]]." in told
    scene.settle()


def test_others_words_do_not_count_until_they_were_shown_for_one_run(scene: Scene) -> None:
    first = scene.says("Root", SETTINGS, GOOD)
    scene.run()
    scene.says("Ana", BOARD, _board(2))
    scene.says("Zoe", SETTINGS, GOOD.replace("resolved_after: 3 days", "resolved_after: 15 min"))
    report = scene.run()

    assert report.settings_revision == first
    told = scene.text(TALK)
    assert "is in none of these groups: [[Special:ListUsers/sysop|sysop]]." in told
    assert f"revision {first}]] stays in force" in told
    assert "15 min" not in told
    scene.settle()

    # An administrator mends a typo above, and leaves what Zoe wrote.
    mended = scene.text(SETTINGS).replace("Getting help", "Getting more help")
    third = scene.says("Root", SETTINGS, mended)
    report = scene.run()

    assert report.settings_revision == first
    told = scene.text(TALK)
    assert "resolved&#95;after</code>: <code>3 days</code> → <code>15 min</code>" in told
    assert "Getting more help" not in told

    report = scene.run()

    assert report.settings_revision == third
    assert f"revision {third}]] by [[User:Root|Root]] is in force." in scene.text(TALK)
    scene.settle()


def test_a_blank_page_pauses_the_bot(scene: Scene) -> None:
    scene.says("Root", SETTINGS, GOOD)
    scene.run()
    scene.says("Zoe", SETTINGS, "")
    done = scene.edits()
    report = scene.run()

    assert report.outcome is Outcome.PAUSED
    assert scene.edits() == done
    scene.settle()

    scene.says("Root", SETTINGS, GOOD)
    assert scene.run().outcome is Outcome.DONE


def test_a_first_run_that_would_move_much_shows_its_plan_before_it_acts(scene: Scene) -> None:
    scene.says("Ana", BOARD, _board(21))
    revision = scene.says("Root", SETTINGS, GOOD)
    report = scene.run()

    told = scene.text(TALK)
    assert f"revision {revision}]] by [[User:Root|Root]] is in force." in told
    assert "moves 21 threads and tells 0 people" in told
    assert scene.text(ARCHIVE) == ""
    assert all(not task.live for board in report.boards for task in board.tasks)
    assert "21 threads" in scene.text(f"{SETTINGS}/Plan/{BOARD.replace('Project', 'Testwiki')}, archive")

    scene.run()

    assert "Words 20." in scene.text(ARCHIVE)
    scene.settle()
