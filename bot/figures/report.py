"""A report as values: every board's figures in a span, held against its goals and against what is usual there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from statistics import median

from bot.figures.shown import RISES, Figures, Kind, Piece, Shown, guarded
from bot.figures.spans import Calendar, Span
from bot.figures.tally import Tally, tally
from bot.observe import Observation

TRAILING = 8
"""How many spans before this one make what is usual (FACTS 6)."""
_FEWEST_USUAL = 3
_CHARTED = 12


class State(StrEnum):
    """How a figure stands against its goal."""

    ON_TRACK = "on-track"
    DRIFTING = "drifting"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a community wants of a figure: seconds, a count, or a share of 1; no board named means every board.

    ``tolerance`` is a share of the target. ``action`` is what is done where a figure is off, ``owner`` the page or role
    that does it, ``due`` until when.
    """

    figure: Kind
    target: float
    tolerance: float = 0.0
    action: str = ""
    owner: str = ""
    due: date | None = None
    boards: tuple[str, ...] = ()

    def state(self, value: float) -> State:
        """Hold a value against the target: beyond it, but within the tolerance, is drifting."""
        worse = self.target - value if self.figure in RISES else value - self.target
        if worse <= 0:
            return State.ON_TRACK
        return State.DRIFTING if worse <= abs(self.target) * self.tolerance else State.OFF


@dataclass(frozen=True, slots=True)
class BoardSeen:
    """A board with all that was observed there; figures before ``since`` are not known. ``kind`` is its preset.

    ``until`` is when it was last looked at, None for just now. In a report across wikis each wiki stands there like a
    board, with its boards as ``parts``.
    """

    title: str
    kind: str
    since: datetime
    observations: tuple[Observation, ...] = ()
    until: datetime | None = None
    parts: tuple[BoardSeen, ...] = ()

    @property
    def boards(self) -> tuple[BoardSeen, ...]:
        """The boards that this stands for: itself, or its parts."""
        return self.parts or (self,)

    def observed_in(self, span: Span) -> BoardSeen | None:
        """This, with the boards that were observed from the span's beginning on; None where none was."""
        parts = tuple(part for part in self.parts if part.since <= span.start)
        if self.parts:
            return replace(self, parts=parts, since=max(part.since for part in parts)) if parts else None
        return self if self.since <= span.start else None


class Absence(StrEnum):
    """Why a board, or in a report across wikis a wiki, is not in a report."""

    UNKNOWN = "unknown"
    """Nothing was observed there yet."""
    LATER = "later"
    """It was first observed after the span had begun."""
    AWAY = "away"
    """It was not looked at since the span's end."""
    CALENDAR = "calendar"
    """Its own report counts by another calendar."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a report does without, and why; ``since`` is when it was first observed, where that is the reason."""

    title: str
    why: Absence
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of one row.

    ``change`` is the share by which it differs from the usual; ``last`` is its value in the span before, where that was
    shown, and ``before`` how that stood against the goal.
    """

    kind: Kind
    now: Shown
    usual: float | None = None
    change: float | None = None
    goal: Goal | None = None
    state: State | None = None
    before: State | None = None
    last: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One span of a chart; None where the board was not observed then."""

    span: Span
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Row:
    """One board (``title``), or all of them ("")."""

    title: str
    figures: Figures
    lines: tuple[Line, ...]
    history: tuple[Point, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report of any form shows. ``changes`` are instants at which other settings came into force.

    ``wikis`` says that each row is a whole wiki. ``left_out`` are the boards or wikis that have no row.
    """

    span: Span
    rows: tuple[Row, ...]
    total: Row | None = None
    changes: tuple[datetime, ...] = ()
    wikis: bool = False
    left_out: tuple[LeftOut, ...] = ()

    @property
    def goals(self) -> tuple[tuple[Row, Line], ...]:
        """Every goal on every board that it is for, worst first; last those that could not be measured."""
        worst = (State.OFF, State.DRIFTING, State.ON_TRACK, None)
        found = [(row, line) for row in self.rows for line in row.lines if line.goal is not None]
        return tuple(sorted(found, key=lambda pair: (worst.index(pair[1].state), pair[0].title)))

    @property
    def missed(self) -> tuple[tuple[Row, Line], ...]:
        """The goals that are not met, worst first."""
        return tuple(pair for pair in self.goals if pair[1].state in (State.DRIFTING, State.OFF))

    @property
    def mended(self) -> tuple[tuple[Row, Line], ...]:
        """The goals that are met now and were not in the span before."""
        return tuple(
            pair
            for pair in self.goals
            if pair[1].state is State.ON_TRACK and pair[1].before not in (None, State.ON_TRACK)
        )


def make(
    boards: Sequence[BoardSeen],
    span: Span,
    calendar: Calendar,
    goals: Sequence[Goal] = (),
    changes: Sequence[datetime] = (),
) -> Report:
    """Make the report of a span from everything observed; the same observations make the same report."""
    spans = (*calendar.earlier(span, _CHARTED), span)
    known = _Shown(boards, calendar)
    shown = {one: known.of(one) for one in spans}
    rows = []
    for index, board in enumerate(boards):
        past = [Point(one, shown[one][0][index] if one.start >= board.since else None) for one in spans[:-1]]
        own = [goal for goal in goals if not goal.boards or board.title in goal.boards]
        figures = shown[span][0][index]
        rows.append(
            Row(
                board.title,
                figures,
                _lines(figures, past, own),
                (*past, Point(span, figures)) if span.period else _pieces(board, span, calendar),
                board.since,
            )
        )
    total = None
    if len(boards) > 1:
        figures = shown[span][1]
        since = max(board.since for board in boards)
        past = [Point(one, shown[one][1] if one.start >= since else None) for one in spans[:-1]]
        total = Row("", figures, _lines(figures, past, ()), (*past, Point(span, figures)))
    first = spans[0].start if span.period else span.start
    wikis = any(board.parts for board in boards)
    return Report(span, tuple(rows), total, tuple(one for one in changes if first <= one < span.end), wikis)


def running(boards: Sequence[BoardSeen], span: Span, now: datetime, calendar: Calendar) -> Report:
    """The report of a span that is not over: what happened until now, held against whole spans before it."""
    finished = make(boards, span, calendar)
    so_far = replace(span, end=now)
    shown = _Shown(boards, calendar).of(so_far)
    rows = tuple(
        replace(row, figures=figures, lines=_lines(figures, row.history[:-1], ()))
        for row, figures in zip(finished.rows, shown[0], strict=True)
    )
    return Report(span, rows)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What may be shown of boards, span by span; each span is worked out once."""

    boards: Sequence[BoardSeen]
    calendar: Calendar
    known: dict[Span, tuple[tuple[Figures, ...], Figures]] = field(default_factory=dict)

    def of(self, span: Span) -> tuple[tuple[Figures, ...], Figures]:
        """The figures of each row, and of the total."""
        if span not in self.known:
            self.known[span] = guarded(
                [_tally([board], span) for board in self.boards],
                _tally(self.boards, span),
                self._parts(span),
                with_total=len(self.boards) > 1,
                published=[_own_report(board, span, self.calendar) for board in self.boards if board.parts],
            )
        return self.known[span]

    def _parts(self, span: Span) -> list[list[list[Piece]]]:
        """Each row, and last the total, in the shorter spans that make up this one, as reports on those show it."""
        rows: list[list[list[Piece]]] = [[] for _ in (*self.boards, None)]
        for spans in self.calendar.within(span):
            shown = [(*rows_of, total) for rows_of, total in map(self.of, spans)]
            for index, of in enumerate((*([board] for board in self.boards), self.boards)):
                both = zip(spans, shown, strict=True)
                rows[index].append([Piece(_tally(of, piece), figures[index]) for piece, figures in both])
        return rows


def _own_report(wiki: BoardSeen, span: Span, calendar: Calendar) -> Figures:
    """A wiki's figures as its own report shows them: what is kept back there is kept back across wikis too."""
    rows, total = _Shown(wiki.parts, calendar).of(span)
    return total if len(wiki.parts) > 1 else rows[0]


def _tally(boards: Sequence[BoardSeen], span: Span) -> Tally:
    return tally([(one.kind, one.observations) for board in boards for one in board.boards], span)


def _lines(figures: Figures, past: Sequence[Point], goals: Sequence[Goal]) -> tuple[Line, ...]:
    return tuple(
        _line(kind, figures.of(kind), past, next((goal for goal in goals if goal.figure is kind), None))
        for kind in Kind
        if kind in figures.values or any(goal.figure is kind for goal in goals)
    )


def _line(kind: Kind, now: Shown, past: Sequence[Point], goal: Goal | None) -> Line:
    values = [point.figures.of(kind).value if point.figures is not None else None for point in past]
    known = [value for value in values[-TRAILING:] if value is not None]
    usual = median(known) if len(known) >= _FEWEST_USUAL else None
    change = now.value / usual - 1 if usual and now.value is not None else None
    state = goal.state(now.value) if goal is not None and now.value is not None else None
    last = values[-1] if values else None
    before = goal.state(last) if goal is not None and last is not None else None
    return Line(kind, now, usual, change, goal, state, before, last)


def _pieces(board: BoardSeen, span: Span, calendar: Calendar) -> tuple[Point, ...]:
    """A chosen span in pieces. Their sum is shown too, so that pieces hide each other."""
    pieces = calendar.pieces(span)
    shown, _ = guarded([_tally([board], one) for one in pieces], _tally([board], span))
    return tuple(
        Point(one, figures if one.start >= board.since else None) for one, figures in zip(pieces, shown, strict=True)
    )
