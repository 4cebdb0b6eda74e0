"""Named bundles of settings: each can be used as it stands, and a board's own words come before it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.reading.facts import english
from bot.settings.presets import PRESETS, expand
from bot.settings.schema import BoardSettings, SettingsReading, read_settings
from bot.settings.yaml import read_document
from tasks import ALL
from tests.settings_examples import TASKS, ArchiveExample


def read(lines: str, defaults: str = "quiet: 60 s") -> SettingsReading:
    """Read a page with one board."""
    page = f'version: 1\nsupport: "Project:Help"\ndefaults: {{{defaults}}}\nboards:\n  Project board:\n'
    return read_settings(page + "".join(f"    {line}\n" for line in lines.split("\n")), english(), TASKS)


def board(lines: str, defaults: str = "quiet: 60 s") -> BoardSettings:
    """Read a board without problems."""
    reading = read(lines, defaults)
    assert [str(problem) for problem in reading.problems] == []
    assert reading.settings is not None
    return reading.settings.boards["Project board"]


def archive(settings: BoardSettings) -> ArchiveExample:
    """Give the archiving part of a board's settings."""
    task = settings.tasks["archive"]
    assert isinstance(task, ArchiveExample)
    return task


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_used_as_it_stands_with_the_real_tasks(name: str) -> None:
    page = f'version: 1\nsupport: "Project:Help"\nboards:\n  A:\n    preset: {name}\n'
    reading = read_settings(page, english(), ALL)
    assert [str(problem) for problem in reading.problems] == []
    assert reading.settings is not None
    assert reading.settings.boards["A"].preset == name
    assert all(task.mode == "plan" for task in reading.settings.boards["A"].tasks.values())


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_holds_nothing_that_would_be_left_out(name: str) -> None:
    document = read_document(PRESETS[name])
    assert document.root is not None
    names = tuple(task.name for task in ALL)
    assert len(expand(name, 1, 1, names).entries) == len(document.root.entries)


def test_the_boards_own_words_come_before_the_preset() -> None:
    settings = board("preset: incidents\narchive:\n  inactive_after: 5 days\nnotify: off")
    assert archive(settings).inactive_after == timedelta(days=5)
    assert archive(settings).unanswered_after == timedelta(days=14)
    assert list(settings.tasks) == ["archive"]
    assert settings.rules.pairs["Atop"] == "Abot"


def test_the_preset_that_a_board_names_comes_before_the_defaults_of_all() -> None:
    settings = board("preset: incidents", defaults="archive: {inactive_after: 9 days, max_size: 100 kB}")
    assert archive(settings).inactive_after == timedelta(hours=72)
    assert archive(settings).max_size == 100 * 1024


def test_the_defaults_may_name_a_preset_for_every_board() -> None:
    assert archive(board("mode: live", defaults="preset: admins")).inactive_after == timedelta(days=6)


def test_a_misspelt_preset_is_answered_with_the_nearest() -> None:
    reading = read("preset: incident")
    assert [problem.nearest for problem in reading.problems] == ["incidents"]
    assert reading.settings is not None
    assert reading.settings.boards == {}


def test_a_mistake_that_meets_a_preset_is_told_where_the_board_names_it() -> None:
    (problem,) = read("preset: incidents\narchive:\n  keep_threads: few").problems
    assert (problem.line, problem.path[-1]) == (8, "keep_threads")
