"""The settings page as values: what a good page says, what boards inherit, and how far a mistake reaches."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest

from bot.reading.facts import english
from bot.reading.rules import People
from bot.settings.base import SettingsModel
from bot.settings.problems import Stops
from bot.settings.schema import BoardSettings, Settings, SettingsReading, read_settings
from bot.settings.values import PATTERNS_ON_A_PAGE, PageTitle
from tasks import ALL
from tests.settings_examples import TASKS, ArchiveExample, NotifyExample, SummaryExample

GOOD = (Path(__file__).parent / "corpus" / "settings-good.txt").read_text(encoding="utf-8")


def test_more_patterns_than_can_be_tried_in_good_time_are_refused() -> None:
    def page(count: int) -> str:
        words = ", ".join(f"'/x{number}y{{20}}/'" for number in range(count))
        return (
            f"version: 1\ndefaults: {{quiet: 60 s}}\nboards:\n  A:\n    resolved:\n      headings:\n        [{words}]\n"
        )

    few, many = (
        read(page(count).replace(", ", ",\n        ")) for count in (PATTERNS_ON_A_PAGE, PATTERNS_ON_A_PAGE + 1)
    )

    assert few.problems == ()
    assert many.settings is None
    assert [problem.line for problem in many.problems] == [7 + PATTERNS_ON_A_PAGE]
    assert "201 patterns; one page can hold 200" in many.problems[0].message


def test_no_page_of_the_largest_size_takes_much_memory() -> None:
    """Under 200 MB, whatever stands on it: boards, lists, openers, patterns, odd spaces."""
    bodies = (
        "boards:\n" + "".join(f"  b{n}: {{preset: incidents}}\n" for n in range(60)),
        "a: [" * 5000,
        "- x\n" * 9000,
        "boards:\n  A:\n    resolved:\n      headings:\n" + "        - '/(a{1,9}){1,9}b/'\n" * 190,
        "k: \u00a0\t\n" * 5000,
    )
    for body in bodies:
        tracemalloc.start(1)
        read(f"version: 1\n{body}"[: 64 * 1024 - 200])
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 200_000_000, body[:40]


def read(text: str) -> SettingsReading:
    return read_settings(text, english(), TASKS)


def good(text: str) -> Settings:
    """Read a page that has no problems."""
    reading = read(text)
    assert [str(problem) for problem in reading.problems] == []
    assert reading.settings is not None
    return reading.settings


def board(text: str) -> BoardSettings:
    """Read the settings of one board, given its lines."""
    lines = "".join(f"    {line}\n" for line in text.split("\n"))
    return good(f'version: 1\nsupport: Project:Help\nboards:\n  "Project:X":\n{lines}').boards["Project:X"]


def local(title: str) -> str:
    """Give a title in the project namespace as the wiki of these tests writes it."""
    return f"{english().namespaces[4].name}:{title}"


def test_the_good_page_is_good() -> None:
    settings = good(GOOD)
    assert (settings.version, settings.language) == (1, "de")
    assert settings.support == local("Getting help")
    assert list(settings.boards) == [local("Incidents"), local("Vandalism"), local("Help desk")]
    assert settings.messages == {"summary-none": "Nothing waits."}


def test_a_board_is_read_by_the_rules_that_it_names() -> None:
    rules = good(GOOD).boards[local("Incidents")].rules
    assert (rules.style, rules.level, rules.quiet) == ("sections", 2, timedelta(seconds=60))
    assert rules.closing == ("Resolved", "Done")
    assert rules.pairs == {"Atop": "Abot"}
    assert rules.closing_headings == ("(erl.)", r"/\(done\)$/")
    assert (rules.progress, rules.progress_headings) == (("In progress",), ("(in Bearbeitung)",))
    assert rules.status_templates == {"Status": {"done": "resolved", "on hold": "in progress"}}
    assert (rules.heading_field, rules.withdrawn) == ("Result", ("Withdrawn",))
    assert rules.pins == ("Pin message", "Stay")
    assert (rules.subject_templates, rules.subjects_in_headings) == (("Userlinks", "Vandal"), True)
    assert rules.closers == People(frozenset({"sysop", "extendedconfirmed"}))
    assert rules.responders == People(frozenset({"sysop"}))
    assert rules.support == local("Getting help")


def test_a_task_is_on_where_its_section_stands_and_takes_its_own_settings() -> None:
    tasks = good(GOOD).boards[local("Incidents")].tasks
    assert list(tasks) == ["archive", "notify", "summary"]
    archive, notify, summary = tasks["archive"], tasks["notify"], tasks["summary"]
    assert isinstance(archive, ArchiveExample)
    assert archive.resolved_after == {"default": timedelta(hours=24), "not done": timedelta(hours=4)}
    assert archive.unanswered_after == timedelta(days=14)
    assert archive.max_size == 500 * 1024
    assert isinstance(notify, NotifyExample)
    assert notify.reporters == ("archived_unanswered",)
    assert isinstance(summary, SummaryExample)
    assert summary.page == local("Incidents/Waiting")


def test_a_board_has_the_defaults_under_its_own_keys() -> None:
    boards = good(GOOD).boards
    archive = boards[local("Incidents")].tasks["archive"]
    assert isinstance(archive, ArchiveExample)
    assert archive.keep_threads == 2
    assert boards[local("Vandalism")].rules.quiet == timedelta()
    assert boards[local("Vandalism")].rules.responders == People(frozenset(), local("Clerks"))
    assert boards[local("Help desk")].rules.responders == People(frozenset({"sysop"}))


def test_a_task_that_the_defaults_turn_on_can_be_off_on_one_board() -> None:
    boards = good(GOOD).boards
    assert "archive" not in boards[local("Vandalism")].tasks
    assert "archive" in boards[local("Help desk")].tasks


def test_a_task_takes_the_mode_of_its_board_unless_it_says_otherwise() -> None:
    boards = good(GOOD).boards
    incidents = boards[local("Incidents")]
    assert {name: task.mode for name, task in incidents.tasks.items()} == {
        "archive": "live",
        "notify": "live",
        "summary": "plan",
    }
    assert incidents.mode == "live"
    assert boards[local("Help desk")].tasks["archive"].mode == "plan"


def test_a_board_may_name_its_own_place_of_help() -> None:
    boards = good(GOOD).boards
    assert boards[local("Help desk")].rules.support == local("Private help")
    assert boards[local("Vandalism")].rules.support == local("Getting help")


def test_a_section_without_content_is_on_with_its_defaults() -> None:
    for written in ("archive:", "archive: {}", "archive: true"):
        assert board(written).tasks["archive"] == ArchiveExample()


def test_a_board_without_content_is_a_board_where_nothing_runs() -> None:
    assert good("version: 1\nboards:\n  A:\n").boards["A"].tasks == {}


def test_without_a_language_the_wikis_own_counts() -> None:
    assert good("version: 1\nboards:\n  A:\n    archive:\n").language == english().language


def test_a_list_in_a_board_replaces_the_list_in_the_defaults() -> None:
    settings = good("version: 1\ndefaults:\n  pins: [A, B]\nboards:\n  X:\n    pins: [C]\n  Y:\n")
    assert settings.boards["X"].rules.pins == ("C",)
    assert settings.boards["Y"].rules.pins == ("A", "B")


def test_a_mistake_in_a_task_stops_that_task_on_that_board_alone() -> None:
    reading = read(GOOD.replace("max_size: 500 kB", "max_size: huge"))
    assert reading.settings is not None
    assert list(reading.settings.boards[local("Incidents")].tasks) == ["notify", "summary"]
    assert list(reading.settings.boards[local("Help desk")].tasks) == ["archive"]
    (problem,) = reading.problems
    assert (problem.line, problem.column) == (34, 17)
    assert problem.path == ("boards", "Project:Incidents", "archive", "max_size")
    assert (problem.found, problem.stops, problem.board) == ("huge", Stops.TASK, local("Incidents"))


def test_a_mistake_in_a_boards_own_key_stops_that_board_alone() -> None:
    reading = read(GOOD.replace("level: 2", "level: 12"))
    assert reading.settings is not None
    assert list(reading.settings.boards) == [local("Vandalism"), local("Help desk")]
    assert [problem.stops for problem in reading.problems] == [Stops.BOARD]


def test_a_mistake_in_the_defaults_reaches_every_board_that_does_not_say_otherwise_and_is_told_once() -> None:
    reading = read(GOOD.replace("quiet: 60 s", "quiet: soon"))
    assert reading.settings is not None
    assert list(reading.settings.boards) == [local("Vandalism")]
    (problem,) = reading.problems
    assert (problem.path, problem.board) == (("defaults", "quiet"), "")


def test_a_page_that_cannot_be_read_gives_no_settings() -> None:
    for text in ("", "x", GOOD.replace("version: 1", "version: 2"), GOOD.replace("boards:", "board:", 1)):
        reading = read(text)
        assert reading.settings is None
        assert reading.problems


def test_people_in_need_are_shown_a_way_or_not_written_to() -> None:
    reading = read("version: 1\nboards:\n  X:\n    notify:\n    archive:\n")
    assert reading.settings is not None
    assert list(reading.settings.boards["X"].tasks) == ["archive"]
    assert "support: PAGE" in reading.problems[0].message


def test_settings_in_running_text_are_read_with_a_hint() -> None:
    assert read(GOOD).hints == ()
    assert "syntaxhighlight" in read("version: 1\nboards:\n  A:\n    archive:\n").hints[0]


def test_a_wrong_name_is_answered_with_the_nearest_right_one() -> None:
    (problem,) = read("version: 1\nboards:\n  X:\n    archiv:\n").problems
    assert problem.nearest == "archive"
    assert str(problem) == "line 4, column 5: boards > X > archiv: archiv: did you mean archive?"


@pytest.mark.parametrize(
    ("key", "home"),
    [("resolved_after", '"archive:"'), ("wait", '"notify:"'), ("level", '"threads:"'), ("closers", '"resolved:"')],
)
def test_a_key_at_the_wrong_depth_is_told_where_it_belongs(key: str, home: str) -> None:
    (problem,) = read(f"version: 1\nboards:\n  X:\n    {key}: 1\n").problems
    assert problem.message == f"{key} cannot stand here; it belongs under {home}"


class ReportExample(SettingsModel):
    """A further part of the page."""

    page: PageTitle


def test_further_parts_of_the_page_are_read_with_their_models() -> None:
    page = "version: 1\nboards:\n  A:\n    archive:\nreport:\n  page: project:report\n"
    settings = read_settings(page, english(), TASKS, {"report": ReportExample}).settings
    assert settings is not None
    assert settings.sections == {"report": ReportExample(page=local("Report"))}


def test_a_mistake_in_a_further_part_stops_that_part_alone() -> None:
    page = "version: 1\nboards:\n  A:\n    archive:\nreport:\n  pag: project:report\n"
    reading = read_settings(page, english(), TASKS, {"report": ReportExample})
    assert reading.settings is not None
    assert (reading.settings.sections, list(reading.settings.boards)) == ({}, ["A"])
    assert reading.problems[0].nearest == "page"


def test_a_page_that_names_help_is_not_told_to_name_it_when_something_else_is_wrong() -> None:
    page = """\
version: 1
support: "Project:Help"
boards:
  "Project:Incidents":
    notify: {subjects: notice}
messages:
  no-such-sentence: "x"
"""

    problems = read_settings(page, english(), ALL).problems

    assert [problem.line for problem in problems] == [7]
