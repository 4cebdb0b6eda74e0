"""What a community can set about notices."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from bot.settings.base import TaskSettings
from bot.settings.values import Count, Duration, at_least, between


class NotifySettings(TaskSettings):
    """Who is told about a thread, and what keeps the bot from telling."""

    subjects: Literal["notice", "observe", "off"] = "notice"
    """``notice`` [default]: the bot tells them; ``observe``: it only counts who was told; ``off``: nothing."""

    wait: Annotated[Duration, at_least("5 min")] = timedelta(minutes=20)
    """How long after filing nobody is told [20 min]: people may tell each other, and bad reports be removed."""

    per_thread: Annotated[Count, between(1, 20)] = 5
    """A thread that names more people than this [5] leads to no notices at all."""

    reporter_min_edits: Annotated[Count, between(0, 1000)] = 10
    """Only reports by accounts with at least this many edits [10] lead to notices."""
