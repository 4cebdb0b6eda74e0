"""Fills in what a board's wikitext says about its threads: marks, pins, parties, identities, ties, damage."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from bot.model import Board, Comment, Mark, Pin, Thread, WikiInfo
from bot.reading.authors import AuthorLinks
from bot.reading.damage import TORN, find_damage, stands_elsewhere
from bot.reading.identity import identities
from bot.reading.marks import (
    Found,
    MarkWords,
    heading_marks,
    opening_comment,
    quotations,
    template_marks,
    unsigned_if_opening,
)
from bot.reading.pairs import BoxFindings, PairWords, match_boxes, read_boxes
from bot.reading.parties import Parties, subject_table
from bot.reading.pins import find_pin, pin_names
from bot.reading.rules import Rules
from bot.reading.signatures import Timestamps
from bot.reading.signers import Signers
from bot.reading.templatenames import TemplateNames
from bot.reading.wikitext import Scan

T = TypeVar("T")


class BoardWords:
    """What a wiki and the rules of one board make of template names and headings; made once for many texts."""

    __slots__ = (
        "boxes",
        "info",
        "links",
        "marks",
        "names",
        "naming",
        "paging",
        "pinning",
        "rules",
        "unsigned",
        "wanted",
    )

    def __init__(self, info: WikiInfo, rules: Rules) -> None:
        """Compile the rules."""
        self.info = info
        self.rules = rules
        self.links = AuthorLinks(info)
        self.names = TemplateNames(info, rules.aliases)
        self.marks = MarkWords(self.names, rules)
        self.boxes = PairWords(self.names, rules, self.marks)
        self.pinning = frozenset(pin_names(self.names, rules))
        self.naming = frozenset(subject_table(self.names, rules))
        self.paging = frozenset(self.names.table(rules.page_templates))
        telling = self.pinning | self.naming | self.paging
        signing = [other for name in rules.unsigned_templates for other in (name, *rules.aliases.get(name, ()))]
        self.unsigned = frozenset(self.names.normal(name) for name in signing)
        self.wanted = self.marks.interesting() | self.boxes.interesting() | telling


def enrich(board: Board, scan: Scan, words: BoardWords, timestamps: Timestamps) -> Board:
    """The same board with every thread's identity, reporter, subjects, marks, pin, tie and damage, and ``unsafe_from``.

    Wants threads with their spans, headings and comments. Pure, never raises, linear in the text.
    """
    damage = find_damage(scan, board.threads)
    if not board.threads:
        return replace(board, unsafe_from=damage.unsafe_from)
    reader = _Enricher(scan, words, timestamps)
    boxes = read_boxes(*match_boxes(reader.used, reader.words.boxes), board.threads, reader.signers)
    findings = [reader.read(thread, boxes, number) for number, thread in enumerate(board.threads)]
    return replace(board, threads=_complete(board, findings, boxes, damage.words), unsafe_from=damage.unsafe_from)


class _Enricher:
    """What is prepared once for all threads of a text."""

    def __init__(self, scan: Scan, words: BoardWords, timestamps: Timestamps) -> None:
        self.scan = scan
        self.timestamps = timestamps
        self.words = words
        self.signers = Signers(scan, words.links, timestamps)
        self.parties = Parties(scan, words.info, words.rules, words.links)
        self.boxes = words.boxes.interesting()
        self.used = [use for use in words.names.used(scan) if use.name in words.wanted]
        self.templates = _Slices(self.used, [use.span.start for use in self.used])
        notes = [span for span in scan.opaque if span.name == "comment"]
        self.notes = _Slices(notes, [span.start for span in notes])

    def read(self, thread: Thread, boxes: BoxFindings, number: int) -> _Finding:
        """Read one thread."""
        here = self.templates.between(thread.start, thread.end)
        if here:
            quoted = quotations(self.scan, thread.start, thread.end)
            here = [use for use in here if use.span.start not in quoted]
        own = [use for use in here if use.name not in self.boxes]
        found = template_marks(self.scan, own, thread, self.words.marks, self.signers) + boxes.marks.get(number, [])
        opening = _opening(thread, found, boxes.signing.get(number, set()), self.signers)
        reporter = opening.author if opening is not None else ""
        naming = [use for use in here if use.name in self.words.naming]
        paging = [use for use in here if use.name in self.words.paging]
        pinning = [use for use in here if use.name in self.words.pinning]
        notes = self.notes.between(thread.start, thread.end)
        return _Finding(
            opening,
            reporter,
            self.parties.subjects(thread, opening, reporter, naming),
            (*heading_marks(thread.heading, self.words.marks), *unsigned_if_opening(found, thread, opening)),
            find_pin(self.scan, thread, pinning, notes, self.timestamps),
            not thread.comments and stands_elsewhere(self.scan, thread, self.words.names, self.words.pinning),
            self.parties.pages(thread, opening, reporter, paging),
        )


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one thread's own wikitext says."""

    opening: Comment | None
    reporter: str
    subjects: tuple[str, ...]
    marks: tuple[Mark, ...]
    pin: Pin | None
    transcluded: bool
    pages: tuple[str, ...]


def _opening(thread: Thread, found: Sequence[Found], signing: set[int], signers: Signers) -> Comment | None:
    """The thread's opening comment; ``signing`` are the numbers of comments that only sign a box."""
    comments = thread.comments
    of_marks = frozenset(signing | {each.comment for each in found if each.comment is not None})
    if 0 in of_marks:
        until = comments[1].signature if len(comments) > 1 else thread.end
        swallowed = signers.swallowed(comments[0].end, until, comments[0].instant)
        if swallowed is not None:
            return swallowed
    number = opening_comment(comments, of_marks)
    return None if number is None else comments[number]


def _complete(
    board: Board, findings: Sequence[_Finding], boxes: BoxFindings, damaged: dict[int, str]
) -> tuple[Thread, ...]:
    """The threads with all that was found; identities need the whole board (ordinals among equals)."""
    texts = [
        thread.heading.text if thread.heading is not None else board.text[thread.start : thread.start + 200]
        for thread in board.threads
    ]
    names = identities([finding.opening for finding in findings], texts)
    return tuple(
        replace(
            thread,
            identity=names[number],
            reporter=finding.reporter,
            subjects=finding.subjects,
            marks=finding.marks,
            pin=finding.pin,
            tied=boxes.tied.get(number),
            damage=damaged.get(number) or (TORN if number in boxes.torn else ""),
            transcluded=finding.transcluded,
            reopened=number in boxes.reopened,
            pages=finding.pages,
            opened=finding.opening.instant if finding.opening is not None else None,
        )
        for number, (thread, finding) in enumerate(zip(board.threads, findings, strict=True))
    )


class _Slices(Generic[T]):
    """Things in page order, given out by the stretch of text they begin in."""

    def __init__(self, things: Sequence[T], starts: Sequence[int]) -> None:
        self._things = things
        self._starts = starts

    def between(self, start: int, end: int) -> Sequence[T]:
        """The things that begin in ``start <= offset < end``."""
        return self._things[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
