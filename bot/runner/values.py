"""What a run is told and what it tells: options in, a report of frozen values out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from bot.model import Account, Board, WikiInfo
from bot.plan import Decision


def _now() -> datetime:
    return datetime.now(UTC)


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How one run differs from the ordinary one, and the operator's limits.

    ``owner`` names the process that takes the lease. ``clock`` is the host's, for lease and deadline only; the wiki's
    own clock decides everything else. ``stop`` tells whether the run was asked to end (SIGTERM). ``leased`` says that
    the caller holds the wiki's lease for ``owner`` and will give it back. ``window`` is how many bytes of boards are in
    hand at once.
    """

    owner: str
    dry_run: bool = False
    all_due: bool = False
    board: str = ""
    task: str = ""
    edits_per_run: int = 50
    notices_per_day: int = 50
    seconds_per_run: int = 600
    clock: Callable[[], datetime] = _now
    stop: Callable[[], bool] = _never
    edits_per_day: int = 1000
    edits_per_board: int = 200
    kinds_per_day: Mapping[str, int] = field(default_factory=dict)
    failing_boards: int = 50
    leased: bool = False
    window: int = 8_000_000


class State(StrEnum):
    """What became of one edit."""

    SAVED = "saved"
    SAME = "already so"
    PLANNED = "planned"
    REFUSED = "refused"
    LEFT = "left to the next run"


class Outcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    LEASED = "another run is at work"
    STOPPED = "stopped"
    PAUSED = "paused"
    BARRED = "barred"
    BUSY = "busy"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class EditReport:
    """One edit: what the page held and what it holds (or would hold) after, and why where it was not saved."""

    task: str
    kind: str
    page: str
    state: State
    old: str
    new: str
    summary: str
    revision: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TaskReport:
    """What one task decided and did on one board; ``live`` is false where it only plans, ``why_not`` says why."""

    task: str
    live: bool
    decisions: tuple[Decision, ...] = ()
    edits: tuple[EditReport, ...] = ()
    why_not: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardReport:
    """One board: as read first in this run, and what the tasks did on it."""

    title: str
    board: Board | None = None
    tasks: tuple[TaskReport, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunReport:
    """One run on one wiki. ``problems`` are sentences for the operator; they name no user and quote nothing."""

    wiki: str
    outcome: Outcome
    run: int = 0
    now: datetime | None = None
    info: WikiInfo | None = None
    account: Account | None = None
    settings_revision: int = 0
    boards: tuple[BoardReport, ...] = ()
    problems: tuple[str, ...] = ()
    settings_problems: tuple[str, ...] = ()
    plan_pages: tuple[EditReport, ...] = ()

    @property
    def edits(self) -> tuple[EditReport, ...]:
        """Every edit of the run, in order."""
        return (*(edit for board in self.boards for task in board.tasks for edit in task.edits), *self.plan_pages)

    @property
    def needs_attention(self) -> bool:
        """Whether a person must look (exit code 1)."""
        ill = self.outcome in (Outcome.BARRED, Outcome.UNREACHABLE, Outcome.PAUSED)
        return ill or bool(self.problems) or any(_troubled(board) for board in self.boards)


def _troubled(board: BoardReport) -> bool:
    return bool(board.problems) or any(task.problems for task in board.tasks)


class Listener(Protocol):
    """Hears what a run is doing, for progress bars and logs. The words name no user and quote nothing."""

    def step(self, what: str, done: int, of: int) -> None:
        """``done`` of ``of`` pieces of ``what`` are done."""

    def said(self, line: str) -> None:
        """Something happened that a log should hold."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A listener that does not listen."""

    lines: list[str] = field(default_factory=list)

    def step(self, what: str, done: int, of: int) -> None:
        """Hear nothing."""

    def said(self, line: str) -> None:
        """Hear nothing."""
