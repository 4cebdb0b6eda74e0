"""Which counts may be shown: none that rests on one to four cases, and none that would give such a one away.

A count of nought tells of nobody and may be shown. Where a total and its parts are shown together, hiding one small
part is not enough: it is the total less the others. Then more parts are hidden, until what is hidden can be more than
one way.
"""

from __future__ import annotations

from collections.abc import Sequence

FEWEST = 5
"""The fewest cases that are shown (DESIGN, "report")."""


def small(count: int) -> bool:
    """Whether a count must not be shown by itself."""
    return 0 < count < FEWEST


def hide(parts: Sequence[int], hidden: Sequence[bool] = ()) -> tuple[bool, ...] | None:
    """Which parts of a shown total are hidden; None where the total must be hidden instead.

    ``hidden`` are parts that are hidden for reasons of their own. The smallest of the others join them until at least
    two parts and five cases are hidden, or nothing is left to hide.
    """
    chosen = [small(part) or bool(own) for part, own in zip(parts, hidden or [False] * len(parts), strict=True)]
    while any(chosen) and not _safe(parts, chosen):
        open_ones = [index for index, one in enumerate(chosen) if not one and parts[index]]
        if not open_ones:
            return None
        # All that are equal together: which of them was chosen would tell which one is not the small one.
        least = min(parts[index] for index in open_ones)
        chosen = [one or parts[index] == least for index, one in enumerate(chosen)]
    return tuple(chosen)


def _safe(parts: Sequence[int], chosen: Sequence[bool]) -> bool:
    inside = [part for part, one in zip(parts, chosen, strict=True) if one and part]
    # Each hidden part is one at least; where none but small ones are hidden, four at most. At either end all is known.
    ends = {len(inside), (FEWEST - 1) * len(inside) if all(map(small, inside)) else -1}
    return len(inside) >= 2 and sum(inside) >= FEWEST and sum(inside) not in ends


def gives_away(parts: Sequence[int], hidden: Sequence[bool]) -> bool:
    """Whether a total would give away a hidden part, where the parts have been shown or hidden already for good."""
    return any(hidden) and not _safe(parts, hidden)


def part_of(part: int, whole: int) -> bool:
    """Whether a part must be hidden beside its whole: it or the rest is small."""
    return small(part) or small(whole - part) or small(whole)
