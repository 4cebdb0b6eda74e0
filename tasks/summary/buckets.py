"""What a waiting thread waits for: each thread stands in exactly one bucket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model import Status, Thread
from bot.observe import COVERAGE, coverage_of
from bot.reading.status import Conclusion


class Bucket(StrEnum):
    """The groups of the list, in the order in which they stand there."""

    DAMAGED = "damaged"
    UNANSWERED = "unanswered"
    LAST_WORD = "last-word"
    UNTOLD = "untold"
    CLOSING = "closing"
    PARTY = "party"
    PROGRESS = "progress"
    PINNED = "pinned"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A thread that waits, what was concluded about it, its bucket, and whether somebody named was not told yet."""

    thread: Thread
    concluded: Conclusion
    bucket: Bucket
    untold: bool = False


_BANDS = (timedelta(hours=12), timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=28))


def bucket_of(thread: Thread, concluded: Conclusion, *, untold: bool = False) -> Bucket | None:
    """The bucket of a thread; None when it waits for nothing.

    Neither a pin nor a word "in progress" hides that nobody has answered: whoever is in trouble waits all the same.
    ``untold`` says that somebody named does not know of the thread yet: one that would only wait for closing waits for
    that first, since nothing should be closed that a person concerned has not heard of.
    """
    if thread.damage:
        return Bucket.DAMAGED
    if concluded.status in (Status.RESOLVED, Status.WITHDRAWN):
        return None
    if concluded.closed_by_party:
        return Bucket.PARTY
    if not concluded.answered:
        return Bucket.UNANSWERED
    if concluded.status is Status.IN_PROGRESS:
        return Bucket.PROGRESS
    if concluded.last_word_by_reporter:
        return Bucket.LAST_WORD
    if untold:
        return Bucket.UNTOLD
    return Bucket.PINNED if thread.pin is not None else Bucket.CLOSING


def is_untold(thread: Thread, facts: Mapping[tuple[str, str], str], hash_of: Callable[..., str]) -> bool:
    """Whether somebody named was not told yet, as the notify task last saw it; never on a board without that task."""
    coverage = coverage_of(facts.get((COVERAGE, hash_of(thread.identity)), ""))
    return bool(thread.subjects) and coverage is not None and coverage.untold > 0


def age_band(thread: Thread, now: datetime) -> str:
    """The message key for how old a thread is. Bands, not clocks: a list changes only when a thread enters the next."""
    if thread.opened is None:
        return "age-band-unknown"
    return band_of(now - thread.opened)


def band_of(age: timedelta) -> str:
    """The message key of the band that an age lies in."""
    return f"age-band-{sum(age >= bound for bound in _BANDS)}"
