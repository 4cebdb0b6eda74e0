"""One board's share of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.memory import Memory
from bot.model import Board
from bot.plan import Plan, Task
from bot.runner.values import BoardReport, TaskReport
from bot.settings.schema import BoardSettings


@dataclass(slots=True)
class Job:
    """A board, the tasks that are due on it, and what they planned and did so far.

    ``plans`` and ``memory`` carry the epoch in which they were made: they hold until something is saved. ``names`` hold
    for as long as the board has the same threads.
    """

    settings: BoardSettings
    tasks: list[Task[Any]]
    plans: dict[str, tuple[int, Plan]] = field(default_factory=dict)
    first: Board | None = None
    reports: list[TaskReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    memory: tuple[int, Memory] | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The board's title."""
        return self.settings.title

    def report(self) -> BoardReport:
        """Tell what became of the board."""
        return BoardReport(self.title, self.first, tuple(self.reports), tuple(self.problems))
