"""Tasks that look at all boards of a wiki at once: what they may see, and how the runner knows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.figures.report import BoardSeen
from bot.messages import Messages
from bot.model import Page, WikiInfo
from bot.plan import Memory, Need, Plan
from bot.settings.report import ReportSettings


@dataclass(frozen=True, slots=True)
class WikiSnapshot:
    """All that such a task may look at. ``changes`` are the instants at which other settings came into force.

    A page is in ``pages`` once a ``Need`` asked for it, even where it does not exist; a need can ask for pages only.
    """

    info: WikiInfo
    messages: Messages
    memory: Memory
    boards: tuple[BoardSeen, ...]
    changes: tuple[datetime, ...] = ()
    pages: Mapping[str, Page] = field(default_factory=dict)
    settings_page: str = ""


S = TypeVar("S", bound=ReportSettings)


@dataclass(frozen=True, slots=True)
class WikiTask(Generic[S]):
    """One task: its name (a section at the top of the settings page), its pure plan function, how often it looks."""

    name: str
    settings: type[S]
    plan: Callable[[WikiSnapshot, S, datetime], Plan | Need]
    every: timedelta
    needs_words: tuple[str, ...] = ()
