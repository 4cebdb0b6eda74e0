"""One board's share of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.journal import WikiJournal
from bot.memory import Memory
from bot.model import Board
from bot.observe import Observation
from bot.plan import Plan, Task
from bot.runner.values import BoardReport, TaskReport
from bot.settings.schema import BoardSettings


@dataclass(slots=True)
class Job:
    """A board, the tasks that are due on it, and what they planned and did so far.

    ``plans`` and ``memory`` carry the epoch in which they were made: they hold until something is saved; of ``memory``
    what is the board's own holds until something is saved for this board. ``names`` hold for as long as the board has
    the same threads.
    """

    settings: BoardSettings
    tasks: list[Task[Any]]
    plans: dict[str, tuple[int, Plan]] = field(default_factory=dict)
    first: Board | None = None
    reports: list[TaskReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    memory: tuple[int, Memory] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    known: tuple[Board, tuple[Observation, ...]] | None = None

    @property
    def title(self) -> str:
        """The board's title."""
        return self.settings.title

    def recent(self, journal: WikiJournal, board: Board) -> tuple[Observation, ...]:
        """Give what was observed of the board's threads and of those not long gone; asked for once for one reading."""
        if self.known is None or self.known[0] is not board:
            here = [journal.hash_of(thread.identity) for thread in board.threads]
            self.known = (board, journal.recent(self.title, here))
        return self.known[1]

    def report(self) -> BoardReport:
        """Tell what became of the board."""
        return BoardReport(self.title, self.first, tuple(self.reports), tuple(self.problems))
