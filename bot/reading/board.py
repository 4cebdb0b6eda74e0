"""Reads one noticeboard page into a ``Board``: the one door to everything in this package."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.model import Board, Comment, WikiInfo
from bot.reading.authors import AuthorLinks, normal_user
from bot.reading.comments import Unsigned, category_links, find_comments
from bot.reading.enrich import BoardWords, enrich
from bot.reading.flow import Flow, split
from bot.reading.headings import find_headings
from bot.reading.kept import Kept, Seal
from bot.reading.lists import list_threads
from bot.reading.pieces import Piece, assemble, ends_of, piece_of
from bot.reading.rules import Rules
from bot.reading.signatures import Timestamps, learn
from bot.reading.threads import Span, build, find_tail, sections
from bot.reading.warm import Learned, parts_of, take_apart
from bot.reading.wikitext import Scan, scan, tags_of, template


class Reader:
    """Reads the boards of one wiki; what is learned from the wiki's facts is learned once."""

    __slots__ = ("_categories", "_links", "_tags", "info", "timestamps")

    def __init__(self, info: WikiInfo) -> None:
        """Learn how the wiki writes timestamps and user links."""
        self.info = info
        self.timestamps = learn(info)
        self._links = AuthorLinks(info)
        self._categories = category_links(info)
        self._tags = tags_of(info.extensions)

    def board(self, title: str, revision: int, text: str, rules: Rules) -> Board:
        """Read a page. Never raises, whatever the text; takes time in proportion to its length."""
        words, timestamps = BoardWords(self.info, rules), self.timestamps.settle(text)
        return assemble(title, revision, text, [self.piece(text, words, timestamps)])

    def again(
        self, title: str, revision: int, text: str, rules: Rules, learned: Learned | None = None
    ) -> tuple[Board, Learned]:
        """Read a page of which most is known, and tell what to hand in the next time. The board is the same."""
        found = self.learn(text, rules, learned)
        return assemble(title, revision, text, found.pieces), found

    def recall(
        self, title: str, revision: int, text: str, rules: Rules, row: str, seal: Seal
    ) -> tuple[Board, Learned | None, str]:
        """Read a page of which an earlier process kept a ``row``, and give the row to keep next. The board is the same.

        ``row`` is "" where nothing is kept; ``seal`` is the same for ever. What was learned comes with it unless the
        page was read in one go, as little of it was seen before.
        """
        timestamps, words = self.timestamps.settle(text), BoardWords(self.info, rules)
        kept = Kept(title, words, timestamps, row, seal)
        if not kept.knows_most(parts_of(text, rules.level)):
            return assemble(title, revision, text, [self.piece(text, words, timestamps)]), None, kept.row()

        def read(piece: str, last: bool) -> Piece:
            known = kept.piece(piece, last)
            return known or kept.keep(piece, last, self.piece(piece, words, timestamps, last=last, whole=False))

        learned = take_apart(text, words, timestamps, None, read)
        return assemble(title, revision, text, learned.pieces), learned, kept.row()

    def learn(self, text: str, rules: Rules, learned: Learned | None = None) -> Learned:
        """Read a page of which most is known as far as its threads go, without putting a board together.

        The cost follows what changed. Pieces that something ties (a box around several threads, an opener in one and
        its closer in another) are read as one, and so is everything from an opener on that runs to the end of the page.
        """
        timestamps = self.timestamps.settle(text)
        before = learned if learned is not None and learned.serves(self.info, rules, timestamps) else None
        words = before.words if before is not None else BoardWords(self.info, rules)

        def read(piece: str, last: bool) -> Piece:
            return self.piece(piece, words, timestamps, last=last, whole=False)

        return take_apart(text, words, timestamps, before, read)

    def piece(
        self, text: str, words: BoardWords, timestamps: Timestamps, *, last: bool = True, whole: bool = True
    ) -> Piece:
        """Read a stretch of a page by itself; only its ``last`` one can hold the tail.

        Of a ``whole`` page it is not asked what it would do to other pieces.
        """
        rules = words.rules
        found = scan(text, self._tags)
        headings = find_headings(found, self.info)
        comments = self._comments(found, split(found, headings), timestamps, words)
        tail = len(text)
        if last:
            floor = headings[-1].end if headings else 0
            tail = find_tail(found, self.info, floor, lambda piece: any(timestamps.find(piece)))
        if rules.style == "list":
            items = list_threads(text, found, headings, rules, self.info)
            spans = tuple(Span(item.start, item.end, None) for item in items)
        else:
            spans = sections(headings, rules.level, tail)
        threads, outside = build(found, spans, headings, comments, self.info)
        tail = max(tail, threads[-1].end if threads else 0)
        board = enrich(Board("", 0, text, threads, headings, outside, tail), found, words, timestamps)
        return piece_of(board, comments, None if whole else ends_of(found, words), self.info)

    def _comments(self, found: Scan, flow: Flow, timestamps: Timestamps, words: BoardWords) -> tuple[Comment, ...]:
        stamps = list(timestamps.find(found.text))
        links = list(self._links.find(found.text))
        unsigned = tuple(self._unsigned(found, timestamps, words))
        return find_comments(found, flow, stamps, links, unsigned, self._categories)

    def _unsigned(self, found: Scan, timestamps: Timestamps, words: BoardWords) -> Iterator[Unsigned]:
        """Read the templates that sign for somebody else (``{{unsigned|author|time}}``, in either order)."""
        if not words.unsigned:
            return
        for use in words.names.used(found):
            if use.name not in words.unsigned or use.span.start in found.hidden:
                continue
            read = template(found.text, use.span)
            author, instant = "", None
            for param in read.params if read else ():
                stamp = _instant(timestamps, param.value)
                if stamp is not None:
                    instant = stamp
                elif not author and param.value:
                    author = normal_user(self.info, param.value)
            if author and instant is not None:
                yield Unsigned(use.span.start, use.span.end, author, instant)


def _instant(timestamps: Timestamps, value: str) -> datetime | None:
    """Read a template's timestamp; the zone may be missing, as people leave it out there."""
    labels = sorted(timestamps.zone.labels)
    for written in (value, *(f"{value} ({label})" for label in labels)):
        for stamp in timestamps.find(written):
            return stamp.instant
    return None
