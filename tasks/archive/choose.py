"""Which threads go: one verdict for each, by its marks and dates, and by what must stay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.model import Comment, Status, Thread
from bot.plan import Decision, Need, Snapshot
from bot.reading.rights import Rights
from bot.reading.signatures import learn
from bot.reading.status import Conclusion
from bot.settings.values import say_duration
from tasks.archive.settings import ArchiveSettings
from tasks.archive.text import changed_by_saving
from tasks.ownkeys import made
from tasks.people import judge, people_need, rights_of

NAME = "archive"
EARLIEST = timedelta(hours=24)
"""How long a thread must be quiet to go before its time (``board_max_size``)."""

_SHORTEST = timedelta(minutes=15)
"""No setting lets a thread go sooner."""

RETURNED = "archive-returned"
"""Kind of fact: a thread that was found to stand in the archive already; a person put it back on the board."""

_HANDLED = (Status.RESOLVED, Status.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Due:
    """A thread whose time has come. ``since`` is when it was last touched; ``unanswered`` that nobody answered it.

    ``handled`` is true where somebody closed it or its reporter took it back.
    """

    thread: Thread
    since: datetime
    unanswered: bool
    found: str
    wanted: str
    handled: bool = False

    @property
    def decision(self) -> Decision:
        """Why it goes."""
        verdict = "move: archived without an answer" if self.unanswered else "move"
        return Decision(NAME, self.thread.identity, verdict, self.found, self.wanted)


@dataclass(frozen=True, slots=True)
class Stays:
    """A thread that stays, and why. ``early`` is how it would go where the board is too large (``board_max_size``).

    ``later`` is true where a limit of one run alone keeps it.
    """

    thread: Thread
    verdict: str
    found: str
    wanted: str
    early: Due | None = None
    later: bool = False

    @property
    def decision(self) -> Decision:
        """Why it stays."""
        return Decision(NAME, self.thread.identity, self.verdict, self.found, self.wanted, later=self.later)


Verdict = Due | Stays

PUT_BACK = "stay: put back by hand"


def returned_key(thread: Thread, snapshot: Snapshot) -> str:
    """The key of the edit that takes the archived copy of a thread out which a person put back."""
    return snapshot.memory.hash_of("returned", snapshot.board.title, thread.identity)


def removed_key(thread: Thread, snapshot: Snapshot) -> str:
    """The key of a handled report that the bot took off a board that keeps no archive: one that is there again stays.

    It stands in the edit's summary, so that it is known with the journal lost too (law 5).
    """
    return snapshot.memory.hash_of("removed", snapshot.board.title, thread.identity)


def is_unsafe(thread: Thread, snapshot: Snapshot) -> Stays | None:
    """Wikitext that must not be cut whatever the rules say: damaged, swallowed from above, or another page's."""
    unsafe_from = snapshot.board.unsafe_from
    if thread.damage:
        return Stays(thread, "stay: damaged", f"an unclosed {thread.damage}", "wikitext that ends inside the thread")
    if unsafe_from is not None and thread.end > unsafe_from:
        return Stays(thread, "stay: damaged", "something unclosed further up", "a board that is sound up to here")
    if thread.transcluded:
        return Stays(thread, "stay: transcluded", "the text stands on another page", "a thread on the board itself")
    return None


def judge_all(snapshot: Snapshot, settings: ArchiveSettings, now: datetime) -> tuple[list[Verdict], Need]:
    """A verdict on every thread of the board, and what is missing for them to be final.

    While the people are not known everybody counts, so that the threads that may go are among those that are due.
    """
    size = len(snapshot.board.text.encode())
    tight = settings.board_max_size is not None and size > settings.board_max_size
    wait = min(settings.shortest_delay, EARLIEST) if tight else settings.shortest_delay
    threads = snapshot.board.threads
    near = [thread for thread in threads if (last := _last(thread, snapshot)) is not None and now - last >= wait]
    rights = rights_of(snapshot)
    need = people_need(near, snapshot, rights)
    if need.users or need.pages:
        rights = replace(rights, users=None)
    verdicts: list[Verdict] = []
    for thread in snapshot.board.threads:
        conclusion = judge(thread, snapshot, rights)
        result = _judge(thread, conclusion, snapshot, settings, now)
        if isinstance(result, Need):
            need |= result
        else:
            verdicts.append(_explained(result, conclusion, rights))
    return _relieved(verdicts, size, snapshot, settings), need


def _explained(verdict: Verdict, conclusion: Conclusion, rights: Rights) -> Verdict:
    """The verdict with the reason why a mark or an answer counted for nothing, where its signature was forged."""
    thread = verdict.thread
    comments = any(rights.forged(one.author, one.instant, thread) for one in thread.comments)
    if comments or any(rights.forged(one.signer, one.instant, thread) for one in thread.marks):
        return replace(verdict, found=f"{verdict.found}; {conclusion.found}")
    return verdict


def _relieved(verdicts: list[Verdict], size: int, snapshot: Snapshot, settings: ArchiveSettings) -> list[Verdict]:
    """The verdicts where a board that is too large sends threads off early: the longest quiet first, until it fits."""
    if settings.board_max_size is None:
        return verdicts

    def length(verdict: Verdict) -> int:
        return len(snapshot.board.wikitext(verdict.thread).encode())

    left = size - sum(length(verdict) for verdict in verdicts if isinstance(verdict, Due))
    waiting = [verdict.early for verdict in verdicts if isinstance(verdict, Stays) and verdict.early is not None]
    early: dict[int, Due] = {}
    for due in sorted(waiting, key=lambda one: (one.since, one.thread.start)):
        if left <= settings.board_max_size:
            break
        early[due.thread.start] = due
        left -= length(due)
    return [early.get(verdict.thread.start, verdict) for verdict in verdicts]


def _judge(
    thread: Thread, conclusion: Conclusion, snapshot: Snapshot, settings: ArchiveSettings, now: datetime
) -> Verdict | Need:
    """One thread by its own marks, dates and text."""
    if stays := is_unsafe(thread, snapshot) or _held(thread, conclusion, snapshot, now):
        return stays
    rule, delay = _rule(conclusion, settings)
    if delay is None:
        early = _early(thread, conclusion, snapshot, settings, now)
        return Stays(thread, "stay", str(conclusion.status), f"{rule} is never", early)
    since = _touched(thread, conclusion, snapshot, now)
    if since is None:
        if thread.identity not in snapshot.origins:
            return Need(origins=frozenset({thread.identity}))
        origin = snapshot.origins[thread.identity]
        if origin is None:
            return Stays(thread, "stay", "no signature, and no edit found that brought it", "a date")
        since = origin.instant
    if since > now:
        return Stays(thread, "stay: pinned", f"dated in the future: {_day(since)}", "a date in the past")
    quiet = f"{conclusion.status}, quiet for {_span(now - since)}"
    if now - since < delay:
        early = _early(thread, conclusion, snapshot, settings, now)
        return Stays(thread, "stay", quiet, f"{rule}: {say_duration(delay)}", early)
    if changed := changed_by_saving(snapshot.board.wikitext(thread), snapshot.info):
        return Stays(thread, "stay: text would change", changed, "wikitext that a save leaves as it is")
    unanswered, handled = conclusion.status is Status.UNANSWERED, conclusion.status in _HANDLED
    return Due(thread, since, unanswered, quiet, f"{rule}: {say_duration(delay)}", handled)


def _early(
    thread: Thread, conclusion: Conclusion, snapshot: Snapshot, settings: ArchiveSettings, now: datetime
) -> Due | None:
    """How a thread goes before its time where the board is too large; None for those that never do.

    Whoever floods a board must not drive off what waits for an answer, nor what was written in lately.
    """
    since = _touched(thread, conclusion, snapshot, now)
    if settings.board_max_size is None or since is None or conclusion.status is Status.UNANSWERED:
        return None
    wikitext = snapshot.board.wikitext(thread)
    if not now - since >= EARLIEST or thread.tied is not None or changed_by_saving(wikitext, snapshot.info):
        return None
    found = (
        f"{conclusion.status}, quiet for {_span(now - since)}, on a board of {len(snapshot.board.text.encode())} bytes"
    )
    return Due(thread, since, unanswered=False, found=found, wanted=f"board_max_size: {settings.board_max_size} bytes")


def _held(thread: Thread, conclusion: Conclusion, snapshot: Snapshot, now: datetime) -> Stays | None:
    """What people decided: put back by hand, pinned, in progress."""
    memory = snapshot.memory
    hashed = memory.hash_of(thread.identity)
    if not memory.left_alone.isdisjoint(memory.called(thread.identity)) or (RETURNED, hashed) in memory.facts:
        return Stays(thread, PUT_BACK, "archived once, on the board again", "a thread never archived")
    if memory.keys and returned_key(thread, snapshot) in memory.keys:
        return Stays(thread, PUT_BACK, "its archived copy was taken out before", "a thread never archived")
    if memory.keys and removed_key(thread, snapshot) in made(snapshot):
        return Stays(thread, PUT_BACK, "removed once, on the board again", "a report never removed")
    if thread.pin is not None and (thread.pin.until is None or thread.pin.until > now):
        until = "without an end" if thread.pin.until is None else f"until {_day(thread.pin.until)}"
        return Stays(thread, "stay: pinned", f"pinned {until}", "no pin")
    if conclusion.status is Status.IN_PROGRESS:
        return Stays(thread, "stay: in progress", conclusion.found, "no mark that somebody is working on it")
    return None


def _rule(conclusion: Conclusion, settings: ArchiveSettings) -> tuple[str, timedelta | None]:
    """The rule that a thread of this status comes under, and its delay."""
    match conclusion.status:
        case Status.RESOLVED | Status.WITHDRAWN:
            mark = conclusion.mark
            names = (mark.outcome_word, mark.name, str(mark.outcome)) if mark else ()
            return "resolved_after", settings.delay_for(*names)
        case Status.UNANSWERED:
            return "unanswered_after", settings.unanswered_after
    return "inactive_after", settings.inactive_after


def _touched(thread: Thread, conclusion: Conclusion, snapshot: Snapshot, now: datetime) -> datetime | None:
    """When somebody last wrote in the thread, as far as its dates tell; None where nobody signed.

    The mark's own signature counts, and so does every date that stands in the thread's wikitext: who answers in the
    same paragraph, or signs without a link, makes no comment of their own as DiscussionTools reads threads, and must
    not be archived a minute later. Dates to come do not count (an expiry, say): pins are read elsewhere. What the bot
    itself signs (a status) is nobody's word either, unless it closes the thread.
    """
    marked = conclusion.mark.instant if conclusion.mark else None
    instants = [instant for instant in (_last(thread, snapshot), marked) if instant]
    if not instants or now - max(instants) < _SHORTEST:
        return max(instants, default=None)
    text = snapshot.board.wikitext(thread)
    # Those of comments are among the instants, or the bot's own.
    known = {comment.end - thread.start for comment in thread.comments}
    stamps = learn(snapshot.info).settle(text).find(text, known=known)
    return max([*instants, *(one.instant for one in stamps if one.instant <= now)])


def _last(thread: Thread, snapshot: Snapshot) -> datetime | None:
    """When a person signed last; of a thread in which only the bot did, when that was."""
    own = _own(thread, snapshot)
    return max((comment.instant for comment in thread.comments if comment not in own), default=thread.last)


def _own(thread: Thread, snapshot: Snapshot) -> list[Comment]:
    """What the bot itself signed in a thread."""
    return [comment for comment in thread.comments if comment.author == snapshot.account.name]


def _span(span: timedelta) -> str:
    """A duration in words, to the minute."""
    return say_duration(timedelta(minutes=int(span.total_seconds() // 60)))


def _day(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M")
