"""What a community can set about notices."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from bot.settings.base import TaskSettings
from bot.settings.values import Count, Duration, PageTitle, TemplateName, at_least, at_most, between

News = Literal["answered", "resolved", "archived_unanswered"]
"""What whoever opened a thread can be told about it."""


class NotifySettings(TaskSettings):
    """Who is told about a thread, and what keeps the bot from telling."""

    subjects: Literal["notice", "remind", "observe", "off"] = "notice"
    """``notice`` [default]: the bot tells the people named; ``remind``: it says in the thread that nobody told them yet
    and that anyone may; ``observe``: it only counts who was told; ``off``: nothing."""

    reporters: tuple[News, ...] = ()
    """What those who opened a thread are told, any of ``answered``, ``resolved``, ``archived_unanswered`` [none]. A
    talk page tells everybody; the wiki's own notifications tell them alone."""

    wait: Annotated[Duration, at_least("5 min")] = timedelta(minutes=20)
    """How long after filing nobody is told [20 min]: people may tell each other, and bad reports be removed."""

    per_thread: Annotated[Count, between(1, 20)] = 5
    """A thread that names more people than this [5] leads to no notices at all."""

    per_reporter: Annotated[Count, between(1, 20)] = 3
    """How many notices the threads of one reporter lead to in a day, on all boards of the wiki together [3]."""

    same_pair: Annotated[Duration, at_least("1 day"), at_most("30 days")] = timedelta(days=7)
    """How long threads of one reporter lead to no second notice to the same person, on all boards together [7 days]."""

    reporter_min_edits: Annotated[Count, between(0, 1000)] = 10
    """Only reports by accounts with at least this many edits [10] lead to notices."""

    opt_out: PageTitle | None = None
    """A page where people list themselves to get no notices [none]. A line that links a person counts where the page's
    history shows that the person or an administrator put it there, whatever signature it bears."""

    template: TemplateName | None = None
    """The community's own notice, substituted instead of the bot's words [none]. It gets the board as ``1``, the page
    to link as ``2`` and the bot's name as ``3``."""

    told_by: tuple[TemplateName, ...] = ()
    """Templates by which people tell each other, for instance ``[ANI-notice]``: whoever got one was told."""
