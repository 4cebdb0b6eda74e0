"""What a community can set about its report: the section ``report`` of the settings page."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_validator

from bot.figures.report import Goal
from bot.figures.shown import SHARES, WAITS, Kind
from bot.figures.spans import Calendar, Period
from bot.settings.base import SettingsModel, WideSettings
from bot.settings.values import PageTitle, Percent, Text, misfit, read_count, read_duration, read_percent

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_TIMES = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?) ?x(?: usual)?")


def _read_day(value: Any) -> date | None:
    """Read a day such as ``2027-03-31``."""
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as problem:
        raise misfit('a day such as "2027-03-31"') from problem


def _read_times(value: Any) -> float:
    """Read ``2 x usual`` as 2.0."""
    if isinstance(value, float):
        return value
    found = _TIMES.fullmatch(" ".join(str(value).lower().split()))
    if found is None or float(found[1]) <= 1:
        raise misfit('a multiple above 1, such as "2 x usual"')
    return float(found[1])


def _word(*words: str) -> BeforeValidator:
    """Make a reader of one word out of several."""

    def read(value: Any) -> str:
        if isinstance(value, str) and value.strip().lower() in words:
            return value.strip().lower()
        raise misfit(f"one of: {', '.join(words)}")

    return BeforeValidator(read)


class GoalSettings(SettingsModel):
    """One goal that the community set itself. There are none unless it sets some."""

    figure: Annotated[str, _word(*(kind.value for kind in Kind))]
    """The figure: ``first_answer``, ``first_response``, ``resolution``, ``unanswered`` and so on."""

    target: Text
    """What it should be at most (of ``closed``, ``told`` and ``responders``: at least): ``4 h``, ``20 %`` or ``10``."""

    tolerance: Percent = 0.0
    """How far beyond the target the figure only drifts [0 %]; farther off, the action is due."""

    action: Text = ""
    """What is done where the figure is off."""

    owner: Text = ""
    """The page or role that sees to it; never a person."""

    due: Annotated[date | None, BeforeValidator(_read_day)] = None
    """Until when."""

    boards: tuple[PageTitle, ...] = ()
    """The boards that the goal is for [all]."""

    @model_validator(mode="after")
    def _fits(self) -> GoalSettings:
        """Refuse a target that is no value of its figure."""
        self.goal()
        return self

    def goal(self) -> Goal:
        """The goal as the report takes it."""
        kind = Kind(self.figure)
        target: float
        if kind in WAITS:
            target = read_duration(self.target).total_seconds()
        elif kind in SHARES:
            target = read_percent(self.target)
        else:
            target = float(read_count(self.target))
        return Goal(kind, target, self.tolerance, self.action, self.owner, self.due, self.boards)


class WarnSettings(SettingsModel):
    """Early warning between two reports."""

    page: PageTitle
    """The page where the warning is put."""

    when: Annotated[float, BeforeValidator(_read_times)] = 2.0
    """How far a figure must have risen: ``2 x usual`` [default]."""


class ReportSettings(WideSettings):
    """Where the report on all boards of the page stands, how often it is posted, and what is wanted of the figures."""

    page: PageTitle
    """The page that leads to the reports; each report is a subpage of it."""

    every: tuple[Annotated[str, _word(*Period)], ...] = ("week", "quarter")
    """Which spans are reported on [week, quarter]: ``week``, ``month``, ``quarter``. With ``week`` among them, months
    and quarters are counted in whole weeks, those that begin in them: else what is left over would tell of single
    days."""

    week_starts: Annotated[str, _word(*_DAYS)] = "monday"
    """The first day of the week [monday]."""

    year_starts: Annotated[str, _word(*_MONTHS)] = "january"
    """The first month of the year [january], from which quarters are counted."""

    goals: tuple[GoalSettings, ...] = ()
    """What the community wants of the figures [nothing]."""

    escalate: PageTitle | None = None
    """The page on which each goal that is off when a span is over is put, once, as a new section with what is done
    about it [none]: a page of those who can act, such as ``Project talk:Admins``."""

    warn: WarnSettings | None = None
    """Early warning between two reports [none]."""

    @property
    def calendar(self) -> Calendar:
        """How the community counts weeks and quarters."""
        weekly = Period.WEEK in self.periods
        return Calendar(_DAYS.index(self.week_starts), _MONTHS.index(self.year_starts) + 1, whole_weeks=weekly)

    def on_paper(self, page: str) -> Self:
        """The same with every page below the one given."""
        warn = self.warn.model_copy(update={"page": f"{page}/warning"}) if self.warn is not None else None
        escalate = f"{page}/goals" if self.escalate is not None else None
        return self.model_copy(update={"page": page, "warn": warn, "escalate": escalate})

    @property
    def periods(self) -> tuple[Period, ...]:
        """The spans reported on, without repeats."""
        return tuple(dict.fromkeys(Period(one) for one in self.every))
