"""Pieces of a board that can be read each by itself: where they may be cut, and which must be read together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.model import Board, Comment, Heading, Mark, Pin, Thread, WikiInfo
from bot.reading.enrich import BoardWords
from bot.reading.ids import Stem, numbered, parts, stems
from bot.reading.pairs import loose_ends
from bot.reading.wikitext import OPAQUE_TAGS, Scan

_UNENDED_TAG = re.compile(r"</?[a-zA-Z]")
_CLOSER = re.compile(rf"</({'|'.join(sorted(OPAQUE_TAGS))})\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A thread of a piece: its numbers among the piece's comments and headings (first, and one past the last).

    ``heading`` is the number of its own heading, or None. A place equals none but itself.
    """

    thread: Thread
    comments: tuple[int, int]
    headings: tuple[int, int]
    heading: int | None


@dataclass(frozen=True, slots=True)
class Ends:
    """What a piece would do to the pieces after it.

    ``ragged`` tells that something in it runs on to the end of the page. ``opens`` names what it opens and leaves open,
    without harm to what follows unless that holds the closer; ``closes`` what it closes and did not open; ``renews``
    what it holds at all, so that an opener before it stays without closer.
    """

    ragged: bool = False
    opens: frozenset[str] = frozenset()
    closes: frozenset[str] = frozenset()
    renews: frozenset[str] = frozenset()


_NONE = Ends()


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What was read from a stretch of a board; offsets count from where it begins. A piece equals none but itself.

    ``stems`` are what the comments' ids follow from. ``headed`` tells that it begins
    with a heading, which ends whatever stood before. ``ties`` is how many ties of
    threads it holds.
    """

    length: int
    headings: tuple[Heading, ...]
    comments: tuple[Comment, ...]
    stems: tuple[Stem, ...]
    places: tuple[Place, ...]
    unsafe_from: int | None
    tail_start: int
    ties: int
    headed: bool
    ends: Ends


def piece_of(board: Board, comments: Sequence[Comment], ends: Ends | None, info: WikiInfo) -> Piece:
    """Take a board apart into what can be kept; its text is the piece's."""
    starts = {heading.start: number for number, heading in enumerate(board.headings)}
    places: list[Place] = []
    done = 0
    for thread in board.threads:
        if thread.comments:
            while comments[done].end != thread.comments[0].end:
                done += 1
        first, done = done, done + len(thread.comments)
        number = starts[thread.heading.start] if thread.heading is not None else None
        inner = starts[thread.subheadings[0].start] if thread.subheadings else 0
        places.append(Place(thread, (first, done), (inner, inner + len(thread.subheadings)), number))
    return Piece(
        len(board.text),
        board.headings,
        tuple(comments),
        stems(board.headings, comments, info),
        tuple(places),
        board.unsafe_from,
        board.tail_start,
        len({thread.tied for thread in board.threads} - {None}),
        headed=bool(board.headings) and board.headings[0].start == 0,
        ends=ends or _NONE,
    )


def ends_of(scan: Scan, words: BoardWords) -> Ends:
    """Tell what a text opens and does not close, what it closes and did not open, and whether it holds links."""
    text = scan.text
    unended = _UNENDED_TAG.search(text, text.rfind(">") + 1) is not None
    ragged = unended or any(found.swallows for found in scan.unclosed)
    boxes = words.boxes.interesting()
    opened, lone = loose_ends((use for use in words.names.used(scan) if use.name in boxes), words.boxes)
    opens = {f"box {kind}" for kind in opened} | {found.name for found in scan.unclosed}
    closes = {f"box {kind}" for kind in lone} | {match[1].lower() for match in _CLOSER.finditer(text)}
    at = text.find("}}")
    while at >= 0:
        end = max(scan.outer_templates.end_of(at), scan.hidden.end_of(at))
        if end < 0:
            closes.add("template")
            break
        at = text.find("}}", end)
    links, ends = text.find("[["), text.find("]]")
    if text.rfind("[[") > text.rfind("]]"):
        opens.add("link")
    if ends >= 0 and (links < 0 or ends < links):
        closes.add("link")
    return Ends(ragged, frozenset(opens), frozenset(closes), frozenset({"link"} if links >= 0 else ()))


def joins(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """Which pieces must be read together: spans of numbers (first, last) in order, disjoint. None: all stand alone."""
    found: list[tuple[int, int]] = []
    open_since: dict[str, int] = {}
    for number, piece in enumerate(pieces):
        if number and not piece.headed:
            found.append((number - 1, number))
        found += [(open_since[kind], number) for kind in piece.ends.closes if kind in open_since]
        for kind in piece.ends.renews:
            open_since.pop(kind, None)
        for kind in piece.ends.opens:
            open_since.setdefault(kind, number)
        if piece.ends.ragged and number < len(pieces) - 1:
            found.append((number, len(pieces) - 1))
            break
    merged: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def assemble(title: str, revision: int, text: str, pieces: Sequence[Piece]) -> Board:
    """Put the pieces of a text together: offsets, ids, ordinals and the numbers of ties become the board's own."""
    headings: list[Heading] = []
    comments: list[Comment] = []
    at = 0
    for piece in pieces:
        headings += [_moved_heading(heading, at) for heading in piece.headings] if at else piece.headings
        at += piece.length
    ids = iter(numbered(_id_bases(pieces, parts(headings))))
    at = 0
    for piece in pieces:
        # written out here: a call for each takes as long again
        comments += [
            Comment(one.author, one.instant, one.level, one.start + at, one.signature + at, one.end + at, next(ids))
            for one in piece.comments
        ]
        at += piece.length
    threads, outside = _threads(pieces, headings, comments)
    last = pieces[-1]
    return Board(
        title,
        revision,
        text,
        tuple(threads),
        tuple(headings),
        tuple(outside),
        len(text) - last.length + last.tail_start,
        _unsafe(pieces),
    )


def _threads(
    pieces: Sequence[Piece], headings: Sequence[Heading], comments: Sequence[Comment]
) -> tuple[list[Thread], list[Comment]]:
    """The threads of all pieces with the page's own headings and comments, and the comments outside them."""
    threads: list[Thread] = []
    outside: list[Comment] = []
    seen: Counter[str] = Counter()
    at = first_heading = first_comment = ties = 0
    for piece in pieces:
        told = first_comment
        for place in piece.places:
            low, high = first_comment + place.comments[0], first_comment + place.comments[1]
            outside += comments[told:low]
            told = high
            stem = place.thread.identity.rpartition("|")[0]
            seen[stem] += 1
            threads.append(
                _moved_thread(
                    place.thread,
                    at,
                    ties,
                    f"{stem}|{seen[stem]}",
                    tuple(comments[low:high]),
                    None if place.heading is None else headings[first_heading + place.heading],
                    tuple(headings[first_heading + place.headings[0] : first_heading + place.headings[1]]),
                )
            )
        outside += comments[told : first_comment + len(piece.comments)]
        at += piece.length
        first_heading += len(piece.headings)
        first_comment += len(piece.comments)
        ties += piece.ties
    return threads, outside


def _id_bases(pieces: Sequence[Piece], marks: Sequence[str]) -> Iterator[str]:
    """The comments' ids without numbers; ``marks`` are what the page's headings give to them."""
    first = 0
    for piece in pieces:
        for stem in piece.stems:
            yield stem.text if stem.heading < 0 else f"{stem.text}-{marks[first + stem.heading]}"
        first += len(piece.headings)


def _unsafe(pieces: Sequence[Piece]) -> int | None:
    at = 0
    for piece in pieces:
        if piece.unsafe_from is not None:
            return at + piece.unsafe_from
        at += piece.length
    return None


# Built field by field: ``dataclasses.replace`` takes five times as long, and a board has thousands of comments.
def _moved_heading(heading: Heading, by: int) -> Heading:
    return Heading(heading.text, heading.level, heading.start + by, heading.end + by)


def _moved_mark(mark: Mark, by: int) -> Mark:
    return Mark(mark.name, mark.outcome, mark.start + by, mark.end + by, mark.signer, mark.instant, mark.outcome_word)


def _moved_thread(
    thread: Thread,
    by: int,
    ties: int,
    identity: str,
    comments: tuple[Comment, ...],
    heading: Heading | None,
    subheadings: tuple[Heading, ...],
) -> Thread:
    pin = thread.pin
    return Thread(
        heading,
        thread.start + by,
        thread.end + by,
        identity,
        comments,
        subheadings,
        thread.reporter,
        thread.subjects,
        tuple(_moved_mark(mark, by) for mark in thread.marks),
        Pin(pin.until, pin.start + by, pin.end + by) if pin is not None else None,
        None if thread.tied is None else thread.tied + ties,
        thread.damage,
        thread.transcluded,
        thread.reopened,
        thread.pages,
        thread.opened,
    )
