"""What a waiting thread waits for: each thread stands in exactly one bucket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model import Status, Thread
from bot.reading.status import Conclusion


class Bucket(StrEnum):
    """The groups of the list, in the order in which they stand there."""

    DAMAGED = "damaged"
    UNANSWERED = "unanswered"
    LAST_WORD = "last-word"
    CLOSING = "closing"
    PARTY = "party"
    PROGRESS = "progress"
    PINNED = "pinned"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A thread that waits, what was concluded about it, and its bucket."""

    thread: Thread
    concluded: Conclusion
    bucket: Bucket


_BANDS = (timedelta(hours=12), timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=28))


def bucket_of(thread: Thread, concluded: Conclusion) -> Bucket | None:
    """The bucket of a thread; None when it waits for nothing.

    Neither a pin nor a word "in progress" hides that nobody has answered: whoever is in trouble waits all the same.
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
    return Bucket.PINNED if thread.pin is not None else Bucket.CLOSING


def age_band(thread: Thread, now: datetime) -> str:
    """The message key for how old a thread is. Bands, not clocks: a list changes only when a thread enters the next."""
    if thread.opened is None:
        return "age-band-unknown"
    return f"age-band-{sum(now - thread.opened >= bound for bound in _BANDS)}"
