"""``clerk report`` and ``clerk backfill`` from the command line, on the embedded wiki in place of the live one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli import wire
from bot.cli.backfill import backfill
from bot.cli.console import ATTENTION, DONE
from bot.cli.forms import Form
from bot.cli.look import Source
from bot.cli.report import Wanted, report
from bot.errors import OperatorProblem
from bot.figures import Period
from bot.operatorfile import WikiEntry
from bot.wiki.port import WikiError
from tests.test_backfill import BOARD, START, Replay, replay

CONFIG = """\
database: sqlite:///{database}
wikis:
  small:
    api: http://127.0.0.1:1/api.php
    settings: "User:Clerk/settings.yaml"
    run_page: "User:Clerk/run"
    trusted: [sysop]
"""
SETTINGS = """\
version: 1
boards:
  "Project:Incidents":
    resolved: {templates: [resolved]}
    responders: {groups: [sysop]}
report: {page: "Project:Report"}
"""


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Replay]:
    """An operator's file, and a wiki with a history behind it."""
    made = replay(2, 150)
    made.wiki.as_user("Root").edit("User:Clerk/settings.yaml", SETTINGS)
    config = tmp_path / "clerk.yaml"
    config.write_text(CONFIG.format(database=tmp_path / "clerk.db"), encoding="utf-8")

    @contextmanager
    def opened(*_: Any, **__: Any) -> Iterator[Any]:
        yield made.wiki

    monkeypatch.setattr(wire, "opened", opened)
    return config, made


def test_a_board_is_backfilled_and_reported_on(played: tuple[Path, Replay], tmp_path: Path) -> None:
    config, made = played
    out = tmp_path / "report.json"
    now = made.revisions[-1][1]
    wanted = Wanted(since=(now - timedelta(days=28)).replace(tzinfo=None), until=now.replace(tzinfo=None))

    assert report(config, wanted, Form.JSON, out, now) == ATTENTION
    assert backfill(config, "", BOARD, START.replace(tzinfo=None), None) == DONE
    assert report(config, wanted, Form.JSON, out, now) == DONE

    figures = {one["figure"]: one for one in json.loads(out.read_text(encoding="utf-8"))["figures"]}
    opened = sum(now - timedelta(days=28) <= one.opened < now for one in made.threads)
    assert figures["intake"]["value"] == opened


def test_a_backfill_that_is_stopped_says_how_to_go_on(
    played: tuple[Path, Replay], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config, made = played
    texts = made.wiki.revisions
    calls = iter(range(2))

    def interrupted(ids: Any) -> Any:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return texts(ids)

    monkeypatch.setattr(made.wiki, "revisions", interrupted)
    assert backfill(config, "", BOARD, START.replace(tzinfo=None), None) == ATTENTION
    assert "the same command goes on" in capsys.readouterr().err


@pytest.mark.parametrize("form", Form)
def test_every_form_is_written_to_its_file(played: tuple[Path, Replay], tmp_path: Path, form: Form) -> None:
    config, made = played
    backfill(config, "", BOARD, START.replace(tzinfo=None), None)
    out = tmp_path / "out"

    assert report(config, Wanted(Period.MONTH), form, out, made.revisions[-1][1]) == DONE
    assert "Incidents" in out.read_text(encoding="utf-8")


def test_of_several_wikis_those_without_figures_are_named(
    played: tuple[Path, Replay], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, made = played
    backfill(config, "", BOARD, START.replace(tzinfo=None), None)
    first = config.read_text(encoding="utf-8").partition("  small:\n")[2]
    config.write_text(f"{config.read_text(encoding='utf-8')}  away:\n{first}  young:\n{first}", encoding="utf-8")

    @contextmanager
    def opened(entry: WikiEntry, *_: Any, **__: Any) -> Iterator[Any]:
        if entry.name == "away":
            raise WikiError("the wiki does not answer")
        yield made.wiki

    monkeypatch.setattr(wire, "opened", opened)
    out = tmp_path / "report.json"

    assert report(config, Wanted(Period.MONTH), Form.JSON, out, made.revisions[-1][1]) == DONE
    left_out = {one["title"]: one["why"] for one in json.loads(out.read_text(encoding="utf-8"))["left_out"]}
    assert left_out == {"away": "away", "young": "unknown"}


@pytest.mark.parametrize("title", ["Project:Incidents", "wiki: incidents"])
def test_a_board_may_be_named_in_any_way_that_its_wiki_understands(
    played: tuple[Path, Replay], capsys: pytest.CaptureFixture[str], title: str
) -> None:
    config, made = played
    backfill(config, "", BOARD, START.replace(tzinfo=None), None)
    capsys.readouterr()

    assert report(config, Wanted(Period.MONTH, board=title), Form.JSON, None, made.revisions[-1][1]) == DONE
    assert {one["board"] for one in json.loads(capsys.readouterr().out)["figures"]} == {BOARD}

    board, rules = wire.read_board(Source(title, config))
    assert board.title == BOARD
    assert rules.closing


def test_wrong_use_is_told_in_words(played: tuple[Path, Replay]) -> None:
    config, made = played
    day = made.revisions[-1][1].replace(tzinfo=None)

    with pytest.raises(OperatorProblem, match="sets up no board"):
        backfill(config, "", "Project:Elsewhere", day, None)
    with pytest.raises(OperatorProblem, match="needs --since"):
        report(config, Wanted(until=day), Form.CSV, None)
    with pytest.raises(OperatorProblem, match="ends before it begins"):
        report(config, Wanted(since=day, until=day - timedelta(days=1)), Form.CSV, None)
