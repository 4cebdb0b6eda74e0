"""What ``clerk status`` and ``clerk health`` tell from the journal."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.console import Format
from bot.cli.status import health, status
from bot.journal import Journal, Key, Look, WikiJournal
from bot.plan import Edit, WholeText

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WIKI = """\
  {name}:
    api: http://127.0.0.1:9/api.php
    settings: "User:Boardclerk/settings.yaml"
    run_page: "User:Boardclerk/run"
    trusted: [sysop]
    approval: not needed
"""


def config(folder: Path, *names: str) -> Path:
    path = folder / "clerk.yaml"
    wikis = "".join(WIKI.format(name=name) for name in names)
    path.write_text(f"database: sqlite:///clerk.db\nwikis:\n{wikis}", encoding="utf-8")
    return path


def kept(folder: Path, name: str = "here") -> WikiJournal:
    return Journal(f"sqlite:///{folder / 'clerk.db'}").of(name)


def clock() -> datetime:
    return NOW


@pytest.mark.parametrize(
    ("outcome", "age", "code"),
    [("done", 59, 0), ("unreachable", 59, 0), ("stopped", 1, 0), ("done", 61, 1), (None, 0, 1)],
)
def test_health_asks_for_the_heartbeat_and_not_for_edits(
    tmp_path: Path, outcome: str | None, age: int, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    if outcome is not None:
        kept(tmp_path).beat(NOW - timedelta(minutes=age), outcome)

    assert health(config(tmp_path, "here"), 60, clock) == code
    assert ("here: no pass" in capsys.readouterr().err) == bool(code)


def test_one_wiki_without_heartbeat_is_enough_to_be_ill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept(tmp_path, "one").beat(NOW, "done")

    assert health(config(tmp_path, "one", "two"), 60, clock) == 1
    assert "two" in capsys.readouterr().err


def test_without_a_journal_the_bot_is_ill(tmp_path: Path) -> None:
    path = config(tmp_path, "here")
    (tmp_path / "clerk.db").write_text("This is a letter. " * 100)

    assert health(path, 60, clock) == 1


def test_status_tells_runs_dues_lease_and_what_waits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = kept(tmp_path)
    first = journal.begin_run(NOW - timedelta(hours=1))
    edit = Edit("archive", "cut", "Project:Incidents", 1, WholeText("x"), "Bot: work")
    key = Key("cut", journal.hash_of("Project:Incidents"))
    journal.saved(journal.intend(first, "Project:Incidents", edit, key, NOW), key, 7, NOW)
    journal.end_run(first, NOW - timedelta(minutes=59), "done", 3)
    died = journal.begin_run(NOW)
    journal.intend(died, "Project:Incidents", edit, key, NOW)
    journal.looked("Project:Incidents", "archive", Look(NOW, 1, 3))
    journal.looked("Project:Incidents", "notify", Look(NOW + timedelta(minutes=5), 1, 3))
    journal.take_lease("elsewhere:1", NOW, timedelta(minutes=15))
    journal.beat(NOW, "done")
    journal.complain("settings", 4, NOW)
    path = config(tmp_path, "here")

    assert status(path, "", Format.JSON, clock) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert [(run["run"], run["outcome"], run["saved"]) for run in told["runs"]] == [
        (died, "did not end", 0),
        (first, "done", 1),
    ]
    assert [(one["task"], one["now"]) for one in told["due"]] == [("archive", True), ("notify", False)]
    assert told["lease"]["owner"] == "elsewhere:1"
    assert (told["unsettled_writes"], told["complaints"], told["spent_today"]["edits"]) == (1, 1, 1)
    assert status(path, "", Format.TABLE, clock) == 0
    printed = capsys.readouterr().out
    for words in (
        "here: last pass",
        "elsewhere:1",
        "did not end",
        "no clear answer from the wiki",
        "1 edits",
        "in 5 min",
    ):
        assert words in printed
