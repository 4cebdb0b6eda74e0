"""Pages, their revisions, what administrators did to them, and what an account did to any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One page at one revision.

    ``revision`` is 0 where the page does not exist. ``text`` is None where it was not asked for, does not exist or is
    hidden (``hidden`` tells which). ``protection`` maps an action to the group or right that it takes. ``redirect`` is
    the target where the page is a redirect.
    """

    title: str
    revision: int = 0
    text: str | None = None
    instant: datetime | None = None
    editor: str = ""
    hidden: bool = False
    size: int = 0
    model: str = "wikitext"
    redirect: str | None = None
    protection: Mapping[str, str] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        """Whether the wiki has this page."""
        return self.revision > 0


@dataclass(frozen=True, slots=True)
class PageAction:
    """What an administrator did to a page and what is still so: its protection against edits, or its deletion.

    ``level`` is the group or right that editing (of a page that does not exist, creating) takes, "" where the page was
    deleted. ``by`` is "" where the log hides it. ``until`` is None where there is no end.
    """

    by: str
    since: datetime
    level: str = ""
    until: datetime | None = None

    @property
    def deleted(self) -> bool:
        """Whether the page was deleted."""
        return not self.level


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a page's history; ``text`` only where asked for and not hidden."""

    id: int
    instant: datetime
    editor: str
    summary: str
    size: int
    text: str | None = None
    hidden: bool = False
    reverted: bool = False


@dataclass(frozen=True, slots=True)
class Contribution:
    """One edit of an account: where, when, with which summary, whether it made the page or was undone since."""

    title: str
    revision: int
    instant: datetime
    summary: str
    created: bool = False
    reverted: bool = False
