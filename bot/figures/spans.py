"""Spans of time that figures are made for: weeks, months and quarters as a community counts them, or any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Period(StrEnum):
    """The kinds of span that reports are posted for."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` (included) to ``end`` (excluded), in UTC. ``period`` is None for a span that somebody chose."""

    start: datetime
    end: datetime
    period: Period | None = None

    @property
    def key(self) -> str:
        """What names this span for good: ``week 2026-11-16``, ``month 2026-11``, ``quarter 2026-10``, or its days."""
        match self.period:
            case Period.WEEK:
                return f"week {self.start:%Y-%m-%d}"
            case None:
                return f"{self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}"
        return f"{self.period} {self.start:%Y-%m}"

    def holds(self, instant: datetime | None) -> bool:
        """Whether an instant lies in the span; None does not."""
        return instant is not None and self.start <= instant < self.end


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a community counts: ``week_starts`` 0 for Monday … 6 for Sunday, ``year_starts`` 1 for January … 12.

    With ``whole_weeks`` a month or quarter goes from the first week that begins in it to the first that begins in the
    next. Where weeks are reported on as well, months cut across weeks would tell of single days by subtraction.
    """

    week_starts: int = 0
    year_starts: int = 1
    whole_weeks: bool = False

    def span(self, period: Period, instant: datetime) -> Span:
        """The span of a kind that an instant lies in."""
        day = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        week = day - timedelta(days=(day.weekday() - self.week_starts) % 7)
        if period is Period.WEEK:
            return Span(week, week + timedelta(days=7), period)
        first = (week if self.whole_weeks else day).replace(day=1)
        if period is Period.MONTH:
            start, end = first, _months_on(first, 1)
        else:
            start = _months_on(first, -((first.month - self.year_starts) % 3))
            end = _months_on(start, 3)
        return Span(self._begin(start), self._begin(end), period)

    def _begin(self, day: datetime) -> datetime:
        """A month's first day, or with whole weeks the first day of the first week that begins in it."""
        return day + timedelta(days=(self.week_starts - day.weekday()) % 7) if self.whole_weeks else day

    def ended(self, period: Period, now: datetime) -> Span:
        """The newest span of a kind that is over."""
        return self.before(self.span(period, now))

    def before(self, span: Span) -> Span:
        """The span before this one: of the same kind, or as long."""
        if span.period is None:
            return Span(span.start - (span.end - span.start), span.start)
        return self.span(span.period, span.start - timedelta(seconds=1))

    def earlier(self, span: Span, count: int) -> tuple[Span, ...]:
        """So many spans before this one, oldest first."""
        spans: list[Span] = []
        for _ in range(count):
            span = self.before(span)
            spans.append(span)
        return tuple(reversed(spans))

    def within(self, span: Span) -> tuple[tuple[Span, ...], ...]:
        """The shorter spans that this one consists of exactly, and that may be reported on too: months, weeks."""
        kinds = [Period.MONTH] if span.period is Period.QUARTER else []
        if self.whole_weeks and span.period in (Period.MONTH, Period.QUARTER):
            kinds.append(Period.WEEK)
        return tuple(tuple(self._filling(span, period)) for period in kinds)

    def _filling(self, span: Span, period: Period) -> Iterator[Span]:
        start = span.start
        while start < span.end:
            piece = self.span(period, start)
            yield piece
            start = piece.end

    def pieces(self, span: Span) -> tuple[Span, ...]:
        """The span in pieces for a chart: days up to a month, else weeks of seven days from its start."""
        step = timedelta(days=1 if span.end - span.start <= timedelta(days=31) else 7)
        pieces: list[Span] = []
        start = span.start
        while start < span.end:
            pieces.append(Span(start, min(start + step, span.end)))
            start += step
        return tuple(pieces)


def _months_on(start: datetime, count: int) -> datetime:
    months = start.year * 12 + start.month - 1 + count
    return start.replace(year=months // 12, month=months % 12 + 1)
