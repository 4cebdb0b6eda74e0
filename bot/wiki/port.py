"""What the bot asks of a wiki, and the errors a wiki answers with; both adapters keep one contract test."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from bot.model import Account, Contribution, Page, PageAction, Revision, User


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer: the wiki's own clock and the pages asked for, keyed by the title as asked."""

    now: datetime
    pages: Mapping[str, Page]


@dataclass(frozen=True, slots=True)
class Write:
    """One save. Exactly one of ``text`` (the whole page) and ``section`` (text of a new section at the end) is given.

    ``base`` is the revision the text was made from; 0 means that the page must not exist yet (``createonly``). Any
    other base means that it must exist (``nocreate``), and the wiki merges or refuses what others saved since.
    """

    title: str
    base: int
    summary: str
    text: str | None = None
    section: str | None = None
    section_heading: str = ""
    minor: bool = False
    bot: bool = True


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did. ``revision`` is the new one, ``previous`` the one it replaced (0: none).

    ``previous`` other than the planned base means that the wiki merged. ``changed`` is false where the text was equal
    already; ``revision`` is then the one that stands.
    """

    revision: int
    previous: int
    instant: datetime
    changed: bool = True


class WikiError(Exception):
    """What a wiki can answer instead of doing as asked. The message never holds page text, names or URLs."""


class Conflict(WikiError):
    """Somebody else's edit overlaps ours, or a page was made or deleted meanwhile: nothing was saved."""


class Missing(WikiError):
    """The page to be changed does not exist: nothing was saved."""


class Refused(WikiError):
    """The wiki will not take this edit: nothing was saved.

    ``kind`` is one of: protected, cascade, title, spam, filter, size, rights, excluded, model, other.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Barred(WikiError):
    """The account is blocked, locked, or logged out: no write will succeed on this wiki in this run."""


class Busy(WikiError):
    """Lag, rate limit or read-only mode outlasted the patience of the run: nothing was saved, try the next run."""


class Doubtful(WikiError):
    """A write was sent and no clear answer came (time-out, 5xx, cut connection): it may or may not have been saved."""


class Unreachable(WikiError):
    """A read failed for good (network, server, no API at that address)."""


class Wiki(Protocol):
    """A wiki. Implementations batch to the API's limits, never resend a write, and answer in UTC.

    Users and titles are keyed in the answers exactly as they were asked for; each ``Page.title`` and ``User.name`` is
    the wiki's own normal form.
    """

    name: str

    def facts(self) -> Mapping[str, Any]:
        """The wiki's facts as API answers: ``{"query": …, "sample": {"time", "text"}}`` (data/README.md)."""

    def account(self) -> Account:
        """The account the bot acts as; an empty name when not logged in."""

    def read(self, titles: Collection[str], *, text: bool = True) -> Reading:
        """The current revisions of pages, with or without their text; redirects are not followed."""

    def revisions(self, ids: Collection[int]) -> Mapping[int, Page]:
        """Pages as of given revision ids; ids that the wiki does not know, or hides, are left out or ``hidden``."""

    def users(self, names: Collection[str]) -> Mapping[str, User]:
        """What the wiki says of these names: groups, edits, blocks, locks."""

    def history(
        self, title: str, *, since: datetime | None = None, text: bool = False, limit: int | None = None
    ) -> Iterator[Revision]:
        """A page's revisions, newest first, back to ``since``."""

    def contributions(self, *, since: datetime | None = None, limit: int | None = None) -> Iterator[Contribution]:
        """The bot account's own edits, newest first."""

    def redirects(self, titles: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """For each title, the titles of the redirects that lead to it."""

    def page_actions(self, titles: Collection[str]) -> Mapping[str, PageAction | None]:
        """For each title, who protected the page against edits or deleted it, as it stands now; None where neither."""

    def linking(self, title: str, *, namespaces: Collection[int], limit: int) -> tuple[Page, ...]:
        """Pages of these namespaces that link to a page itself, without text, at most ``limit``; no redirects.

        They come in the wiki's own order.
        """

    def save(self, write: Write) -> Saved:
        """Saves once, never resends. Raises Conflict, Missing, Refused, Barred, Busy or Doubtful."""

    def close(self) -> None:
        """Lets go of files and connections."""


@runtime_checkable
class Paced(Protocol):
    """A wiki whose saves keep a distance in time (Pywikibot's ``put_throttle``)."""

    def pause(self, pressed: Callable[[], bool]) -> bool:
        """Wait until the next save may be sent, or ``pressed`` says that time presses; tells whether it waited.

        The save after it waits no more, so that nothing lies between what is read last and the save (law 8).
        """
