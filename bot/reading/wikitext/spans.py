"""Spans of wikitext: what the scan finds, and how to ask which span covers an offset."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Opaque:
    """A span that MediaWiki does not read as wikitext: a comment (``name`` is "comment") or a tag by its name."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class TemplateSpan:
    """A balanced ``{{…}}`` or ``{{{…}}}``; ``depth`` is 0 at top level, ``inner`` how deep templates nest inside."""

    start: int
    end: int
    depth: int
    inner: int = 0
    argument: bool = False


@dataclass(frozen=True, slots=True)
class Unclosed:
    """Something opened and never closed: where, and what ("comment", "nowiki", "table", "template" …).

    ``swallows`` is true where MediaWiki lets it run to the page's end, false where it shows the opener as text.
    """

    start: int
    name: str
    swallows: bool


class Cover:
    """Disjoint spans in order, asked for the one that covers an offset (binary search)."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        """Merge what overlaps or lies inside another span."""
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def end_of(self, offset: int) -> int:
        """Return the end of the span that covers the offset, or -1."""
        found = bisect_right(self._starts, offset) - 1
        return self._ends[found] if found >= 0 and offset < self._ends[found] else -1

    def start_of(self, offset: int) -> int:
        """Return the start of the span that covers the offset, or -1."""
        found = bisect_right(self._starts, offset) - 1
        return self._starts[found] if found >= 0 and offset < self._ends[found] else -1

    def __contains__(self, offset: int) -> bool:
        return self.end_of(offset) >= 0

    def spans(self) -> list[tuple[int, int]]:
        """List all spans in order."""
        return list(zip(self._starts, self._ends, strict=True))

    def between(self, start: int, end: int) -> list[tuple[int, int]]:
        """List the spans that begin in ``start <= offset < end``."""
        low = bisect_right(self._starts, start - 1)
        high = bisect_right(self._starts, end - 1)
        return list(zip(self._starts[low:high], self._ends[low:high], strict=True))


@dataclass(frozen=True)
class Scan:
    """What the scan found, each list in order of its starts. Offsets are in characters."""

    text: str
    opaque: tuple[Opaque, ...]
    templates: tuple[TemplateSpan, ...]
    tables: tuple[tuple[int, int], ...]
    unclosed: tuple[Unclosed, ...]

    @cached_property
    def hidden(self) -> Cover:
        """Comments and opaque tags."""
        return Cover((span.start, span.end) for span in self.opaque)

    @cached_property
    def outer_templates(self) -> Cover:
        """Templates at top level."""
        return Cover((span.start, span.end) for span in self.templates if span.depth == 0)

    @cached_property
    def masked(self) -> Cover:
        """Both together: where no heading or line begins."""
        spans = [(span.start, span.end) for span in self.opaque]
        return Cover(spans + [(span.start, span.end) for span in self.templates if span.depth == 0])
