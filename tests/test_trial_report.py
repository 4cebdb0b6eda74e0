"""The page that approvers ask for, from the journal of whole runs; and that a trial ends by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.cli.forms import PageForm
from bot.cli.trialreport import trial_report
from bot.journal import Journal
from bot.operatorfile import Trial
from bot.show import trial as shown
from tests.test_runner import busy
from tests.world import ARCHIVE, BOARD, World, thread

CONFIG = """\
database: sqlite:///clerk.db
wikis:
  embedded:
    api: http://127.0.0.1:9/w/api.php
    settings: "User:Clerk/settings.yaml"
    run_page: "User:Clerk/run"
    trusted: [sysop]
    approval: {notify: "Project:Approved"}
    trial: {archive: 6, summary: 5, until: 2026-12-31}
"""


@pytest.fixture
def made(tmp_path: Path) -> World:
    """A world whose journal is a file beside clerk.yaml, and whose archiving and summary are on trial."""
    (tmp_path / "clerk.yaml").write_text(CONFIG, encoding="utf-8")
    made = busy()
    made.journal = Journal(f"sqlite:///{tmp_path / 'clerk.db'}")
    trial = Trial({"archive": 6, "summary": 5}, date(2026, 12, 31))
    made.entry = replace(made.entry, approval_needed=True, approval={"notify": "Project:Approved"}, trial=trial)
    return made


def told(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: PageForm, task: str = "") -> str:
    capsys.readouterr()
    assert trial_report(tmp_path / "clerk.yaml", "", task, form) == 0
    return capsys.readouterr().out


def test_every_edit_of_a_trial_is_listed_with_its_diff_and_no_name(
    made: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made.run()
    (found,) = json.loads(told(tmp_path, capsys, PageForm.JSON))
    tasks = {one["task"]: one for one in found["tasks"]}
    own = {one.revision: one.title for one in made.wiki.contributions()}

    assert [edit["page"] for edit in tasks["archive"]["edits"]] == [ARCHIVE, BOARD]
    assert [own[edit["revision"]] for edit in tasks["archive"]["edits"]] == [ARCHIVE, BOARD]
    assert (tasks["archive"]["granted"], tasks["archive"]["left"]) == (6, 4)
    assert [edit["page"] for edit in tasks["notify"]["edits"]] == [None]
    assert tasks["notify"]["granted"] is None
    for edit in tasks["archive"]["edits"]:
        assert edit["diff"] == f"http://127.0.0.1:9/w/index.php?diff={edit['revision']}"
    for form in PageForm:
        page = told(tmp_path, capsys, form)
        assert "Eva" not in page
        assert all(str(edit["revision"]) in page for one in tasks.values() for edit in one["edits"])
    assert "== archive ==" not in told(tmp_path, capsys, PageForm.WIKITEXT, "notify")


def test_a_trial_of_edits_ends_by_itself_and_never_tears_a_move(
    made: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(10, 16):
        made.says("Alba", BOARD, made.text(BOARD) + "\n\n" + thread(number))
        made.run(all_due=True)
        (found,) = json.loads(told(tmp_path, capsys, PageForm.JSON, "archive"))
        (archive,) = found["tasks"]
        assert len(archive["edits"]) <= 6
        for one in range(10, number + 1):
            assert sum(made.copies(f"Words of report {one}.").values()) == 1

    assert (len(archive["edits"]), archive["left"]) == (6, 0)
    last = made.run(all_due=True)
    task = next(one for one in last.boards[0].tasks if one.task == "archive")
    assert not task.live
    assert "its trial is over" in task.why_not


def test_a_trial_ends_with_its_last_day(made: World) -> None:
    made.entry = replace(made.entry, trial=Trial({"archive": 50}, made.wiki.now.date()))
    made.run()
    assert ARCHIVE in made.bot_edits()
    before = made.bot_edits().count(ARCHIVE)
    made.wiki.advance(timedelta(days=1))
    made.says("Alba", BOARD, made.text(BOARD) + "\n\n" + thread(10))
    made.run(all_due=True)

    assert made.bot_edits().count(ARCHIVE) == before


def test_what_the_wiki_refused_is_listed(made: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made.wiki.protect(f"{BOARD}/Waiting", "sysop")
    made.run()
    (found,) = json.loads(told(tmp_path, capsys, PageForm.JSON, "summary"))

    assert [one["page"] for one in found["tasks"][0]["refused"]] == [f"{BOARD}/Waiting"]
    assert f"* refused: 2026-11-22 12:01, summary, [[:{BOARD}/Waiting]]" in told(tmp_path, capsys, PageForm.WIKITEXT)


def test_the_page_reads_well(snapshot: SnapshotAssertion, made: World) -> None:
    now = made.wiki.now
    edits = (
        shown.TrialEdit(now, BOARD, ARCHIVE, "archive", 7),
        shown.TrialEdit(now, BOARD, BOARD, "cut", 8),
        shown.TrialEdit(now, BOARD, "", "subject-notice", 9),
    )
    taken_back = (shown.TrialEdit(now, BOARD, BOARD, "uncut", 10),)
    refused = (shown.TrialEdit(now, BOARD, ARCHIVE, "archive", 0),)
    task = shown.TaskTrial("archive", 50, date(2027, 1, 31), "Project:Approved", edits, taken_back, refused, 1)
    trials = shown.Trials("enwiki", now, (task,), "https://wiki.example/w/index.php?diff=")

    assert shown.wikitext(trials) == snapshot
    assert shown.markdown(trials) == snapshot
