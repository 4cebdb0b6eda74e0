"""Packs what was read of a piece of a board into numbers, and reads it out of the same text again.

What is packed are offsets, instants, levels and numbers of words that the settings or the wiki know. Names, headings
and ids are no part of it: they are cut out of the text anew, so a journal may keep what is packed (law 10).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from bot.model import Comment, Heading, Mark, Outcome, Pin, Thread
from bot.reading.cutting import CannotPackError, Cutter, words_of
from bot.reading.damage import TORN
from bot.reading.enrich import BoardWords
from bot.reading.headings import shown
from bot.reading.identity import UNSIGNED, stem_of, stem_of_unsigned
from bot.reading.ids import Stem, name_part, part_of, switch_time, timestamp_part
from bot.reading.pieces import Ends, Piece, Place
from bot.reading.wikitext import OPAQUE_TAGS

Packed = list[list[int]]
"""A piece in numbers: one list for each kind of thing, in the order in which ``_packed`` writes them."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_NONE = -1
_NEVER = -(1 << 40)
"""Stands for an instant that is not there; no calendar reaches as far."""

_ROW = 20
_TRANSCLUDED = 2

_OUTCOMES = tuple(Outcome)


class Packer:
    """Packs and unpacks pieces of boards that are read with the same words."""

    __slots__ = ("_known", "_numbers", "_seen", "_switch", "_words")

    def __init__(self, words: BoardWords) -> None:
        """Number what can be said without a look at the text."""
        marks, boxes = words.marks, words.boxes
        self._words = words
        self._known = tuple(
            dict.fromkeys(
                (
                    *("comment", "table", "template", "link", TORN),
                    *sorted(OPAQUE_TAGS),
                    *(f"box {kind}" for kind in sorted({*boxes.openers.values(), *chain(*boxes.enders.values())})),
                    *marks.closing.values(),
                    *(name for name, _ in marks.templates.values()),
                    *(name for name, _ in marks.status.values()),
                    *(said.name for said in marks.headings),
                )
            )
        )
        self._numbers = {word: number for number, word in enumerate(self._known)}
        self._switch = switch_time(words.info)
        self._seen: dict[tuple[int, ...], Ends] = {}

    def pack(self, piece: Piece, text: str) -> Packed | None:
        """Pack what was read of a text; None where it would not come out the same (``unpack`` is tried at once)."""
        try:
            packed = self._packed(piece, Cutter(text, self._words, self._numbers))
        except CannotPackError:
            return None
        return packed if equal(self.unpack(packed, text), piece) else None

    def unpack(self, packed: Packed, text: str) -> Piece:
        """Read a piece out of the text that it was packed with."""
        whole, cut, heads, talk, threads, marks, people, ends = packed
        names = words_of(cut, text, self._words, self._known)
        headings = tuple(
            [Heading(self._heading(text, start, end), level, start, end) for level, start, end in _by(heads, 3)]
        )
        comments, stems = self._comments(talk, names)
        here = _Here(
            text,
            headings,
            comments,
            names,
            tuple([_mark(row, names) for row in _by(marks, 7)]) if marks else (),
            tuple([names[number] for number in people]) if people else (),
        )
        places: list[Place] = []
        marked = named = 0
        for row in _by(threads, _ROW):
            place, marked, named = _place(row, here, marked, named)
            places.append(place)
        length, unsafe, tail, ties, headed = whole
        return Piece(
            length,
            headings,
            comments,
            stems,
            tuple(places),
            None if unsafe == _NONE else unsafe,
            tail,
            ties,
            headed == 1,
            self._ends(tuple(ends)),
        )

    def _heading(self, text: str, start: int, end: int) -> str:
        written = _without_comments(text[start:end]).rstrip()
        signs = len(written) - len(written.lstrip("="))
        level = min(6, signs, len(written) - len(written.rstrip("=")))
        if signs == len(written):
            level = min(6, (signs - 1) // 2)
        return shown(written[level:-level], self._words.info) if level > 0 else ""

    def _comments(self, talk: Sequence[int], names: Sequence[str]) -> tuple[tuple[Comment, ...], tuple[Stem, ...]]:
        comments: list[Comment] = []
        stems: list[Stem] = []
        parts: list[str] = []
        switch, own = self._switch, [f"{name_part(name)}-" for name in names]
        for author, minute, level, start, signature, end, under in _by(talk, 7):
            instant = _EPOCH + minute * _MINUTE
            comments.append(Comment(names[author], instant, level, start, signature, end))
            part = own[author] + timestamp_part(instant, switch)
            parts.append(part)
            if under < _NONE:
                stems.append(Stem(f"c-{part}", -2 - under))
            else:
                stems.append(Stem(f"c-{part}-{parts[under]}" if under >= 0 else f"c-{part}"))
        return tuple(comments), tuple(stems)

    def _ends(self, ends: tuple[int, ...]) -> Ends:
        found = self._seen.get(ends)
        if found is None:
            ragged, opens, closes, *words = ends
            known = [self._known[word] for word in words]
            found = self._seen[ends] = Ends(
                ragged == 1,
                frozenset(known[:opens]),
                frozenset(known[opens : opens + closes]),
                frozenset(known[opens + closes :]),
            )
        return found

    def _packed(self, piece: Piece, cutter: Cutter) -> Packed:
        talk: list[int] = []
        parts: dict[str, int] = {}
        for number, (comment, stem) in enumerate(zip(piece.comments, piece.stems, strict=True)):
            part = part_of(comment.author, comment.instant, self._switch)
            under = -2 - stem.heading if stem.heading >= 0 else parts.get(stem.text.removeprefix(f"c-{part}-"), _NONE)
            parts.setdefault(part, number)
            minute = (comment.instant - _EPOCH) // _MINUTE
            talk += cutter.word(comment.author), minute, comment.level
            talk += comment.start, comment.signature, comment.end, under
        threads: list[int] = []
        marks: list[int] = []
        people: list[int] = []
        for place in piece.places:
            threads += _thread_row(place, cutter, len(marks) // 7, len(people))
            people += [cutter.word(name) for name in (*place.thread.subjects, *place.thread.pages)]
            for mark in place.thread.marks:
                marks += cutter.word(mark.name), _OUTCOMES.index(mark.outcome), mark.start, mark.end
                marks += (
                    cutter.word_or_none(mark.signer),
                    _seconds(mark.instant),
                    cutter.word_or_none(mark.outcome_word),
                )
        unsafe = _NONE if piece.unsafe_from is None else piece.unsafe_from
        return [
            [piece.length, unsafe, piece.tail_start, piece.ties, int(piece.headed)],
            cutter.cut,
            [number for one in piece.headings for number in (one.level, one.start, one.end)],
            talk,
            threads,
            marks,
            people,
            self._ends_row(piece.ends),
        ]

    def _ends_row(self, ends: Ends) -> list[int]:
        words = [*sorted(ends.opens), *sorted(ends.closes), *sorted(ends.renews)]
        if not all(word in self._numbers for word in words):
            raise CannotPackError
        return [int(ends.ragged), len(ends.opens), len(ends.closes), *(self._numbers[word] for word in words)]


def equal(one: Piece, other: Piece) -> bool:
    """Whether two pieces say the same, field by field."""
    return all(getattr(one, name) == getattr(other, name) for name in _FIELDS) and [
        (place.thread, place.comments, place.headings, place.heading) for place in one.places
    ] == [(place.thread, place.comments, place.headings, place.heading) for place in other.places]


_FIELDS = tuple(name for name in Piece.__slots__ if name != "places")


def _without_comments(text: str) -> str:
    parts: list[str] = []
    done = 0
    while (start := text.find("<!--", done)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts.append(text[done:start])
        done = end + 3
    return "".join(parts) + text[done:]


def _by(numbers: Sequence[int], width: int) -> Iterator[tuple[int, ...]]:
    """The rows of a table that was written one number after the other."""
    return zip(*[iter(numbers)] * width, strict=True)


def _seconds(instant: datetime | None) -> int:
    return _NEVER if instant is None else (instant - _EPOCH) // _SECOND


def _thread_row(place: Place, cutter: Cutter, marks: int, people: int) -> list[int]:
    """A thread in numbers, of which so many marks and people were told before.

    Its identity is told by its first comment, as its heading's, or by who opened it and when.
    """
    thread, pin = place.thread, place.thread.pin
    stem, _, ordinal = thread.identity.rpartition("|")
    opened = (_NONE, 0)
    if stem.startswith(UNSIGNED):
        opened = (_NONE - 1, 0)
    elif not thread.comments or stem != stem_of(thread.comments[0].author, thread.comments[0].instant):
        author, _, written = stem.rpartition("|")
        opened = (cutter.word(author), _seconds(datetime.fromisoformat(written)))
    people += len(thread.subjects)
    return [
        thread.start,
        thread.end,
        _NONE if place.heading is None else place.heading,
        *place.headings,
        *place.comments,
        *opened,
        int(ordinal),
        cutter.word_or_none(thread.reporter),
        people,
        people + len(thread.pages),
        marks + len(thread.marks),
        *((_NONE, 0, 0) if pin is None else (_seconds(pin.until), pin.start, pin.end)),
        _NONE if thread.tied is None else thread.tied,
        cutter.word_or_none(thread.damage),
        _TRANSCLUDED * thread.transcluded + thread.reopened,
    ]


@dataclass(frozen=True, slots=True)
class _Here:
    """What a piece's threads are put together from."""

    text: str
    headings: tuple[Heading, ...]
    comments: tuple[Comment, ...]
    names: Sequence[str]
    said: tuple[Mark, ...]
    told: tuple[str, ...]


def _place(row: tuple[int, ...], here: _Here, marked: int, named: int) -> tuple[Place, int, int]:
    """A thread out of its row, and how many of the marks and people are told with it and those before."""
    start, end, head, low, high, first, last, opener, opened, ordinal, reporter, *rest = row
    subjects, pages, marks, until, pin, unpin, tied, damage, flags = rest
    names = here.names
    heading = here.headings[head] if head >= 0 else None
    own = here.comments[first:last]
    instant: datetime | None = None
    if opener == _NONE:
        instant = own[0].instant
        stem = stem_of(own[0].author, instant)
    elif opener < _NONE:
        stem = stem_of_unsigned(heading.text if heading is not None else here.text[start : start + 200])
    else:
        instant = _EPOCH + opened * _SECOND
        stem = stem_of(names[opener], instant)
    thread = Thread(
        heading,
        start,
        end,
        f"{stem}|{ordinal}",
        own,
        here.headings[low:high],
        names[reporter] if reporter >= 0 else "",
        here.told[named:subjects],
        here.said[marked:marks],
        Pin(None if until == _NEVER else _EPOCH + until * _SECOND, pin, unpin) if unpin else None,
        None if tied < 0 else tied,
        names[damage] if damage >= 0 else "",
        flags >= _TRANSCLUDED,
        flags % 2 == 1,
        here.told[subjects:pages],
        instant,
    )
    return Place(thread, (first, last), (low, high), head if head >= 0 else None), marks, pages


def _mark(row: tuple[int, ...], names: Sequence[str]) -> Mark:
    name, outcome, start, end, signer, instant, word = row
    return Mark(
        names[name],
        _OUTCOMES[outcome],
        start,
        end,
        names[signer] if signer >= 0 else "",
        None if instant == _NEVER else _EPOCH + instant * _SECOND,
        names[word] if word >= 0 else "",
    )
