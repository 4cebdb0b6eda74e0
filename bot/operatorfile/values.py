"""What the operator's file says, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.settings.report import ReportSettings

SCHEDULE = "7,22,37,52 * * * *"
"""When ``clerk serve`` makes a pass, unless the operator's file says otherwise; the odd minutes spare the full hour."""


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What one run, or one day, may do at most.

    ``edits_per_board`` and ``kinds_per_day`` count by day, too; a kind is what the log calls an edit ("archive",
    "subject-notice"). ``failing_boards`` is the share of boards, in percent, past which a run stops.
    """

    edits_per_run: int = 50
    notices_per_day: int = 50
    seconds_per_run: int = 600
    edits_per_day: int = 1000
    edits_per_board: int = 200
    kinds_per_day: Mapping[str, int] = field(default_factory=dict)
    failing_boards: int = 50


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial that the community granted: how many edits by task, and until which day (that day included)."""

    edits: Mapping[str, int] = field(default_factory=dict)
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Where each task was approved, by task name; ``needed`` is false on wikis that have no such process."""

    pages: Mapping[str, str] = field(default_factory=dict)
    needed: bool = True


@dataclass(frozen=True, slots=True)
class WikiEntry:
    """One wiki that the bot serves.

    ``site`` is a Pywikibot family and code, ``api`` the address of any wiki's api.php; one of them is empty.
    ``trusted`` are the groups whose members may change the settings page and start the bot; ``allowed`` are titles and
    title beginnings (those that end in a slash or colon) that the bot may write besides the boards' own. ``approval``
    maps a task to the page where it was approved, ``run_pages`` a task to a run page of its own besides the wiki's.
    ``repair_links`` are the names of namespaces in which links to archived threads may be mended.
    """

    name: str
    site: str
    api: str
    settings: str
    run_page: str
    trusted: frozenset[str]
    allowed: tuple[str, ...] = ()
    approval: Mapping[str, str] = field(default_factory=dict)
    approval_needed: bool = True
    trial: Trial = Trial()
    run_pages: Mapping[str, str] = field(default_factory=dict)
    repair_links: tuple[str, ...] = ()

    def approved(self, task: str) -> bool:
        """Whether a task may write at all: approved, on trial, or on a wiki that asks for neither."""
        return not self.approval_needed or task in self.approval or task in self.trial.edits


@dataclass(frozen=True, slots=True)
class Programme:
    """The report across wikis: the wiki (as named in the file) where it stands, those it covers, its settings."""

    home: str
    wikis: tuple[str, ...]
    settings: ReportSettings


@dataclass(frozen=True, slots=True)
class Operator:
    """The whole file. ``database`` is SQLAlchemy's URL, a relative SQLite path made absolute beside the file.

    ``schedule`` are the five fields of cron (UTC) by which ``clerk serve`` works.
    """

    path: Path
    database: str
    limits: RunLimits
    wikis: Mapping[str, WikiEntry]
    programme: Programme | None = None
    schedule: str = SCHEDULE
