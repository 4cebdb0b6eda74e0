"""What is due: when a task looks at a board again. Pure; the journal keeps the instants."""

from __future__ import annotations

from datetime import datetime, timedelta

# Clocks and schedulers are late or early by seconds: a task every 15 minutes under a tick of 15 minutes runs each time.
SLACK = timedelta(seconds=30)


def is_due(due: datetime | None, seen_settings: int, settings: int, now: datetime) -> bool:
    """Whether a task is to look: its instant has come, it never looked, or the settings changed since."""
    return due is None or seen_settings != settings or now + SLACK >= due


def next_look(now: datetime, every: timedelta, *, unfinished: bool) -> datetime:
    """When a task is to look next: at once where something was left to the next run, else after ``every``."""
    return now if unfinished else now + every
