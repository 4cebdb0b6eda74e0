"""Which thread is which, whatever becomes of its heading: identities, and what a remembered one is now after edits."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.model import Comment, Thread

UNSIGNED = "|unsigned:"
"""What the identity of a thread without signatures begins with. No author's name is empty, so it is none else's."""

_MOST_TWINS = 32
"""So many threads that share one comment's author and minute are each looked at; more than that no honest board has."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What a memory must keep of a thread so that ``matched`` can find it again.

    ``opening`` is the identity without its ordinal, ``comments`` one trace for each comment (author and minute),
    ``heading`` a hash of the heading's words, or "". They hold names: a journal keeps them ``hashed``, as one string.
    """

    opening: str
    comments: tuple[str, ...] = ()
    heading: str = ""

    def hashed(self, key: Callable[[str], str]) -> Traces:
        """The same as hashes; ``key`` must make the same hash of the same trace for ever and hold no space."""
        return Traces(key(self.opening), tuple(map(key, self.comments)), key(self.heading) if self.heading else "")

    def packed(self) -> str:
        """Hashed traces as one string for a journal; ``unpacked`` reads it."""
        return " ".join((self.opening, self.heading or "-", *self.comments))

    @staticmethod
    def unpacked(packed: str) -> Traces:
        """What ``packed`` wrote; anything else makes traces that match nothing."""
        opening, heading, *comments = packed.split() if len(packed.split()) > 1 else ("", "")
        return Traces(opening, tuple(comments), "" if heading == "-" else heading)


def identities(openings: Iterable[Comment | None], fallbacks: Iterable[str]) -> tuple[str, ...]:
    """Name the threads of one board, given in page order by their opening comments.

    ``AUTHOR|YYYY-MM-DDTHH:MMZ|N``: author and minute of the first signature, N the ordinal among equals on the board.
    A thread without signatures (None) is ``|unsigned:HASH|N``, where HASH is made from its fallback text (the heading):
    it lasts only as long as that text, and becomes the lasting form with the first signature (``matched`` knows).
    """
    seen: Counter[str] = Counter()
    names: list[str] = []
    for opening, fallback in zip(openings, fallbacks, strict=True):
        stem = stem_of(opening.author, opening.instant) if opening else stem_of_unsigned(fallback)
        seen[stem] += 1
        names.append(f"{stem}|{seen[stem]}")
    return tuple(names)


def twins(threads: Iterable[Thread]) -> bool:
    """Whether two threads of a board differ in nothing but the ordinals of their identities."""
    return any(not thread.identity.endswith("|1") for thread in threads)


def stem_of(author: str, instant: datetime) -> str:
    """The identity, without its ordinal, of the thread that such a comment opens."""
    return _trace(author, instant)


def stem_of_unsigned(fallback: str) -> str:
    """The identity, without its ordinal, of a thread without signatures."""
    return UNSIGNED + _digest(fallback)


def traces(thread: Thread) -> Traces:
    """What to remember of a thread as it stands on the board now."""
    return Traces(
        thread.identity.rpartition("|")[0],
        tuple(_trace(comment.author, comment.instant) for comment in thread.comments),
        _digest(thread.heading.text) if thread.heading is not None else "",
    )


def _trace(author: str, instant: datetime) -> str:
    at = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return f"{author}|{at.isoformat()[:16]}Z"


def _digest(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Present:
    """A thread on the board: its identity, ``name`` as memories call it (hashed or not), and its traces likewise."""

    identity: str
    name: str
    traces: Traces


def matched(present: Sequence[Present], known: Mapping[str, Traces], headings: Mapping[str, int]) -> Mapping[str, str]:
    """Which thread each remembered one is now: its name -> identity on the board; gone ones are left out.

    The thread that still has the opening comment is the remembered one: a renamed heading, "(erl.)" or new comments
    change nothing, and of a split thread it is the part with the opening. Where the opening is gone, it is the one that
    holds most of the other comments, at least half of them. Two remembered threads become one only where the one holds
    both, each comment counted once: so of two threads by one author in one minute, the one that left takes nothing with
    it. A thread without signatures is followed by its heading, if only one thread bears it: ``headings`` counts those
    of all threads on the board. Of two remembered threads that fit equally well, the one that is given first comes
    first. Linear in the traces.

    A thread that stands as it was remembered, under the same name, may be left out on both sides, for no other match
    can touch it: no pair that one of the two is in ranks as high, so it would be found first, and no comment of it
    would then be left for another.
    """
    counted = [Counter(one.traces.comments) for one in present]
    matches = _candidates(present, counted, known, headings)
    matches.sort(key=lambda match: (*match.rank(), -match.now), reverse=True)
    left = [Counter(comments) for comments in counted]
    found: dict[str, str] = {}
    for match in matches:
        if match.known in found:
            continue
        remembered = known[match.known]
        available = Counter(remembered.comments) & left[match.now]
        if _is_same(match, remembered, available):
            left[match.now] -= available
            found[match.known] = present[match.now].identity
    return found


@dataclass(frozen=True, slots=True)
class _Match:
    """How well a remembered thread fits one on the board; more is better, field by field."""

    opening: bool
    shared: int
    heading: bool
    ordinal: bool
    alone: bool
    known: str
    now: int

    def rank(self) -> tuple[bool, int, bool, bool]:
        """What decides between two candidates."""
        return (self.opening, self.shared, self.heading, self.ordinal)


def _candidates(
    present: Sequence[Present],
    counted: Sequence[Counter[str]],
    known: Mapping[str, Traces],
    headings: Mapping[str, int],
) -> list[_Match]:
    """Every pair of a remembered and a present thread that share a trace."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(present):
        for trace in dict.fromkeys((one.traces.opening, *one.traces.comments, one.traces.heading)):
            if trace and len(holders[trace]) < _MOST_TWINS:
                holders[trace].append(number)
    exact = {one.name: number for number, one in enumerate(present)}
    matches: list[_Match] = []
    for name, kept in known.items():
        near = dict.fromkeys(
            number
            for trace in dict.fromkeys((kept.opening, *kept.comments, kept.heading))
            for number in holders.get(trace, ())
        )
        if name in exact:
            near[exact[name]] = None
        comments = Counter(kept.comments)
        for number in near:
            here = present[number].traces
            same_heading = bool(kept.heading) and kept.heading == here.heading
            matches.append(
                _Match(
                    opening=kept.opening == here.opening,
                    shared=(comments & counted[number]).total(),
                    heading=same_heading,
                    ordinal=exact.get(name) == number,
                    alone=same_heading and headings[here.heading] == 1,
                    known=name,
                    now=number,
                )
            )
    return matches


def _is_same(match: _Match, remembered: Traces, available: Counter[str]) -> bool:
    """Whether the match holds, given the comments that no better match has used up."""
    if not remembered.comments:
        return match.alone or match.ordinal
    # an opening that a twin has used up is no longer there; what is left must then weigh by itself
    return (match.opening and remembered.opening in available) or (
        bool(available) and 2 * available.total() >= len(remembered.comments)
    )
