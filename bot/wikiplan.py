"""Tasks that look at all boards of a wiki at once: what they may see, and how the runner knows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from bot.figures.report import BoardSeen, LeftOut
from bot.memory import Memory
from bot.messages import Messages
from bot.model import Page, WikiInfo
from bot.plan import Need, Plan
from bot.settings.base import WideSettings
from bot.settings.result import BoardSettings


@dataclass(frozen=True, slots=True)
class RunKnown:
    """What is known of the run at work: its number, the settings revision it goes by, when a run last ended well."""

    number: int = 0
    settings_revision: int = 0
    last_done: datetime | None = None


@dataclass(frozen=True, slots=True)
class WikiSnapshot:
    """All that such a task may look at. ``changes`` are the instants at which other settings came into force.

    A page is in ``pages`` once a ``Need`` asked for it, even where it does not exist; a need can ask for pages only.
    ``settings`` are the boards' own, ``run`` is the run at work, ``left_out`` what cannot be among the boards.
    """

    info: WikiInfo
    messages: Messages
    memory: Memory
    boards: tuple[BoardSeen, ...]
    changes: tuple[datetime, ...] = ()
    pages: Mapping[str, Page] = field(default_factory=dict)
    settings_page: str = ""
    settings: Mapping[str, BoardSettings] = field(default_factory=dict)
    run: RunKnown = RunKnown()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Across:
    """What a task across wikis sees in place of one wiki's boards: the wikis, and when their settings changed.

    ``left_out`` are the wikis of which nothing can be shown.
    """

    boards: tuple[BoardSeen, ...]
    changes: tuple[datetime, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


S = TypeVar("S", bound=WideSettings)


@dataclass(frozen=True, slots=True)
class WikiTask(Generic[S]):
    """One task: its name (a section at the top of the settings page), its pure plan function, how often it looks."""

    name: str
    settings: type[S]
    plan: Callable[[WikiSnapshot, S, datetime], Plan | Need]
    every: timedelta
    needs_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenTask:
    """A task that the operator's file sets up, not the settings page, and what it sees."""

    task: WikiTask[Any]
    settings: WideSettings
    across: Across
