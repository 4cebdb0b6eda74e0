"""Boxes that close what stands between their two templates: ``{{atop}} … {{abot}}``, and the threads they tie."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.model import Comment, Mark, Outcome, Thread
from bot.reading.marks import Found, MarkWords
from bot.reading.rules import Rules
from bot.reading.signers import Signers
from bot.reading.templatenames import FAMILIES, TemplateNames, Used


@dataclass(frozen=True, slots=True)
class Box:
    """A matched pair of templates, and the offset and name of its opener's setting if it closes what it holds."""

    opener: Used
    ender: Used
    closes: str = ""


class PairWords:
    """Which templates open a box and which end it, by normal name: the well-known ones and those of the rules."""

    __slots__ = ("closing", "enders", "named", "openers")

    def __init__(self, names: TemplateNames, rules: Rules, words: MarkWords) -> None:
        """Number the kinds of box; a kind may have several openers and ends."""
        self.openers: dict[str, int] = {}
        self.enders: dict[str, set[int]] = {}
        self.named: set[str] = set()
        self.closing = words.closing
        for opening, ending in [*FAMILIES, *(((first,), (last,)) for first, last in rules.pairs.items())]:
            kind = self.openers.get(names.normal(opening[0]), len(self.openers))
            for name in opening:
                for twin in names.twins(name):
                    self.openers.setdefault(twin, kind)
            for name in ending:
                for twin in names.twins(name):
                    self.enders.setdefault(twin, set()).add(kind)
        for name in (*rules.pairs, *rules.closing):
            self.named.update(names.twins(name))

    def interesting(self) -> frozenset[str]:
        """The normal names of all of them."""
        return frozenset(self.openers) | frozenset(self.enders)


def match_boxes(used: Iterable[Used], words: PairWords) -> tuple[list[Box], list[Used]]:
    """Match openers with ends, the innermost first, across the whole board; then the openers that never end.

    An end takes the newest opener of its kind; openers of other kinds above it are unended. A lone end is nothing.
    """
    stack: list[tuple[Used, int]] = []
    waiting: dict[int, int] = {}
    boxes: list[Box] = []
    unended: list[Used] = []
    for use in used:
        kind = words.openers.get(use.name)
        if kind is not None:
            stack.append((use, kind))
            waiting[kind] = waiting.get(kind, 0) + 1
            continue
        kinds = words.enders.get(use.name, set())
        if not any(waiting.get(each) for each in kinds):
            continue
        while stack:
            opener, kind = stack.pop()
            waiting[kind] -= 1
            if kind in kinds:
                boxes.append(Box(opener, use, words.closing.get(opener.name, "")))
                break
            unended.append(opener)
    unended += [use for use, _ in stack]
    # a well-known name may mean something else on another wiki: only a box that the settings name must have an end
    return sorted(boxes, key=lambda box: box.opener.span.start), [use for use in unended if use.name in words.named]


def loose_ends(used: Iterable[Used], words: PairWords) -> tuple[set[int], set[int]]:
    """The kinds of boxes that a text opens and does not end, and those that it ends and did not open."""
    stack: list[int] = []
    waiting: Counter[int] = Counter()
    lone: set[int] = set()
    for use in used:
        kind = words.openers.get(use.name)
        if kind is not None:
            stack.append(kind)
            waiting[kind] += 1
            continue
        kinds = words.enders.get(use.name, set())
        if not any(waiting[each] for each in kinds):
            lone |= kinds
            continue
        while True:
            kind = stack.pop()
            waiting[kind] -= 1
            if kind in kinds:
                break
    return set(stack), lone


@dataclass(frozen=True, slots=True)
class BoxFindings:
    """What the boxes of a board say of its threads, each by the thread's number.

    ``marks`` are the closing ones; ``signing`` the comments whose signature goes with a box; ``reopened`` threads in
    which a comment follows the end; ``tied`` the number of the tie; ``torn`` threads that hold only half of a box.
    """

    marks: dict[int, list[Found]]
    signing: dict[int, set[int]]
    reopened: frozenset[int]
    tied: dict[int, int]
    torn: frozenset[int]


class _Places:
    """Which thread an offset lies in."""

    def __init__(self, threads: Sequence[Thread]) -> None:
        self._threads = threads
        self._starts = [thread.start for thread in threads]

    def of(self, offset: int) -> int | None:
        number = bisect_right(self._starts, offset) - 1
        return number if number >= 0 and offset < self._threads[number].end else None

    def after(self, offset: int) -> int:
        """The number of the first thread that begins at or after the offset."""
        return bisect_left(self._starts, offset)


def read_boxes(
    boxes: Sequence[Box], unended: Sequence[Used], threads: Sequence[Thread], signers: Signers
) -> BoxFindings:
    """Tell what boxes mean for the threads they hold.

    A closing box closes a thread only if the thread's every comment lies inside: with comments above it only a part is
    closed, and a comment below its end means that people went on. Of nested boxes the outermost closing one counts.
    """
    places = _Places(threads)
    marks: dict[int, list[Found]] = {}
    signing: dict[int, set[int]] = {}
    reopened: set[int] = set()
    torn = {number for use in unended if (number := places.of(use.span.start)) is not None}
    ties: list[tuple[int, int]] = []
    closed_to = 0
    for box in boxes:
        first, last = places.of(box.opener.span.start), places.of(box.ender.span.start)
        if (first is None) != (last is None):
            torn.update(number for number in (first, last) if number is not None)
        low = places.after(box.opener.span.start) if first is None else first
        high = places.after(box.ender.span.start) - 1 if last is None else last
        if first is not None and last is not None and first != last:
            ties.append((first, last))
        if not box.closes or box.opener.span.start < closed_to:
            continue
        closed_to = box.ender.span.end
        mark, signs = _box_mark(box, threads, first, last, signers)
        for number, comment in signs:
            signing.setdefault(number, set()).add(comment)
        own = dict(signs)
        for number in range(low, high + 1):
            inside, after = _covers(box, threads[number].comments, own.get(number))
            if inside and after:
                reopened.add(number)
            elif inside:
                marks.setdefault(number, []).append(Found(mark, own.get(number)))
    return BoxFindings(marks, signing, frozenset(reopened), _tie(ties), frozenset(torn))


def _box_mark(
    box: Box, threads: Sequence[Thread], first: int | None, last: int | None, signers: Signers
) -> tuple[Mark, list[tuple[int, int]]]:
    """The mark of a box, and the comments (thread, number) that sign it: at its opener, else right behind its end."""
    for used, number in ((box.opener, first), (box.ender, last)):
        comments = threads[number].comments if number is not None else ()
        signed = signers.of(used.span.start, used.span.end, comments)
        if signed is not None:
            mark = Mark(
                box.closes, Outcome.RESOLVED, box.opener.span.start, box.ender.span.end, signed.author, signed.instant
            )
            return mark, [(number, signed.comment)] if number is not None and signed.comment is not None else []
    return Mark(box.closes, Outcome.RESOLVED, box.opener.span.start, box.ender.span.end), []


def _covers(box: Box, comments: Sequence[Comment], own: int | None) -> tuple[bool, bool]:
    """Whether no comment stands above the box, and whether one stands below it."""
    first, last = 0, len(comments) - 1
    first += own == first
    last -= own == last
    if first > last:
        return True, False
    return comments[first].signature >= box.opener.span.start, comments[last].signature >= box.ender.span.end


def _tie(ties: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Number the groups of threads that boxes hold together; overlapping boxes make one group."""
    groups: list[tuple[int, int]] = []
    for first, last in sorted(ties):
        if groups and first <= groups[-1][1]:
            groups[-1] = (groups[-1][0], max(last, groups[-1][1]))
        else:
            groups.append((first, last))
    return {number: tie for tie, (first, last) in enumerate(groups) for number in range(first, last + 1)}
