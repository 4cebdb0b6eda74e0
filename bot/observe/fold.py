"""Folds one reading of a board into what is known of its threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.model import Comment, Status, Thread
from bot.observe.index import Index
from bot.observe.values import AWAY, End, Ending, Observation
from bot.reading.identity import Present, Traces, matched, traces
from bot.reading.rights import Rights, people_needed
from bot.reading.rules import Rules
from bot.reading.status import Conclusion, conclude

# Gone for less than this is a page blanked and restored, or an edit undone: nothing happened.
_REVERTED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """A board's threads at one revision, and all that is needed to judge them.

    Of the ``threads`` no offset is looked at; one that is the same object as in the reading before must be the same
    thread (``bot.reading.warm``). ``instant`` is the revision's own. ``rights`` are as ``conclude`` takes them; of a
    later reading they may know more people and signatures, never tell something else of one. ``moved`` tells when the
    bot moved a thread to an archive, ``told`` who was told about one, both by keyed hash. ``editor`` is who alone
    edited the board since the reading before; "" where there were several, or nobody knows.
    """

    threads: Sequence[Thread]
    rules: Rules
    instant: datetime
    rights: Rights
    moved: Mapping[str, datetime] = field(default_factory=dict)
    told: Mapping[str, frozenset[str]] = field(default_factory=dict)
    editor: str = ""


def observe(known: Iterable[Observation], reading: Reading, key: Callable[..., str]) -> tuple[Observation, ...]:
    """The observations that this reading made or changed; ``key`` is as ``Fold`` takes it."""
    return Fold(known, key).read(reading)


@dataclass(frozen=True, slots=True)
class _Stands:
    """A thread as it stood on the board at the last reading, and which observation is its own.

    ``settled`` tells that none of its instants lay ahead of that reading: as long as it stands so, nothing changes.
    """

    thread: Thread
    present: Present
    observation: str
    settled: bool


class Fold:
    """What is known of a board's threads, and what one reading after the other adds to it.

    Readings must come in the order of their instants. A thread is followed by its comments, whatever becomes of its
    heading (``bot.reading.identity``). No signature moves an instant outside the thread's life: what claims to be
    earlier than its opening counts as written then, what claims to be later than the reading as written at the reading.
    A reading costs one step for each thread on the board, and more only for those that changed.
    """

    def __init__(self, known: Iterable[Observation], key: Callable[..., str]) -> None:
        """Begin with what is known so far; ``key`` makes the keyed hash of words (``Memory.hash_of``)."""
        self._key = key
        self._index = Index(known)
        self._last: dict[str, _Stands] = {}

    def __len__(self) -> int:
        """How many threads are known."""
        return len(self._index.known)

    def read(self, reading: Reading) -> tuple[Observation, ...]:
        """The observations that this reading made or changed."""
        stands = {thread.identity: self._stands(thread) for thread in reading.threads}
        fresh = {name: one for name, one in stands.items() if not (one.settled and one is self._last.get(name))}
        followed = self._follow(stands, fresh)
        changed: list[Observation] = []
        for identity, one in fresh.items():
            earlier = self._index.known.get(followed.get(identity, ""))
            now = _present(one, earlier, reading, self._key)
            if earlier is None:
                now = replace(now, thread=self._name(one.present, reading.instant), reposted=self._index.is_repost(now))
            if now != earlier:
                changed.append(now)
            stands[identity] = replace(one, observation=now.thread, settled=_settled(one.thread, reading.instant))
        present = {one.observation for one in stands.values()}
        changed += [_left(one, reading, self._key) for one in self._index.standing() if one.thread not in present]
        self._index.add(changed)
        self._last = stands
        return tuple(changed)

    def names(self, threads: Iterable[Thread], instant: datetime) -> Mapping[str, str]:
        """What threads of a reading are called for good, by identity: the names that observations of it will have."""
        stands = {thread.identity: self._stands(thread) for thread in threads}
        followed = self._follow(stands, stands)
        return {name: followed.get(name) or self._name(one.present, instant) for name, one in stands.items()}

    def _name(self, present: Present, instant: datetime) -> str:
        """What a new thread is called for good: by its identity, and its instant where an older one is called so."""
        if present.name not in self._index.known:
            return present.name
        return self._key(present.identity, instant.isoformat())

    def _stands(self, thread: Thread) -> _Stands:
        """The thread as at the last reading where it is the same, else anew."""
        last = self._last.get(thread.identity)
        if last is not None and last.thread is thread:
            return last
        hashed = traces(thread).hashed(self._key)
        return _Stands(thread, Present(thread.identity, self._key(thread.identity), hashed), "", settled=False)

    def _follow(self, stands: Mapping[str, _Stands], fresh: Mapping[str, _Stands]) -> dict[str, str]:
        """Which observation each thread that is not as it was belongs to: identity -> ``Observation.thread``."""
        kept = {one.observation for name, one in stands.items() if name not in fresh}
        left = [one for one in self._index.standing() if one.thread not in kept and one.traces]
        # In the journal's own order, so that a fold that goes on with what it kept ends as one that was never stopped.
        standing = {one.alias: one for one in sorted(left, key=lambda one: (one.opened, one.thread))}
        followed: dict[str, str] = {}
        if fresh:
            headings = Counter(one.present.traces.heading for one in stands.values())
            known = {alias: Traces.unpacked(one.traces) for alias, one in standing.items()}
            for alias, identity in matched([one.present for one in fresh.values()], known, headings).items():
                # Of threads made into one, the first to be found is the one that it still is; the others left.
                followed.setdefault(identity, standing[alias].thread)
        # Threads that left come last: one that is gone takes nothing from a thread of the same author and minute.
        for identity, one in fresh.items():
            gone = self._index.gone(one.present.name)
            if gone and identity not in followed:
                followed[identity] = gone
        return followed


def _settled(thread: Thread, instant: datetime) -> bool:
    stamps = [comment.instant for comment in thread.comments]
    return all(one <= instant for one in (*stamps, *(mark.instant for mark in thread.marks)) if one is not None)


def _present(one: _Stands, earlier: Observation | None, reading: Reading, key: Callable[..., str]) -> Observation:
    """What is known of a thread that stands on the board."""
    thread, alias = one.thread, one.present.name
    concluded = conclude(thread, None, reading.rules, reading.rights)
    opened = earlier.opened if earlier is not None else min(thread.opened or reading.instant, reading.instant)
    reporter = key("reporter", thread.reporter) if thread.reporter else ""

    def within(comment: Comment | None) -> datetime | None:
        return None if comment is None else max(opened, min(comment.instant, reading.instant))

    bots = _bots(thread, reading)
    true = [one for one in thread.comments if not reading.rights.forged(one.author, one.instant, thread)]
    others = [one for one in true if one.author != thread.reporter and one.author not in bots]
    wrote = {comment.author for comment in true}
    told = reading.told.get(alias, frozenset())
    party = earlier.party if earlier is not None else None
    return Observation(
        thread=earlier.thread if earlier is not None else alias,
        alias=alias,
        opened=opened,
        answered=within(min(others, key=lambda one: one.instant, default=None)),
        responded=within(concluded.first_answer),
        party=(party or reading.instant) if concluded.closed_by_party else party,
        endings=_endings(earlier, concluded, opened, reading.instant),
        participants=len(wrote),
        comments=len(thread.comments),
        named=len(thread.subjects),
        told=sum(name in wrote or key(name) in told for name in thread.subjects),
        reposted=earlier.reposted if earlier is not None else False,
        reporter=reporter,
        responders=tuple(sorted(key("responder", name) for name in concluded.responders)),
        traces=one.present.traces.packed(),
    )


def _bots(thread: Thread, reading: Reading) -> frozenset[str]:
    """The bots among those whom the wiki was asked about for this thread's sake; by chance it may know of more."""
    users = reading.rights.users or {}
    return frozenset(name for name in people_needed(thread, reading.rules) if name in users and users[name].bot)


def _endings(
    earlier: Observation | None, concluded: Conclusion, opened: datetime, instant: datetime
) -> tuple[Ending, ...]:
    """The endings of a thread that stands on the board: opened again, put back, resolved, or as they were."""
    known = earlier.endings if earlier is not None else ()
    wanted = {Status.RESOLVED: End.RESOLVED, Status.WITHDRAWN: End.WITHDRAWN}.get(concluded.status)
    kept: list[Ending] = []
    # What leaving the board was taken for goes with it.
    undone = {
        one.instant for one in known if one.end in AWAY and one.until is None and instant - one.instant < _REVERTED
    }
    for one in known:
        if one.until is not None or one.end is wanted:
            kept.append(one)
        elif one.instant in undone:
            continue
        else:
            kept.append(replace(one, until=instant))
    if wanted is not None and not any(one.end is wanted and one.until is None for one in kept):
        marked = concluded.mark.instant if concluded.mark is not None else None
        # A mark older than the last opening says when it was first written, not when the thread was closed again.
        earliest = max([opened, *(one.until for one in kept if one.until is not None)])
        kept.append(Ending(wanted, max(earliest, min(marked or instant, instant))))
    return tuple(kept)


def _left(one: Observation, reading: Reading, key: Callable[..., str]) -> Observation:
    """What is known of a thread that stands on the board no more; who takes their own report away withdraws it."""
    moved = reading.moved.get(one.alias)
    if moved is not None:
        last = max([one.opened, *(ending.until for ending in one.endings if ending.until is not None)])
        if moved >= last:
            return replace(one, endings=(*one.endings, Ending(End.ARCHIVED, min(moved, reading.instant))))
    ends: list[End] = []
    if one.open_end(End.RESOLVED, End.WITHDRAWN) is None:
        if one.reporter and reading.editor and key("reporter", reading.editor) == one.reporter:
            ends = [End.WITHDRAWN]
        elif reading.rules.gone_is_handled:
            ends = [End.RESOLVED]
    return replace(one, endings=(*one.endings, *(Ending(end, reading.instant) for end in (*ends, End.LEFT))))
