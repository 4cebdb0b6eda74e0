"""Three-way merge of wikitext by lines, with the verdict that MediaWiki reaches through diff3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

# What PHP's rtrim takes off.
WHITE_SPACE = " \t\n\r\0\x0b"


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines ``start:end`` of the base became lines ``at:to`` of a side."""

    start: int
    end: int
    at: int
    to: int


def merge(base: str, ours: str, theirs: str) -> str | None:
    """The page with both changes, or None where they conflict.

    Changes are merged where at least one unchanged line lies between them, or where both sides made the same change;
    changes that overlap or touch are a conflict. So does MediaWiki (``wfMerge``, Manual:$wgDiff3); like it, texts are
    compared, and the answer given, without white space at the end. Where a text can be aligned in several ways the
    verdict may differ from diff3's, never the safety: what a side added is in the merge, what it removed is not.
    """
    old, mine, yours = _lines(base), _lines(ours), _lines(theirs)
    out: list[str] = []
    done = 0
    for our, their in _regions(_changes(old, mine), _changes(old, yours)):
        start = min(change.start for change in (*our, *their))
        end = max(change.end for change in (*our, *their))
        made = [_side(lines, changes, start, end) for lines, changes in ((mine, our), (yours, their)) if changes]
        if made[0] != made[-1]:
            return None
        out += [*old[done:start], *made[0]]
        done = end
    return "".join([*out, *old[done:]]).rstrip(WHITE_SPACE)


def _lines(text: str) -> list[str]:
    """Lines with their line breaks; only LF ends a line, and the last line has one too."""
    return [f"{line}\n" for line in text.rstrip(WHITE_SPACE).split("\n")]


def _changes(base: list[str], side: list[str]) -> list[_Change]:
    """What a side changed, in order; what both ends have in common is cut off first, for speed."""
    head = _common(base, side)
    tail = _common(base[head:][::-1], side[head:][::-1])
    old, new = base[head : len(base) - tail], side[head : len(side) - tail]
    removed = [True] * len(old)
    added = [True] * len(new)
    # Lines that occur everywhere (blank ones) anchor nothing in long texts: difflib's time would grow as their square.
    for i, j, count in SequenceMatcher(None, old, new, autojunk=True).get_matching_blocks():
        removed[i : i + count] = [False] * count
        added[j : j + count] = [False] * count
    removed = [False] * head + removed + [False] * tail
    added = [False] * head + added + [False] * tail
    _slide(base, removed, _gaps(added))
    _slide(side, added, _gaps(removed))
    return list(_paired(removed, added))


def _gaps(changed: list[bool]) -> frozenset[int]:
    """Before which kept lines something changed, by how many kept lines stand before it."""
    gaps: set[int] = set()
    kept = 0
    for flag in changed:
        if flag:
            gaps.add(kept)
        else:
            kept += 1
    return frozenset(gaps)


def _slide(lines: list[str], changed: list[bool], others: frozenset[int]) -> None:
    """Moves changes to where diff puts those that could stand in several places, because lines repeat at their edges.

    That is next to a change of the other text (``others``: its gaps) where there is one, else as late as possible;
    changes that meet on the way become one. ``changed`` is changed in place.
    """
    start = gap = 0
    while start < len(lines):
        if not changed[start]:
            start, gap = start + 1, gap + 1
            continue
        end = _end(changed, start)
        size = 0
        while size != end - start:
            size = end - start
            while start > 0 and lines[start - 1] == lines[end - 1]:
                start, end, gap = start - 1, end - 1, gap - 1
                changed[start], changed[end] = True, False
                while start > 0 and changed[start - 1]:
                    start -= 1
            best = gap if gap in others else None
            while end < len(lines) and lines[start] == lines[end]:
                changed[start], changed[end] = False, True
                start, end, gap = start + 1, _end(changed, end), gap + 1
                best = gap if gap in others else best
        while best is not None and gap > best:
            start, end, gap = start - 1, end - 1, gap - 1
            changed[start], changed[end] = True, False
        start = end


def _end(changed: list[bool], start: int) -> int:
    while start < len(changed) and changed[start]:
        start += 1
    return start


def _paired(removed: list[bool], added: list[bool]) -> Iterator[_Change]:
    """The changes, from which lines were removed and which added."""
    i = j = 0
    while i < len(removed) or j < len(added):
        end, to = _end(removed, i), _end(added, j)
        if end > i or to > j:
            yield _Change(i, end, j, to)
        i, j = end + 1, to + 1


def _common(one: list[str], other: list[str]) -> int:
    """How many lines two texts have in common at their beginning."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _regions(ours: list[_Change], theirs: list[_Change]) -> Iterator[tuple[list[_Change], list[_Change]]]:
    """Groups changes that overlap or touch in the base; each group is ours and theirs."""
    queue = sorted(
        [(change.start, change.end, 0, change) for change in ours]
        + [(change.start, change.end, 1, change) for change in theirs],
        key=lambda entry: entry[:3],
    )
    group: tuple[list[_Change], list[_Change]] = ([], [])
    reach = -1
    for start, end, side, change in queue:
        if reach >= 0 and start > reach:
            yield group
            group = ([], [])
        group[side].append(change)
        reach = max(reach, end)
    if reach >= 0:
        yield group


def _side(lines: list[str], changes: list[_Change], start: int, end: int) -> list[str]:
    """What a side made of the base's lines ``start:end``."""
    first, last = changes[0], changes[-1]
    return lines[first.at - (first.start - start) : last.to + (end - last.end)]
