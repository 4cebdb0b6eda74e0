"""One noticeboard as read: threads, comments, marks, pins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
