"""Finds the comments of a text, each ending in a signature, as DiscussionTools' CommentParser does."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from bot.model import CATEGORY, Comment, WikiInfo
from bot.reading.authors import AuthorLink
from bot.reading.flow import Flow
from bot.reading.signatures import Timestamp
from bot.reading.wikitext import Scan

SIGNATURE_SCAN_LIMIT = 100
"""How many visible characters may stand between an author link's start and its timestamp, links' text included."""

MAX_SIGNATURE_CHARS = 5_000
"""And how many characters of wikitext, so that markup without end costs nothing."""

MAX_TEMPLATE_OPENING = 300
"""How far from its template's start a timestamp may stand to be the first thing in there."""

_MARKUP = re.compile(
    r"<!--.*?-->|</?[a-zA-Z][^<>]*>|\[\[(?:[^\[\]|\n]*\|)*|\]\]|'{2,}|\[(?:https?:)?//[^\s\]]*|\]|\{\{[^{}|]*\|?|\}\}"
)
_CONTENT = re.compile(
    r"(?:\s+|</?(?:small|big|span|font|b|i|s|u|sub|sup|del|ins|em|strong|code|noinclude|onlyinclude)\b[^<>]*>"
    r"|'{2,}|__[^\W_]+__)*"
)


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A template that signs for somebody else (``{{unsigned|author|time}}``)."""

    start: int
    end: int
    author: str
    instant: datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, when, and where: from the first link to the end of the timestamp."""

    author: str
    instant: datetime
    start: int
    timestamp: int
    end: int


def find_comments(
    scan: Scan,
    flow: Flow,
    timestamps: Sequence[Timestamp],
    links: Sequence[AuthorLink],
    unsigned: Sequence[Unsigned],
    categories: re.Pattern[str],
) -> tuple[Comment, ...]:
    """Find the comments in order.

    A comment begins at the first content after the one before it and ends in a signature: a timestamp with a link to
    its author before it in the same block, at most ``SIGNATURE_SCAN_LIMIT`` visible characters away. Another in
    the same line or paragraph belongs to the same comment; after a ``<br>`` it makes one of its own.
    """
    return _Finder(scan, flow, timestamps, links, unsigned, categories).run()


def category_links(info: WikiInfo) -> re.Pattern[str]:
    """Match links that file the page in a category: they show nothing where they stand."""
    names = info.namespaces[CATEGORY].names if CATEGORY in info.namespaces else ("Category",)
    words = "|".join(re.escape(name).replace(r"\ ", "[ _]+") for name in names)
    return re.compile(rf"\[\[[ _]*(?i:{words})[ _]*:[^\[\]\n]*\]\]")


def content_start(scan: Scan, categories: re.Pattern[str], start: int, end: int) -> int:
    """Where the first content of a block stands: past blanks, comments, categories and formatting; else ``end``."""
    at = start
    while at < end:
        match = _CONTENT.match(scan.text, at, end)
        at = match.end() if match else at
        if scan.text.startswith("<!--", at) and at in scan.hidden:
            at = scan.hidden.end_of(at)
        elif scan.text.startswith("[[", at) and (category := categories.match(scan.text, at, end)):
            at = category.end()
        else:
            break
    return min(at, end)


class _Finder:
    """The state of the walk: where the last comment or heading ended."""

    def __init__(
        self,
        scan: Scan,
        flow: Flow,
        timestamps: Sequence[Timestamp],
        links: Sequence[AuthorLink],
        unsigned: Sequence[Unsigned],
        categories: re.Pattern[str],
    ) -> None:
        self.scan = scan
        self.flow = flow
        self.categories = categories
        self.stamps: list[Timestamp | Unsigned] = sorted(
            [*(stamp for stamp in timestamps if stamp.start not in scan.hidden), *unsigned],
            key=lambda stamp: stamp.start,
        )
        self.links = [link for link in links if link.start not in scan.hidden]
        self.link_starts = [link.start for link in self.links]
        self.opened = _Blocks(flow)
        self.next_block = 0
        self.next_head = 0
        self.hopeless = -1

    def run(self) -> tuple[Comment, ...]:
        flow, found, done = self.flow, [], 0
        for stamp in self.stamps:
            if stamp.start < done:
                continue
            block = flow.at(stamp.start)
            if flow.quoted[block] or stamp.end > flow.ends[block]:
                continue
            self._pass_headings(block)
            signature = self._signature(stamp, block)
            if signature is None:
                continue
            found.append(self._comment(signature, block))
            done = flow.ends[block]
            self.next_block = block + 1
        return tuple(found)

    def _pass_headings(self, block: int) -> None:
        """Let nothing before the last heading be part of a comment after it."""
        heads = self.flow.heads
        while self.next_head < len(heads) and heads[self.next_head] <= block:
            self.next_block = max(self.next_block, heads[self.next_head] + 1)
            self.next_head += 1

    def _signature(self, stamp: Timestamp | Unsigned, block: int) -> Signature | None:
        if isinstance(stamp, Unsigned):
            return Signature(stamp.author, stamp.instant, stamp.start, stamp.start, stamp.end)
        low = self.flow.starts[max(self.opened.first_of(block), self.next_block)]
        inside = self.scan.outer_templates.start_of(stamp.start)
        if inside >= 0 and not self._alone_in(inside, stamp.start):
            low = max(low, inside)
        low = max(low, stamp.start - MAX_SIGNATURE_CHARS)
        return self._walk_back(stamp, low)

    def _alone_in(self, start: int, stamp: int) -> bool:
        """Tell whether a timestamp is the first thing in its template (``{{small|12:00 …}}``)."""
        if stamp - start > MAX_TEMPLATE_OPENING:
            return False
        return self.scan.text.rfind("|", start, stamp) == self.scan.text.find("|", start, stamp)

    def _walk_back(self, stamp: Timestamp, low: int) -> Signature | None:
        """Go from link to link, the nearest first; the first author counts, and how far that author's links reach."""
        last = bisect_left(self.link_starts, stamp.start) - 1
        first = bisect_left(self.link_starts, low)
        if last < first or last == self.hopeless:
            return None
        author, start, seen, until, carried = "", stamp.start, 0, stamp.start, False
        for index in range(last, first - 1, -1):
            link = self.links[index]
            parts = _MARKUP.split(self.scan.text[link.start : until])
            if not carried:
                # the text node that holds the timestamp does not count, however long
                parts.pop()
                carried = True
            for part in parts:
                if part:
                    seen += len((unescape(part) if "&" in part else part).strip("\t\n\f\r "))
            if seen >= SIGNATURE_SCAN_LIMIT:
                break
            until = link.start
            if not author or link.author == author:
                author, start = link.author, link.start
        if not author:
            self.hopeless = last
            return None
        return Signature(author, stamp.instant, start, stamp.start, stamp.end)

    def _comment(self, signature: Signature, block: int) -> Comment:
        flow = self.flow
        start, first = signature.start, block
        for number in range(self.next_block, block + 1):
            if flow.empty[number]:
                continue
            at = content_start(self.scan, self.categories, flow.starts[number], flow.ends[number])
            if at < flow.ends[number]:
                start, first = min(at, signature.start), number
                break
        level = min(flow.levels[first], flow.levels[block]) + 1
        return Comment(signature.author, signature.instant, level, start, signature.start, signature.end)


class _Blocks:
    """Which ``<br>``-parted pieces make one block."""

    def __init__(self, flow: Flow) -> None:
        self.firsts: list[int] = []
        first = 0
        for number, hard in enumerate(flow.hard):
            first = number if hard else first
            self.firsts.append(first)

    def first_of(self, number: int) -> int:
        """Number the piece that begins the block of a piece."""
        return self.firsts[number]
