"""What reading the settings page gives: the page as frozen values, and its problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.reading.rules import Rules
from bot.settings.base import SettingsModel, TaskSettings
from bot.settings.problems import SettingsProblem

PROBLEM_LIMIT = 100
"""At most so many problems of one page are told."""


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """One board: its title as the wiki writes it, how it is read, its mode, its tasks' settings by task name."""

    title: str
    rules: Rules
    mode: Literal["plan", "live"] = "plan"
    tasks: Mapping[str, TaskSettings] = field(default_factory=dict)
    preset: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole page. ``boards`` are in page order, keyed by title; a board that a problem stopped is not among them.

    ``messages`` are the community's own words by message key. ``sections`` are further parts of the page by name.
    """

    version: int
    language: str
    support: str = ""
    boards: Mapping[str, BoardSettings] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, SettingsModel] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SettingsReading:
    """What reading a page gave. ``settings`` is None where the page as a whole cannot be used; ``hints`` are advice."""

    settings: Settings | None
    problems: tuple[SettingsProblem, ...] = ()
    hints: tuple[str, ...] = ()


def capped(problems: Iterable[SettingsProblem]) -> tuple[SettingsProblem, ...]:
    """Keep the first problems, and say that there are more."""
    kept = tuple(problems)
    if len(kept) <= PROBLEM_LIMIT:
        return kept
    last = kept[PROBLEM_LIMIT]
    hint = f"{len(kept) - PROBLEM_LIMIT} more problems from here on are not shown"
    return (*kept[:PROBLEM_LIMIT], SettingsProblem(last.line, last.column, (), hint=hint, stops=last.stops))
