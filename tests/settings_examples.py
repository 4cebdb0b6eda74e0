"""Small tasks with settings of every kind, for the tests of the settings page; real tasks have tests of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

from bot.plan import Need, Plan, Snapshot, Task
from bot.settings.base import TaskSettings
from bot.settings.values import (
    Count,
    Duration,
    OptionalDuration,
    PageTitle,
    Size,
    TemplateName,
    Text,
    TitlePattern,
    at_least,
    between,
)


class ArchiveExample(TaskSettings):
    """What an archiving task might take."""

    resolved_after: Annotated[Duration, at_least("15 min")] | Mapping[str, Duration] = timedelta(hours=24)
    inactive_after: Annotated[OptionalDuration, at_least("1 h")] = None
    unanswered_after: Annotated[OptionalDuration, at_least("1 h")] = None
    to: TitlePattern = "{board}/Archive {counter}"
    max_size: Annotated[Size, between(1024, 2**21, "bytes")] = 500 * 1024
    keep_threads: Annotated[Count, between(0, 100)] = 4
    header: Text = ""
    takeover: bool = False


class NotifyExample(TaskSettings):
    """What a telling task might take."""

    subjects: Literal["notice", "observe", "off"] = "notice"
    reporters: tuple[Literal["answered", "resolved", "archived_unanswered"], ...] = ()
    wait: Annotated[Duration, at_least("5 min")] = timedelta(minutes=20)
    per_thread: Annotated[Count, between(1, 20)] = 5
    template: TemplateName | None = None


class SummaryExample(TaskSettings):
    """What a listing task might take."""

    page: PageTitle
    stale_after: Annotated[Duration, at_least("1 h")] = timedelta(hours=48)


def _plan(snapshot: Snapshot, settings: TaskSettings, now: datetime) -> Plan | Need:
    return Plan()


def _hourly(settings: TaskSettings) -> timedelta:
    return timedelta(hours=1)


TASKS = (
    Task("archive", ArchiveExample, _plan, _hourly),
    Task("notify", NotifyExample, _plan, _hourly),
    Task("summary", SummaryExample, _plan, _hourly),
)


HOSTILE = [
    "'", '"', "[", "{", "- ", ": ", "a: ", "? ", "&a ", "*a ", "\n", " ", "\t", "a: b: c\n", "\ufeff", "{{", "\\",
    "'\n", "|\n", "<pre>\n", "a:\n ", "é", "#", "a\n", "<!--", "…", "\u2028",
]  # fmt: skip
"""Pieces of which a page of the largest size is made up to keep a reader busy."""


def hostile_page(piece: str, size: int = 65_000) -> str:
    """A page of about so many bytes, at most, that holds one piece over and over."""
    return (piece * (size // len(piece.encode()) + 1)).encode()[:size].decode(errors="ignore")
