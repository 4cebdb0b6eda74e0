"""The frozen values everything else speaks in: a wiki's facts, pages, users, comments, threads, boards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.messages import Gender

USER = 2
USER_TALK = 3
TEMPLATE = 10
CATEGORY = 14


@dataclass(frozen=True, slots=True)
class Namespace:
    """One namespace of a wiki: its number, local name, canonical English name and further aliases."""

    id: int
    name: str
    canonical: str
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that MediaWiki understands for it, the local one first, without repeats."""
        return tuple(dict.fromkeys((self.name, self.canonical, *self.aliases)))


@dataclass(frozen=True, slots=True)
class Sample:
    """What the wiki's pre-save transform made of ``~~~~~`` at a known instant (UTC)."""

    instant: datetime
    text: str


@dataclass(frozen=True, slots=True)
class WikiInfo:
    """A wiki's facts about itself, learned from one API request and one pre-save transform (data/README.md).

    ``months`` has twelve entries, January first, each with every form that the wiki names for that month (long,
    genitive, short), in that order and without repeats. ``max_page_bytes`` is ``maxarticlesize``. ``time_zone`` is an
    IANA name. ``article_path`` is the path of a page in URLs, ``$1`` standing for its title. ``namespace_numbers``
    follows from ``namespaces``: the number by every name that the wiki understands, in lower case with single spaces.
    """

    site_name: str
    language: str
    fallbacks: tuple[str, ...]
    rtl: bool
    version: str
    time_zone: str
    max_page_bytes: int
    first_letter: bool
    namespaces: Mapping[int, Namespace]
    special_pages: Mapping[str, tuple[str, ...]]
    magic_words: Mapping[str, tuple[str, ...]]
    months: tuple[tuple[str, ...], ...]
    messages: Mapping[str, str]
    extensions: frozenset[str]
    sample: Sample
    article_path: str = "/wiki/$1"
    namespace_numbers: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out once what every title is looked up in."""
        numbers = {
            " ".join(name.replace("_", " ").split()).lower(): number
            for number, space in self.namespaces.items()
            for name in space.names
        }
        object.__setattr__(self, "namespace_numbers", numbers)


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
class Block:
    """A block in force: by whom, since when, until when (None: no end), partial or not, talk page forbidden or not."""

    by: str
    since: datetime
    until: datetime | None = None
    partial: bool = False
    no_talk: bool = False


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
class User:
    """What a wiki says of a name. ``registered`` is false for IP addresses and names without an account."""

    name: str
    registered: bool = True
    groups: frozenset[str] = frozenset()
    edits: int = 0
    since: datetime | None = None
    block: Block | None = None
    locked: bool = False
    temporary: bool = False
    expired: bool = False
    renamed_to: str | None = None
    gender: Gender = Gender.UNKNOWN

    @property
    def bot(self) -> bool:
        """Whether the account is flagged as a bot."""
        return "bot" in self.groups


@dataclass(frozen=True, slots=True)
class Account:
    """The account the bot acts as: its name (empty when not logged in), groups and rights."""

    name: str
    groups: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()

    @property
    def batch(self) -> int:
        """How many titles, revisions or users one request may name (``apihighlimits``)."""
        return 500 if "apihighlimits" in self.rights else 50


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


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that MediaWiki would make: ``text`` as shown (markup reduced), offsets of its line in characters."""

    text: str
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comment:
    """A piece of a thread that ends in a signature.

    ``start`` and ``end`` are offsets in the board's text, ``signature`` is where its first link begins; ``end`` is the
    end of the timestamp. ``level`` and ``id`` are DiscussionTools' own.
    """

    author: str
    instant: datetime
    level: int
    start: int
    signature: int
    end: int
    id: str = ""


class Outcome(StrEnum):
    """What a mark says."""

    RESOLVED = "resolved"
    IN_PROGRESS = "in progress"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Mark:
    """Wikitext that says what became of a thread.

    ``name`` is the setting's own name for it (template without namespace, or the heading's words), ``signer`` and
    ``instant`` those of the signature that goes with it (empty and None where there is none: a heading's words).
    ``outcome_word`` is a status template's parameter or a heading field's value.
    """

    name: str
    outcome: Outcome
    start: int
    end: int
    signer: str = ""
    instant: datetime | None = None
    outcome_word: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """A mark that forbids archiving until an instant (None: for good)."""

    until: datetime | None
    start: int
    end: int


class Status(StrEnum):
    """What the bot concludes about a thread. A pin is apart from it."""

    UNANSWERED = "unanswered"
    OPEN = "open"
    STALE = "stale"
    IN_PROGRESS = "in progress"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Thread:
    """One report or discussion on a board: its span, its comments, and what its wikitext says about it.

    ``identity`` names the thread on its board whatever becomes of its heading (author and minute of the first
    signature, ordinal among equals). ``tied`` is the number of the closing pair that spans this thread and others
    (None: none). ``damage`` says in one word what swallows later text here ("comment", "nowiki", "table",
    "template"), or "". ``transcluded`` is true where the thread's text stands on another page. ``reopened`` is true
    where a signed comment follows the end of a closing pair inside the thread: that pair is then no mark. ``pages`` are
    titles that it names as concerned, apart from its ``subjects``. ``opened`` is the instant of the signature that
    opened it, whatever somebody put above that later; None in a thread without signatures.
    """

    heading: Heading | None
    start: int
    end: int
    identity: str
    comments: tuple[Comment, ...] = ()
    subheadings: tuple[Heading, ...] = ()
    reporter: str = ""
    subjects: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    pin: Pin | None = None
    tied: int | None = None
    damage: str = ""
    transcluded: bool = False
    reopened: bool = False
    pages: tuple[str, ...] = ()
    opened: datetime | None = None

    @property
    def last(self) -> datetime | None:
        """The newest instant of all comments, None in a thread without signatures."""
        return max((comment.instant for comment in self.comments), default=None)


@dataclass(frozen=True, slots=True)
class Board:
    """One noticeboard page as read: lead + threads + tail are its text, byte for byte (law 1).

    ``headings`` are all headings of the page in order; ``lead_comments`` the comments before the first thread and in
    text that belongs to no thread. ``unsafe_from`` is the offset from which on nothing may be moved (damage), or None.
    Threads need not touch: text between them (shallower headings and what follows them) stays on the board.
    """

    title: str
    revision: int
    text: str
    threads: tuple[Thread, ...]
    headings: tuple[Heading, ...] = ()
    lead_comments: tuple[Comment, ...] = ()
    tail_start: int = 0
    unsafe_from: int | None = None

    def wikitext(self, thread: Thread) -> str:
        """The thread's own bytes, heading and all."""
        return self.text[thread.start : thread.end]
