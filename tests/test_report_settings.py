"""The section ``report`` of the settings page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.figures.report import Goal, State
from bot.figures.shown import Kind
from bot.figures.spans import Calendar, Period
from bot.reading.facts import english
from bot.settings.report import ReportSettings
from bot.settings.schema import SettingsReading, read_settings

PAGE = """\
version: 1
boards:
  "Project:Incidents":
report:
  page: "Project:Noticeboard report"
"""


def read(*lines: str) -> SettingsReading:
    """The page with these lines in its report section."""
    return read_settings(PAGE + "".join(f"  {line}\n" for line in lines), english(), ())


def report(*lines: str) -> ReportSettings:
    """The section, which must be right."""
    reading = read(*lines)
    assert not reading.problems, [problem.message for problem in reading.problems]
    assert reading.settings is not None
    section = reading.settings.sections["report"]
    assert isinstance(section, ReportSettings)
    return section


def test_a_page_is_enough() -> None:
    found = report()

    assert (found.mode, found.periods, found.goals, found.warn) == ("plan", (Period.WEEK, Period.QUARTER), (), None)
    assert found.calendar == Calendar(0, 1, whole_weeks=True)


def test_the_example_of_the_manual_is_read() -> None:
    found = report(
        "mode: live",
        "every: [week, quarter]",
        "week_starts: sunday",
        "year_starts: july",
        "goals:",
        "  - {figure: first_answer, target: 4 h, tolerance: 20 %, action: ask for help,"
        ' owner: "Project:Admins", due: "2027-03-31"}',
        'warn: {page: "Project:Noticeboard report/Early warning", when: 2 x usual}',
    )

    assert found.calendar == Calendar(6, 7, whole_weeks=True)
    assert found.goals[0].goal() == Goal(
        Kind.FIRST_ANSWER, 4 * 3600.0, 0.2, "ask for help", "Project:Admins", date(2027, 3, 31)
    )
    assert found.warn is not None
    assert found.warn.when == 2.0


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("goals: [{figure: speed, target: 4 h}]", "intake"),
        ("goals: [{figure: first_answer, target: 20 %}]", "a duration"),
        ("goals: [{figure: unanswered, target: 4 h}]", "a percentage"),
        ("goals: [{figure: waiting, target: many}]", "a whole number"),
        ("goals: [{figure: waiting, target: 4, due: soon}]", "a day"),
        ("every: [day]", "week, month, quarter"),
        ("week_starts: payday", "monday"),
        ("warn: {page: X, when: usual}", "a multiple above 1"),
        ("warn: {page: X, when: 1 x usual}", "a multiple above 1"),
    ],
)
def test_what_does_not_fit_is_told_with_what_is_wanted(line: str, wanted: str) -> None:
    problems = read(line).problems

    assert len(problems) == 1
    assert wanted in problems[0].message
    assert problems[0].line == 6


@pytest.mark.parametrize(
    ("hours", "state"), [(3, State.ON_TRACK), (4, State.ON_TRACK), (4.5, State.DRIFTING), (5, State.OFF)]
)
def test_a_goal_is_met_missed_a_little_or_missed(hours: float, state: State) -> None:
    goal = Goal(Kind.FIRST_ANSWER, timedelta(hours=4).total_seconds(), 0.2)

    assert goal.state(timedelta(hours=hours).total_seconds()) is state


@pytest.mark.parametrize(("share", "state"), [(0.9, State.ON_TRACK), (0.75, State.DRIFTING), (0.5, State.OFF)])
def test_of_some_figures_more_is_better(share: float, state: State) -> None:
    assert Goal(Kind.TOLD, 0.8, 0.1).state(share) is state
