"""What was learned of a board's text, so that of the next one only what changed is read again."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.model import Thread, WikiInfo
from bot.reading.enrich import BoardWords
from bot.reading.pieces import Piece, Place, joins
from bot.reading.rules import Rules
from bot.reading.signatures import Timestamps

_MOST_JOINS = 4
"""After so many rounds of joining pieces the rest of a hostile text is read in one."""

ReadPiece = Callable[[str, bool], Piece]
"""Reads a stretch of a page; the flag tells whether it is the page's last one, which alone can hold the tail."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """One text of a board, taken apart. It equals none but itself.

    ``parts`` are the stretches between ``cuts``, each as it reads by itself, ``pieces`` the same with those joined that
    something ties; ``joined`` tells which parts became one. ``threads`` are the board's, in page order, with their
    identities on the page; their offsets count from where their piece begins. **A thread that is the same object as in
    what was learned before has the same bytes and the same identity**, so whoever follows a board through its history
    need not look at it again.

    It is handed from one reading of a board to the next and holds no more than that board. It holds names as the
    board's text does: this is for the memory of a process, never for the journal (law 10).
    """

    text: str
    words: BoardWords
    timestamps: Timestamps
    cuts: tuple[int, ...]
    parts: tuple[Piece, ...]
    pieces: tuple[Piece, ...]
    joined: Mapping[tuple[Piece, ...], Piece]
    threads: tuple[Thread, ...]
    renamed: Mapping[tuple[Place, int], Thread] = field(repr=False)

    def serves(self, info: WikiInfo, rules: Rules, timestamps: Timestamps) -> bool:
        """Whether a reading under these facts, rules and formats finds the same in the same text."""
        known = self.words
        return (
            (known.info is info or known.info == info)
            and (known.rules is rules or known.rules == rules)
            and (self.timestamps is timestamps or self.timestamps.formats == timestamps.formats)
        )


def take_apart(
    text: str, words: BoardWords, timestamps: Timestamps, before: Learned | None, read: ReadPiece
) -> Learned:
    """Learn a text, with what is known of ``before`` (which must serve); ``read`` is asked for what is not known.

    The cost follows what changed between the two texts, but for a comparison of their bytes and one step for each
    thread. The text is cut at its headings; a part whose bytes and whose bounds stayed is the same object. What an
    early change does to later text is seen in the part that it stands in: that part then opens or closes something, and
    what it ties is joined and read anew.
    """
    if before is not None and before.text == text:
        return before
    cuts, parts = _parts(text, words.rules.level, before, read)
    pieces, joined = _joined(text, cuts, parts, before.joined if before is not None else {}, read)
    threads, renamed = _threads(pieces, before.renamed if before is not None else {})
    return Learned(text, words, timestamps, tuple(cuts), tuple(parts), tuple(pieces), joined, threads, renamed)


def parts_of(text: str, level: int) -> Iterator[tuple[str, bool]]:
    """The parts that a text is taken apart into before any are joined, and whether each is the text's last."""
    for start, end in _spans([0, *_cuts(text, level)], len(text)):
        yield text[start:end], end == len(text)


def _parts(text: str, level: int, before: Learned | None, read: ReadPiece) -> tuple[list[int], list[Piece]]:
    """The cuts of a text and the parts between them, old ones where nothing changed."""
    if before is None:
        return [0, *_cuts(text, level)], [read(*part) for part in parts_of(text, level)]
    old, known = before.text, before.cuts
    head = _common_start(old, text)
    tail = _common_end(old, text, min(len(old), len(text)) - head)
    by = len(text) - len(old)
    # A cut looks at the character before it and at level + 1 after it: those must all lie in what stayed.
    kept = max(1, bisect_right(known, head - level - 1))
    again = bisect_left(known, len(old) - tail + 1, kept)
    middle = _cuts(text, level, max(0, head - level - 1), len(text) - tail)
    first, last = known[:kept], [cut + by for cut in known[again:]]
    cuts = [*first, *middle, *last]
    # The part before the first change ends elsewhere now; those before it and from the last cuts on are as they were.
    start, end = kept - 1, len(cuts) - len(last)
    spans = list(_spans(cuts, len(text)))[start:end]
    gone = zip(list(_spans(known, len(old)))[start:again], before.parts[start:again], strict=True)
    held = {(old[low:high], high == len(old)): piece for (low, high), piece in gone}
    fresh: list[Piece] = []
    for low, high in spans:
        key = (text[low:high], high == len(text))
        fresh.append(held.get(key) or read(*key))
    return cuts, [*before.parts[:start], *fresh, *before.parts[again:]]


def _joined(
    text: str, cuts: Sequence[int], parts: Sequence[Piece], known: Mapping[tuple[Piece, ...], Piece], read: ReadPiece
) -> tuple[list[Piece], dict[tuple[Piece, ...], Piece]]:
    """The parts with those joined that do not stand alone, until all do, and which became one."""
    ends = [*cuts[1:], len(text)]
    found: dict[tuple[Piece, ...], Piece] = {}

    def one(first: int, last: int) -> Piece:
        key = tuple(parts[first : last + 1])
        piece = known.get(key) or found.get(key)
        if piece is None:
            piece = read(text[cuts[first] : ends[last]], ends[last] == len(text))
        found[key] = piece
        return piece

    spans = [(number, number) for number in range(len(parts))]
    pieces = list(parts)
    for _ in range(_MOST_JOINS):
        together = joins(pieces)
        if not together:
            return pieces, found
        for first, last in reversed(together):
            span = (spans[first][0], spans[last][1])
            spans[first : last + 1] = [span]
            pieces[first : last + 1] = [one(*span)]
    return [one(0, len(parts) - 1)], found


def _threads(
    pieces: Sequence[Piece], known: Mapping[tuple[Place, int], Thread]
) -> tuple[tuple[Thread, ...], dict[tuple[Place, int], Thread]]:
    """The threads of all pieces under their identities on the page, and those that another piece's give a number."""
    threads: list[Thread] = []
    renamed: dict[tuple[Place, int], Thread] = {}
    seen: Counter[str] = Counter()
    for piece in pieces:
        for place in piece.places:
            thread = place.thread
            stem = thread.identity.rpartition("|")[0]
            seen[stem] += 1
            name = f"{stem}|{seen[stem]}"
            if name != thread.identity:
                key = (place, seen[stem])
                thread = renamed[key] = known.get(key) or replace(thread, identity=name)
            threads.append(thread)
    return tuple(threads), renamed


def _spans(cuts: Sequence[int], end: int) -> Iterator[tuple[int, int]]:
    return zip(cuts, [*cuts[1:], end], strict=True)


def _cuts(text: str, level: int, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Where headings of the level, or shallower ones, seem to begin behind line ends in ``start <= offset < end``."""
    for match in _heading(level).finditer(text, start):
        if end is not None and match.start() >= end:
            return
        yield match.start() + 1


@lru_cache(maxsize=8)
def _heading(level: int) -> re.Pattern[str]:
    return re.compile(rf"\n(?=={{1,{level}}}[^=\n])")


def _common_start(one: str, other: str) -> int:
    """How many characters two texts share at their start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(one: str, other: str, most: int) -> int:
    """How many characters two texts share at their end, up to ``most``."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
