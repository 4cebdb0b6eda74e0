"""Spans of time that figures are made for: weeks, months and quarters as a community counts them, or any other."""

from __future__ import annotations

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
    """How a community counts: ``week_starts`` 0 for Monday … 6 for Sunday, ``year_starts`` 1 for January … 12."""

    week_starts: int = 0
    year_starts: int = 1

    def span(self, period: Period, instant: datetime) -> Span:
        """The span of a kind that an instant lies in."""
        day = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if period is Period.WEEK:
            start = day - timedelta(days=(day.weekday() - self.week_starts) % 7)
            return Span(start, start + timedelta(days=7), period)
        if period is Period.MONTH:
            start = day.replace(day=1)
            return Span(start, _months_on(start, 1), period)
        start = _months_on(day.replace(day=1), -((day.month - self.year_starts) % 3))
        return Span(start, _months_on(start, 3), period)

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

    def months(self, span: Span) -> tuple[Span, ...]:
        """The months that a quarter consists of; none for any other span."""
        if span.period is not Period.QUARTER:
            return ()
        return tuple(self.span(Period.MONTH, _months_on(span.start, number)) for number in range(3))

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
