"""One thread's life as the journal keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# A quarter has at most 92 days; its report may come a week late and still count responders.
KEPT = timedelta(days=100)
"""How long after a thread left its board the hashes that stand for people, and its traces, are kept."""


class End(StrEnum):
    """How a thread's waiting ended."""

    RESOLVED = "resolved"
    """A mark that counts says so, or the report was removed on a board where that means handled."""
    WITHDRAWN = "withdrawn"
    """The reporter took it back."""
    ARCHIVED = "archived"
    """The bot moved it to an archive."""
    LEFT = "left"
    """It is gone from the board by other hands."""


AWAY = frozenset({End.ARCHIVED, End.LEFT})
"""The ends after which a thread is no longer on the board."""


@dataclass(frozen=True, slots=True)
class Ending:
    """An end, and until when it held: a thread may be opened again or put back. ``until`` is None while it holds."""

    end: End
    instant: datetime
    until: datetime | None = None

    def holds_at(self, instant: datetime) -> bool:
        """Whether the thread had ended so at an instant."""
        return self.instant <= instant and (self.until is None or instant < self.until)


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of one thread of one board.

    ``thread`` is the keyed hash of its identity when it was first seen (with the reading's instant, where an
    older thread had that name), ``alias`` that of its identity now. ``opened``
    is the instant of its first signature, or of the reading that first showed it where there is none. ``answered`` is
    the first comment by anybody but the reporter, ``responded`` the first by a responder (by the groups at the time of
    the reading), ``party`` when a party's mark was first seen. ``named`` counts the subjects, ``told`` those who
    were told or wrote in the thread, ``told_by_bot`` of these by the bot (``bot.observe.coverage``; not kept with the
    rest, 0 until asked for there). ``reposted`` says that its reporter had another thread leave the board without a
    responder's answer in the 30 days before. ``reporter`` and ``responders`` are keyed hashes, ``traces`` what is
    needed to follow the thread; these are emptied by ``forgotten``, and ``people_kept`` is then false.
    """

    thread: str
    alias: str
    opened: datetime
    answered: datetime | None = None
    responded: datetime | None = None
    party: datetime | None = None
    endings: tuple[Ending, ...] = ()
    participants: int = 0
    comments: int = 0
    named: int = 0
    told: int = 0
    told_by_bot: int = 0
    reposted: bool = False
    reporter: str = ""
    responders: tuple[str, ...] = ()
    traces: str = ""
    people_kept: bool = True

    def open_end(self, *ends: End) -> Ending | None:
        """The ending of one of these kinds that holds now; None where there is none."""
        return next((one for one in self.endings if one.until is None and one.end in ends), None)

    @property
    def away(self) -> bool:
        """Whether the thread is no longer on the board."""
        return self.open_end(*AWAY) is not None

    def in_words(self) -> str:
        """The endings as one string for a journal; ``endings_of`` reads it."""
        return " ".join(f"{one.end}/{_text(one.instant)}/{_text(one.until)}" for one in self.endings)


def endings_of(words: str) -> tuple[Ending, ...]:
    """What ``in_words`` wrote."""
    parts = (word.split("/") for word in words.split())
    return tuple(Ending(End(end), datetime.fromisoformat(begun), _instant(until)) for end, begun, until in parts)


def _text(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def forgotten(observations: Iterable[Observation], now: datetime) -> Iterator[Observation]:
    """The observations that still hold people's hashes after their time, each without them."""
    for one in observations:
        gone = one.open_end(*AWAY)
        if one.people_kept and gone is not None and now - gone.instant > KEPT:
            yield replace(one, reporter="", responders=(), traces="", people_kept=False)
