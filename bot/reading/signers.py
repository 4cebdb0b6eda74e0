"""Finds the signature that goes with a mark: who closed, and when."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Comment
from bot.reading.authors import AuthorLink, AuthorLinks
from bot.reading.signatures import Timestamp, Timestamps
from bot.reading.wikitext import Scan

MAX_LINE = 5000
"""A signature that follows on the same line, but further off than this, is not the mark's."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that goes with a mark: its author and instant, and the comment it belongs to, if it makes one."""

    author: str
    instant: datetime
    comment: int | None


class Signers:
    """Finds the signature that goes with a mark: in the template's parameters, or after it on the same line.

    Asked for marks in page order it takes time linear in the page: each line is read once.
    """

    __slots__ = ("_line", "_links", "_scan", "_timestamps")

    def __init__(self, scan: Scan, links: AuthorLinks, timestamps: Timestamps) -> None:
        """Signatures are looked for in this page's text."""
        self._scan = scan
        self._links = links
        self._timestamps = timestamps
        self._line = _Stretch(0, -1, (), ())

    def of(self, start: int, end: int, comments: Sequence[Comment]) -> Signed | None:
        """The signature of what stands in ``start:end``; ``comments`` are those of its thread, in page order."""
        return self._inside(start, end, comments) or self._after(end, comments)

    def _inside(self, start: int, end: int, comments: Sequence[Comment]) -> Signed | None:
        """The last signature within the span: the closer signs at the end of the closing words."""
        stretch = self._read(start, end)
        for stamp in reversed(stretch.stamps):
            link = stretch.link(self._scan.text, stamp, start)
            if link is not None:
                number = bisect_left(comments, start, key=lambda comment: comment.end)
                belongs = number < len(comments) and comments[number].end <= end
                return Signed(link.author, stamp.instant, number if belongs else None)
        return None

    def _after(self, end: int, comments: Sequence[Comment]) -> Signed | None:
        """The first signature that follows on the same line."""
        if not self._line.start <= end <= self._line.end:
            newline = self._scan.text.find("\n", end)
            self._line = self._read(end, newline if newline >= 0 else len(self._scan.text))
        stamps = self._line.stamps
        first = bisect_left(stamps, end, key=lambda stamp: stamp.start)
        if first == len(stamps) or stamps[first].end - end > MAX_LINE:
            return None
        link = self._line.link(self._scan.text, stamps[first], end)
        if link is None:
            return None
        number = bisect_left(comments, stamps[first].end, key=lambda comment: comment.end)
        belongs = number < len(comments) and comments[number].end == stamps[first].end
        return Signed(link.author, stamps[first].instant, number if belongs else None)

    def swallowed(self, start: int, end: int, before: datetime) -> Comment | None:
        """The first signature between two offsets, older than ``before``, as a comment that begins at ``start``.

        Closing words put right above a report's first paragraph are, to a reader of comments, one comment with it.
        """
        stretch = self._read(start, end)
        for stamp in stretch.stamps:
            link = stretch.link(self._scan.text, stamp, start)
            if link is not None and stamp.instant < before:
                return Comment(link.author, stamp.instant, 1, start, link.start, stamp.end)
        return None

    def _read(self, start: int, end: int) -> _Stretch:
        """The timestamps and author links between two offsets that are not hidden in comments or nowiki."""
        hidden = self._scan.hidden
        stamps = tuple(
            stamp for stamp in self._timestamps.find(self._scan.text, start, end) if stamp.start not in hidden
        )
        links = self._links.find(self._scan.text, start, end) if stamps else ()
        return _Stretch(start, end, stamps, tuple(link for link in links if link.start not in hidden))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What a part of the page holds of signatures, in order."""

    start: int
    end: int
    stamps: tuple[Timestamp, ...]
    links: tuple[AuthorLink, ...]

    def link(self, text: str, stamp: Timestamp, start: int) -> AuthorLink | None:
        """The link that signs with this timestamp: the nearest before it, on its line and behind ``start``."""
        before = bisect_right(self.links, stamp.start, key=lambda link: link.end) - 1
        if before < 0 or self.links[before].start < start:
            return None
        link = self.links[before]
        return link if text.find("\n", link.end, stamp.start) < 0 else None
