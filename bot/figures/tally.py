"""Counts what happened on a board in a span of time, exactly; nothing of this is shown before it was guarded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.figures.spans import Span
from bot.observe import End, Observation
from bot.observe.values import AWAY

BANDS = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=28))
"""Where one age band of waiting threads ends and the next begins."""

_CLOSED = (End.RESOLVED, End.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened in one span, by events: a thread counts where its event lies, whenever it was opened.

    ``waiting`` counts, by age band, the threads that waited at the span's end. The waits are in seconds, ascending, of
    the first answers, first responses and resolutions that fell into the span. ``unanswered`` counts those of the
    ``intake`` that had no responder's answer at the span's end and were neither resolved nor withdrawn. ``closed`` and
    ``timed_out`` count threads that left the board, ``archived_unanswered`` those timed out that no responder had
    answered. ``told`` of the ``named`` accounts in the span's intake were told, ``told_by_bot`` of these by the bot.
    ``load`` is, for each responder, how many of the threads first answered in the span they wrote in, in descending
    order and without saying who; None where people were forgotten since. ``kinds`` are the kinds of board counted here.
    """

    kinds: frozenset[str] = frozenset()
    intake: int = 0
    waiting: tuple[int, ...] = (0,) * (len(BANDS) + 1)
    first_answer: tuple[float, ...] = ()
    first_response: tuple[float, ...] = ()
    resolution: tuple[float, ...] = ()
    unanswered: int = 0
    closed: int = 0
    timed_out: int = 0
    archived_unanswered: int = 0
    closed_by_party: int = 0
    reposted: int = 0
    reopened: int = 0
    named: int = 0
    told: int = 0
    told_by_bot: int = 0
    load: tuple[int, ...] | None = ()


def tally(boards: Iterable[tuple[str, Iterable[Observation]]], span: Span) -> Tally:
    """Count over any number of boards, each given with its kind."""
    kinds, threads = set(), []
    for kind, observations in boards:
        kinds.add(kind)
        threads += list(observations)
    opened = [one for one in threads if span.holds(one.opened)]
    left = [
        (one, ending.instant) for one in threads for ending in one.endings if _left_in(span, ending.end, ending.instant)
    ]
    timed_out = [(one, instant) for one, instant in left if not _closed_at(one, instant)]
    return Tally(
        kinds=frozenset(kinds),
        intake=len(opened),
        waiting=_bands(span.end - one.opened for one in threads if _waits_at_end(one, span.end)),
        first_answer=_waits((one.opened, one.answered) for one in threads if span.holds(one.answered)),
        first_response=_waits((one.opened, one.responded) for one in threads if span.holds(one.responded)),
        resolution=_waits(
            (one.opened, ending.instant)
            for one in threads
            for ending in one.endings
            if ending.end is End.RESOLVED and span.holds(ending.instant)
        ),
        unanswered=sum(_unheard(one, span.end) and not _closed_at(one, span.end) for one in opened),
        closed=len(left) - len(timed_out),
        timed_out=len(timed_out),
        archived_unanswered=sum(_unheard(one, instant) for one, instant in timed_out),
        closed_by_party=sum(span.holds(one.party) for one in threads),
        reposted=sum(one.reposted for one in opened),
        reopened=sum(len({end.until for end in one.endings if span.holds(end.until)}) for one in threads),
        named=sum(one.named for one in opened),
        told=sum(one.told for one in opened),
        told_by_bot=sum(one.told_by_bot for one in opened),
        load=_load([one for one in threads if span.holds(one.responded)]),
    )


def _left_in(span: Span, end: End, instant: datetime) -> bool:
    return end in AWAY and span.holds(instant)


def _closed_at(one: Observation, instant: datetime) -> bool:
    return any(ending.end in _CLOSED and ending.holds_at(instant) for ending in one.endings)


def _unheard(one: Observation, instant: datetime) -> bool:
    return one.responded is None or one.responded >= instant


def _waits_at_end(one: Observation, end: datetime) -> bool:
    """Whether a thread waited when the span was over; what happens at that very instant belongs to the next one."""
    ended = any(ending.instant < end and (ending.until is None or end <= ending.until) for ending in one.endings)
    return one.opened < end and not ended


def _waits(pairs: Iterable[tuple[datetime, datetime | None]]) -> tuple[float, ...]:
    return tuple(sorted((done - opened).total_seconds() for opened, done in pairs if done is not None))


def _bands(ages: Iterable[timedelta]) -> tuple[int, ...]:
    counts = Counter(sum(age >= bound for bound in BANDS) for age in ages)
    return tuple(counts[band] for band in range(len(BANDS) + 1))


def _load(answered: list[Observation]) -> tuple[int, ...] | None:
    if not all(one.people_kept for one in answered):
        return None
    counts = Counter(who for one in answered for who in one.responders)
    return tuple(sorted(counts.values(), reverse=True))
