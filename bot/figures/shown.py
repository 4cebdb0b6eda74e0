"""The figures of one span as they may be shown, for any number of rows (boards, wikis) and their total."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median, quantiles

from bot.figures.guard import gives_away, hide, part_of, small
from bot.figures.tally import Tally

FEWEST_P90 = 20
"""The fewest cases that have a 90th percentile (DESIGN, "report")."""
FEWEST_SPREAD = 10
"""The fewest responders among whom the work is said to be spread."""


class Kind(StrEnum):
    """The figures, by the names that the settings use for them."""

    INTAKE = "intake"
    WAITING = "waiting"
    FIRST_ANSWER = "first_answer"
    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"
    UNANSWERED = "unanswered"
    CLOSED = "closed"
    TIMED_OUT = "timed_out"
    ARCHIVED_UNANSWERED = "archived_unanswered"
    CLOSED_BY_PARTY = "closed_by_party"
    REPOSTED = "reposted"
    REOPENED = "reopened"
    TOLD = "told"
    TOLD_BY_BOT = "told_by_bot"
    RESPONDERS = "responders"
    SPREAD = "spread"


WAITS = (Kind.FIRST_ANSWER, Kind.FIRST_RESPONSE, Kind.RESOLUTION)
"""Figures that are waiting times, in seconds; the others are counts or, of 1, shares."""
SHARES = (Kind.UNANSWERED, Kind.TOLD, Kind.TOLD_BY_BOT, Kind.SPREAD)
"""Figures that are shares: of the intake, of the accounts named, and of all answers those of the busiest quarter."""
RISES = (Kind.CLOSED, Kind.TOLD, Kind.TOLD_BY_BOT, Kind.RESPONDERS)
"""Figures of which more is better. Of the others less is, save the intake, which is neither."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure: its value (None: nothing to measure, or ``few``), its cases and its 90th percentile where shown.

    ``few`` says that it is kept back, since it or another figure beside it rests on fewer than five cases.
    """

    value: float | None = None
    cases: int | None = None
    p90: float | None = None
    few: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything shown of one row. ``bands`` are the waiting threads by age, as in ``Tally.waiting``."""

    values: Mapping[Kind, Shown]
    bands: tuple[Shown, ...] = ()

    def of(self, kind: Kind) -> Shown:
        """One figure."""
        return self.values.get(kind, Shown())


FEW = Shown(few=True)

_COUNTS: Mapping[Kind, Callable[[Tally], int]] = {
    Kind.INTAKE: lambda one: one.intake,
    Kind.WAITING: lambda one: sum(one.waiting),
    Kind.CLOSED: lambda one: one.closed,
    Kind.TIMED_OUT: lambda one: one.timed_out,
    Kind.ARCHIVED_UNANSWERED: lambda one: one.archived_unanswered,
    Kind.CLOSED_BY_PARTY: lambda one: one.closed_by_party,
    Kind.REPOSTED: lambda one: one.reposted,
    Kind.REOPENED: lambda one: one.reopened,
}
# How many cases each further figure rests on; these too add up over rows.
_CASES: Mapping[Kind, Callable[[Tally], int]] = {
    Kind.FIRST_ANSWER: lambda one: len(one.first_answer),
    Kind.FIRST_RESPONSE: lambda one: len(one.first_response),
    Kind.RESOLUTION: lambda one: len(one.resolution),
}
# Whoever knows a share and its whole knows both of the parts.
_SHARED: Mapping[Kind, tuple[Callable[[Tally], int], ...]] = {
    Kind.UNANSWERED: (lambda one: one.unanswered, lambda one: one.intake - one.unanswered),
    Kind.TOLD: (lambda one: one.told, lambda one: one.named - one.told),
    # Shown beside the share of those told at all, which gives away who was told by people and who by nobody.
    Kind.TOLD_BY_BOT: (
        lambda one: one.told_by_bot,
        lambda one: one.told - one.told_by_bot,
        lambda one: one.named - one.told,
    ),
}
# What adds up over rows, and so can be found by subtraction.
_ADDED: Mapping[Kind, tuple[Callable[[Tally], int], ...]] = {
    **{kind: (count,) for kind, count in {**_COUNTS, **_CASES}.items()},
    **_SHARED,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One row in a shorter span: what was counted there, and what of it is shown."""

    tally: Tally
    figures: Figures


def guarded(
    rows: Sequence[Tally],
    total: Tally,
    parts: Sequence[Sequence[Sequence[Piece]]] = (),
    *,
    with_total: bool = True,
    published: Sequence[Figures] = (),
) -> tuple[tuple[Figures, ...], Figures]:
    """What may be shown of rows and of their total.

    ``parts`` are shorter spans that make up this one and are reported on too (the months of a quarter, the weeks of
    either), for each row and, last, for the total: what they show cannot be hidden any more. Without ``with_total`` no
    total is shown, and rows need not protect each other. ``published`` are the rows' figures where they stand in
    reports of their own: what is shown there cannot be hidden here, so that the total gives way instead, and what is
    hidden there must not be shown here.
    """
    inside = [*parts] or [()] * (len(rows) + 1)
    flags = [set[Kind]() for _ in (*rows, total)]
    for kind, counts in _ADDED.items():
        own = [
            _hidden(kind, row) or _given_away(kind, counts, ways)
            for row, ways in zip((*rows, total), inside, strict=True)
        ]
        if published:
            own = [flag or one.of(kind).few for flag, one in zip(own, (*published, Figures({})), strict=True)]
        together = _with_others(rows, counts, own) if with_total else own
        if published and any(together[:-1]) and tuple(together[:-1]) != tuple(own[:-1]):
            together = [*own[:-1], True]
        for index, one in enumerate(together):
            if one:
                flags[index].add(kind)
    shown = tuple(_figures(row, hidden, bands=not published) for row, hidden in zip(rows, flags[:-1], strict=True))
    return shown, _figures(total, flags[-1], bands=False)


def _given_away(kind: Kind, counts: Sequence[Callable[[Tally], int]], ways: Sequence[Sequence[Piece]]) -> bool:
    """Whether a figure less what the shorter spans show of it would tell what one of them hides."""
    if kind is Kind.WAITING:
        # What waits at an instant is no sum of what waited earlier.
        return False
    return any(
        gives_away([count(piece.tally) for piece in pieces], [piece.figures.of(kind).few for piece in pieces])
        for pieces in ways
        for count in counts
    )


def _with_others(
    rows: Sequence[Tally], counts: Sequence[Callable[[Tally], int]], own: Sequence[bool]
) -> Sequence[bool]:
    """Which rows and, last, whether the total must be hidden, for the sake of rows that are."""
    flags = tuple(own[:-1])
    for count in counts:
        found = hide([count(row) for row in rows], flags)
        if found is None:
            return (*own[:-1], True)
        flags = found
    return (*flags, own[-1])


def _hidden(kind: Kind, row: Tally) -> bool:
    """Whether a figure is hidden for itself, or for what stands beside it in its own row."""
    if kind is Kind.ARCHIVED_UNANSWERED:
        return row.archived_unanswered > 0 and part_of(row.archived_unanswered, row.timed_out)
    if kind is Kind.REPOSTED:
        return row.reposted > 0 and part_of(row.reposted, row.intake)
    if kind is Kind.UNANSWERED and small(row.intake):
        return True
    return any(small(count(row)) for count in _ADDED[kind])


def _figures(row: Tally, hidden: set[Kind], *, bands: bool) -> Figures:
    values = {kind: Shown(count(row)) for kind, count in _COUNTS.items()}
    for kind, waits in zip(WAITS, (row.first_answer, row.first_response, row.resolution), strict=True):
        # Waits on boards of different kinds have no common median: a help desk's would hide a noticeboard's.
        values[kind] = _distribution(waits) if len(row.kinds) < 2 else Shown()
    values[Kind.UNANSWERED] = _share(row.unanswered, row.intake)
    values[Kind.TOLD] = _share(row.told, row.named)
    values[Kind.TOLD_BY_BOT] = _share(row.told_by_bot, row.named)
    values |= dict.fromkeys(hidden, FEW)
    values |= _spread(row.load)
    return Figures(values, _bands(row, hidden) if bands else ())


def _distribution(waits: Sequence[float]) -> Shown:
    if not waits:
        return Shown(cases=0)
    high = quantiles(waits, n=10, method="inclusive")[8] if len(waits) >= FEWEST_P90 else None
    return Shown(median(waits), len(waits), high)


def _share(part: int, whole: int) -> Shown:
    return Shown(part / whole, whole) if whole else Shown(cases=0)


def _spread(load: Sequence[int] | None) -> dict[Kind, Shown]:
    if load is None:
        return {}
    people = FEW if small(len(load)) else Shown(len(load))
    if len(load) < FEWEST_SPREAD:
        return {Kind.RESPONDERS: people}
    busiest = sum(load[: round(len(load) / 4)])
    return {Kind.RESPONDERS: people, Kind.SPREAD: Shown(busiest / sum(load), len(load))}


def _bands(row: Tally, hidden: set[Kind]) -> tuple[Shown, ...]:
    """The waiting threads by age; all kept back with their total."""
    flags = None if Kind.WAITING in hidden else hide(row.waiting)
    if flags is None:
        return tuple(FEW for _ in row.waiting)
    return tuple(FEW if flag else Shown(count) for flag, count in zip(flags, row.waiting, strict=True))
