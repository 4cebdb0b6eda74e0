"""Folds one reading of a board into what is known of its threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.model import Board, Comment, Status, Thread, User
from bot.observe.values import AWAY, End, Ending, Observation
from bot.reading.identity import Traces, follow, traces
from bot.reading.rules import Rules
from bot.reading.status import Conclusion, conclude

# Gone for less than this is a page blanked and restored, or an edit undone: nothing happened.
_REVERTED = timedelta(days=1)
# Again on the board within this time after it left unanswered (FACTS 6: re-filed within 30 days).
_REPOSTED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reading:
    """A board at one revision, and all that is needed to judge its threads.

    ``instant`` is the revision's own. ``users`` and ``listed`` are as ``conclude`` takes them. ``moved`` tells when the
    bot moved a thread to an archive, ``told`` who was told about one, both by keyed hash.
    """

    board: Board
    rules: Rules
    instant: datetime
    users: Mapping[str, User] | None
    listed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    moved: Mapping[str, datetime] = field(default_factory=dict)
    told: Mapping[str, frozenset[str]] = field(default_factory=dict)


def observe(known: Iterable[Observation], reading: Reading, key: Callable[..., str]) -> tuple[Observation, ...]:
    """The observations that this reading made or changed. ``key`` makes the keyed hash of words (``Memory.hash_of``).

    Readings must come in the order of their instants. A thread is followed by its comments, whatever becomes of its
    heading (``bot.reading.identity``). No signature moves an instant outside the thread's life: what claims to be
    earlier than its opening counts as written then, what claims to be later than the reading as written at the reading.
    """
    before = {one.thread: one for one in known}
    followed = _follow(reading.board, before, key)
    threads = {thread.identity: thread for thread in reading.board.threads}
    changed: list[Observation] = []
    for identity, thread in threads.items():
        earlier = before.get(followed[identity]) if identity in followed else None
        now = _present(thread, earlier, reading, key)
        if earlier is None:
            now = replace(now, reposted=_is_repost(now, before.values()))
        if now != earlier:
            changed.append(now)
    present = set(followed.values())
    changed += [_left(one, reading) for one in before.values() if one.thread not in present and not one.away]
    return tuple(changed)


def _follow(board: Board, before: Mapping[str, Observation], key: Callable[..., str]) -> dict[str, str]:
    """Which remembered thread each thread on the board is: identity -> ``Observation.thread``."""
    here = {key(thread.identity): thread.identity for thread in board.threads}
    standing = {one.alias: one for one in before.values() if not one.away and one.traces}
    found = follow(board, {alias: Traces.unpacked(one.traces) for alias, one in standing.items()}, key)
    followed = {identity: standing[alias].thread for alias, identity in found.items()}
    # Threads that left come last: one that is gone takes nothing from a thread of the same author and minute.
    for one in before.values():
        identity = here.get(one.alias, "")
        if one.away and identity and identity not in followed:
            followed[identity] = one.thread
    return followed


def _present(thread: Thread, earlier: Observation | None, reading: Reading, key: Callable[..., str]) -> Observation:
    """What is known of a thread that stands on the board."""
    concluded = conclude(thread, reading.board, reading.rules, reading.users, reading.listed, reading.instant)
    alias = key(thread.identity)
    opened = earlier.opened if earlier is not None else min(thread.opened or reading.instant, reading.instant)
    reporter = key("reporter", thread.reporter) if thread.reporter else ""

    def within(comment: Comment | None) -> datetime | None:
        return None if comment is None else max(opened, min(comment.instant, reading.instant))

    others = [one for one in thread.comments if one.author != thread.reporter and not _is_bot(one.author, reading)]
    wrote = {comment.author for comment in thread.comments}
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
        traces=traces(thread).hashed(key).packed(),
    )


def _is_bot(name: str, reading: Reading) -> bool:
    user = reading.users.get(name) if reading.users is not None else None
    return user is not None and user.bot


def _endings(
    earlier: Observation | None, concluded: Conclusion, opened: datetime, instant: datetime
) -> tuple[Ending, ...]:
    """The endings of a thread that stands on the board: opened again, put back, resolved, or as they were."""
    known = earlier.endings if earlier is not None else ()
    wanted = {Status.RESOLVED: End.RESOLVED, Status.WITHDRAWN: End.WITHDRAWN}.get(concluded.status)
    kept: list[Ending] = []
    for one in known:
        if one.until is not None or one.end is wanted:
            kept.append(one)
        elif one.end in AWAY and instant - one.instant < _REVERTED:
            continue
        else:
            kept.append(replace(one, until=instant))
    if wanted is not None and not any(one.end is wanted and one.until is None for one in kept):
        marked = concluded.mark.instant if concluded.mark is not None else None
        # A mark older than the last opening says when it was first written, not when the thread was closed again.
        earliest = max([opened, *(one.until for one in kept if one.until is not None)])
        kept.append(Ending(wanted, max(earliest, min(marked or instant, instant))))
    return tuple(kept)


def _left(one: Observation, reading: Reading) -> Observation:
    """What is known of a thread that stands on the board no more."""
    moved = reading.moved.get(one.alias)
    if moved is not None:
        last = max([one.opened, *(ending.until for ending in one.endings if ending.until is not None)])
        if moved >= last:
            return replace(one, endings=(*one.endings, Ending(End.ARCHIVED, min(moved, reading.instant))))
    gone = Ending(End.LEFT, reading.instant)
    handled = reading.rules.gone_is_handled and one.open_end(End.RESOLVED, End.WITHDRAWN) is None
    dealt = (Ending(End.RESOLVED, reading.instant),) if handled else ()
    return replace(one, endings=(*one.endings, *dealt, gone))


def _is_repost(now: Observation, before: Iterable[Observation]) -> bool:
    """Whether the reporter had another thread leave unanswered not long before this one was opened."""
    if not now.reporter:
        return False
    for one in before:
        gone = one.open_end(*AWAY)
        unheard = one.responded is None and one.open_end(End.RESOLVED, End.WITHDRAWN) is None
        if one.reporter == now.reporter and gone is not None and unheard:
            since = now.opened - gone.instant
            if timedelta() <= since <= _REPOSTED:
                return True
    return False
