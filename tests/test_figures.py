"""Figures: what is counted in a span of time, and what of it may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.figures import BANDS, Calendar, Period, Span, Tally, guarded, hide, tally
from bot.figures.guard import gives_away, small
from bot.figures.report import BoardSeen, make
from bot.figures.shown import FEW, Kind, Piece, Shown
from bot.observe import End, Ending, Observation
from tests.builders import NOW, ago
from tests.sizes import cases

WEEK = Span(datetime(2026, 11, 9, tzinfo=UTC), datetime(2026, 11, 16, tzinfo=UTC), Period.WEEK)


def seen(opened: datetime, **changes: object) -> Observation:
    """One thread."""
    name = f"{opened:%m%d%H%M}{len(changes)}"
    return replace(Observation(name, name, opened), **changes)  # type: ignore[arg-type]  # any field of it


def day(number: int, hour: int = 12) -> datetime:
    """An instant in November."""
    return datetime(2026, 11, number, hour, tzinfo=UTC)


def counted(*threads: Observation, span: Span = WEEK) -> Tally:
    """The tally of one board."""
    return tally([("incidents", threads)], span)


def test_weeks_months_and_quarters_begin_where_the_community_says() -> None:
    calendar = Calendar(week_starts=6, year_starts=7)

    assert calendar.span(Period.WEEK, NOW).key == "week 2026-11-22"
    assert Calendar().span(Period.WEEK, NOW).key == "week 2026-11-16"
    assert calendar.span(Period.MONTH, NOW).key == "month 2026-11"
    assert calendar.span(Period.QUARTER, NOW).key == "quarter 2026-10"
    assert Calendar(year_starts=2).span(Period.QUARTER, NOW).key == "quarter 2026-11"
    assert Calendar(year_starts=2).span(Period.QUARTER, day(1) - timedelta(days=300)).key == "quarter 2025-11"


@settings(derandomize=True, max_examples=200)
@given(
    st.sampled_from(Period),
    st.datetimes(day(1).replace(year=2001, tzinfo=None), day(1).replace(year=2090, tzinfo=None)),
    st.integers(0, 6),
    st.integers(1, 12),
)
def test_spans_follow_each_other_without_gap_or_overlap(period: Period, when: datetime, week: int, year: int) -> None:
    calendar = Calendar(week, year)
    span = calendar.span(period, when.replace(tzinfo=UTC))

    assert span.holds(when.replace(tzinfo=UTC))
    assert calendar.before(span).end == span.start
    assert calendar.span(period, span.end).start == span.end
    assert [one.end for one in calendar.earlier(span, 3)][-1] == span.start
    if period is Period.QUARTER:
        (months,) = calendar.within(span)
        assert (months[0].start, months[-1].end, len(months)) == (span.start, span.end, 3)
    whole = Calendar(week, year, whole_weeks=True)
    long = whole.span(period, when.replace(tzinfo=UTC))
    assert long.holds(when.replace(tzinfo=UTC))
    assert whole.before(long).end == long.start
    assert whole.span(period, long.end).start == long.end
    assert long.start.weekday() == long.end.weekday() == week or period is Period.WEEK
    assert all((way[0].start, way[-1].end) == (long.start, long.end) for way in whole.within(long))


def test_a_thread_counts_where_its_events_lie() -> None:
    early = seen(day(1), answered=day(10), responded=day(11), endings=(Ending(End.RESOLVED, day(15)),))
    late = seen(day(12), answered=day(20))

    found = counted(early, late)

    assert found.intake == 1
    assert found.first_answer == (9 * 86400.0,)
    assert found.first_response == (10 * 86400.0,)
    assert found.resolution == (14 * 86400.0,)
    assert found.unanswered == 1
    assert sum(found.waiting) == 1


def test_waiting_threads_are_counted_by_age_at_the_spans_end() -> None:
    ages = [timedelta(hours=1), timedelta(days=1), timedelta(days=2), timedelta(days=5), timedelta(days=90)]

    assert counted(*(seen(WEEK.end - age) for age in ages)).waiting == (1, 2, 1, 0, 1)
    assert len(BANDS) == 4


def test_what_left_was_closed_or_timed_out_and_some_of_it_unanswered() -> None:
    closed = seen(day(5), responded=day(6), endings=(Ending(End.RESOLVED, day(7)), Ending(End.ARCHIVED, day(10))))
    heard = seen(day(5, 13), responded=day(6), endings=(Ending(End.ARCHIVED, day(10)),))
    unheard = seen(day(5, 14), endings=(Ending(End.LEFT, day(10)),))
    opened_again = seen(day(5, 15), endings=(Ending(End.RESOLVED, day(6), day(9)), Ending(End.ARCHIVED, day(10))))

    found = counted(closed, heard, unheard, opened_again)

    assert (found.closed, found.timed_out, found.archived_unanswered, found.reopened) == (1, 3, 2, 1)


def test_the_last_instant_of_a_span_belongs_to_the_next() -> None:
    after = replace(WEEK, start=WEEK.end, end=WEEK.end + timedelta(days=7))
    one = seen(WEEK.end, answered=WEEK.end, endings=(Ending(End.RESOLVED, WEEK.end),))

    assert counted(one) == Tally(kinds=frozenset({"incidents"}))
    assert counted(one, span=after).intake == 1


def test_few_cases_are_kept_back_and_none_is_shown() -> None:
    (shown,), _ = guarded([Tally(intake=3, waiting=(4, 0, 0, 0, 0), closed=5)], Tally(), with_total=False)

    assert shown.of(Kind.INTAKE) == FEW
    assert shown.of(Kind.WAITING) == FEW
    assert set(shown.bands) == {FEW}
    assert shown.of(Kind.CLOSED) == Shown(5)
    assert shown.of(Kind.REOPENED) == Shown(0)


def test_a_small_board_cannot_be_found_by_subtraction() -> None:
    rows = [Tally(intake=20), Tally(intake=3), Tally(intake=9)]

    shown, total = guarded(rows, Tally(intake=32))

    assert [one.of(Kind.INTAKE) for one in shown] == [Shown(20), FEW, FEW]
    assert total.of(Kind.INTAKE) == Shown(32)


def test_where_nothing_else_can_be_hidden_the_total_is() -> None:
    shown, total = guarded([Tally(intake=20), Tally(intake=0), Tally(intake=3)], Tally(intake=23))

    assert shown[2].of(Kind.INTAKE) == FEW
    assert FEW in (total.of(Kind.INTAKE), shown[0].of(Kind.INTAKE))


def pieces(*counts: int) -> list[list[Piece]]:
    """One board's intake in shorter spans, each as a report on that span alone shows it."""
    return [[Piece(Tally(intake=one), guarded([Tally(intake=one)], Tally(), with_total=False)[0][0]) for one in counts]]


def test_a_quarter_does_not_give_away_a_month_that_was_kept_back() -> None:
    months = pieces(10, 3, 12)
    (shown,), total = guarded([Tally(intake=25)], Tally(intake=25), [months, months])

    assert shown.of(Kind.INTAKE) == FEW
    assert total.of(Kind.INTAKE) == FEW


def weekly(*counts: int) -> list[Observation]:
    """So many threads in each week of a quarter."""
    calendar = Calendar(whole_weeks=True)
    start = calendar.span(Period.QUARTER, NOW).start
    return [
        seen(start + timedelta(days=7 * week, hours=index + 1), comments=index)
        for week, count in enumerate(counts)
        for index in range(count)
    ]


def published(*counts: int) -> dict[str, Shown]:
    """The intake of one board in every report on a quarter's weeks, months, and the quarter."""
    calendar = Calendar(whole_weeks=True)
    quarter = calendar.span(Period.QUARTER, NOW)
    board = BoardSeen("A", "incidents", quarter.start, tuple(weekly(*counts)))
    reports = [make([board], quarter, calendar)]
    # Months and weeks stand in the charts of their own newest reports.
    reports += [make([board], way[-1], calendar) for way in calendar.within(quarter)]
    points = [point for one in reports for point in one.rows[0].history if point.figures is not None]
    return {point.span.key: point.figures.of(Kind.INTAKE) for point in points if point.figures is not None}


@settings(derandomize=True, max_examples=cases(15, 400))
@given(st.lists(st.integers(0, 12), min_size=13, max_size=13))
def test_weeks_months_and_quarter_together_give_no_week_away(counts: list[int]) -> None:
    calendar = Calendar(whole_weeks=True)
    quarter = calendar.span(Period.QUARTER, NOW)
    reports = published(*counts)
    months, weeks = calendar.within(quarter)
    # Whoever reads all reports knows of a hidden week that it had one to four threads, and narrows that down by sums.
    bounds = {week.key: (1, 4) if reports[week.key].few else (int(reports[week.key].value or 0),) * 2 for week in weeks}
    sums = [
        ([week.key for week in weeks if span.holds(week.start)], reports[span.key].value) for span in (quarter, *months)
    ]
    known = [(keys, value) for keys, value in sums if value is not None]
    hidden = [key for keys, value in sums[1:] if value is None for key in keys]
    if reports[quarter.key].value is not None:
        shown_months = sum(value for _, value in sums[1:] if value is not None)
        known.append((hidden, (reports[quarter.key].value or 0) - shown_months))
    for _ in range(20):
        for keys, value in known:
            for key in keys:
                others = [bounds[one] for one in keys if one != key]
                low = max(bounds[key][0], int(value) - sum(high for _, high in others))
                bounds[key] = low, min(bounds[key][1], int(value) - sum(least for least, _ in others))

    for week, count in zip(weeks, counts, strict=False):
        if small(count):
            assert bounds[week.key][0] < bounds[week.key][1], (counts, week.key)


def test_what_weeks_show_of_a_quarter_is_not_hidden_without_need() -> None:
    quarter = Calendar(whole_weeks=True).span(Period.QUARTER, NOW).key

    assert published(*[7] * 13)[quarter] == Shown(91)
    assert published(*[3, 4, 2] + [7] * 10)[quarter] == Shown(79)
    assert published(*[3] + [7] * 12)[quarter] == FEW


def test_a_share_is_kept_back_where_its_part_or_the_rest_is_small() -> None:
    def unanswered(part: int, whole: int) -> Shown:
        (shown,), _ = guarded([Tally(intake=whole, unanswered=part)], Tally(), with_total=False)
        return shown.of(Kind.UNANSWERED)

    assert unanswered(5, 20) == Shown(0.25, 20)
    assert unanswered(0, 20) == Shown(0.0, 20)
    assert unanswered(4, 20) == FEW
    assert unanswered(17, 20) == FEW
    assert unanswered(0, 0) == Shown(cases=0)


def test_a_share_of_the_total_does_not_give_away_a_small_boards() -> None:
    rows = [Tally(intake=20, unanswered=10), Tally(intake=10, unanswered=2)]

    shown, total = guarded(rows, Tally(intake=30, unanswered=12))

    assert FEW in (shown[0].of(Kind.UNANSWERED), total.of(Kind.UNANSWERED))
    assert shown[1].of(Kind.UNANSWERED) == FEW


def test_archived_unanswered_is_kept_back_where_the_answered_rest_is_small() -> None:
    (shown,), _ = guarded([Tally(timed_out=9, archived_unanswered=7)], Tally(), with_total=False)

    assert shown.of(Kind.TIMED_OUT) == Shown(9)
    assert shown.of(Kind.ARCHIVED_UNANSWERED) == FEW


@pytest.mark.parametrize(
    ("cases", "shows_median", "shows_p90"), [(4, False, False), (5, True, False), (20, True, True)]
)
def test_a_median_takes_five_cases_and_a_90th_percentile_twenty(
    cases: int, shows_median: bool, shows_p90: bool
) -> None:
    waits = tuple(float(one) for one in range(cases))

    (shown,), _ = guarded([Tally(first_answer=waits)], Tally(), with_total=False)

    found = shown.of(Kind.FIRST_ANSWER)
    assert (found.value == median(waits)) is shows_median
    assert (found.p90 is not None) is shows_p90


def test_there_is_no_median_across_kinds_of_board() -> None:
    waits = tuple(float(one) for one in range(30))
    one_kind, two_kinds = frozenset({"incidents"}), frozenset({"incidents", "help-desk"})

    _, same = guarded([], Tally(one_kind, first_answer=waits))
    _, mixed = guarded([], Tally(two_kinds, first_answer=waits))

    assert same.of(Kind.FIRST_ANSWER).value == 14.5
    assert mixed.of(Kind.FIRST_ANSWER) == Shown()


@pytest.mark.parametrize(
    ("load", "people", "spread"),
    [((3, 1, 1, 1), FEW, Shown()), ((2,) * 9, Shown(9), Shown()), ((9, 9, *[1] * 8), Shown(10), Shown(18 / 26, 10))],
)
def test_how_the_work_is_spread_is_said_of_ten_responders_and_more(
    load: tuple[int, ...], people: Shown, spread: Shown
) -> None:
    (shown,), _ = guarded([Tally(load=load)], Tally(), with_total=False)

    assert shown.of(Kind.RESPONDERS) == people
    assert shown.of(Kind.SPREAD) == spread


def test_nothing_is_said_of_responders_that_were_forgotten() -> None:
    found = counted(seen(ago(days=12), responded=day(11), people_kept=False))

    assert found.load is None


def _ways(parts: Sequence[int], hidden: Sequence[bool]) -> set[tuple[int, ...]]:
    """Every way the hidden parts could be, for somebody who knows the total, the other parts and the rule."""
    free = [index for index, one in enumerate(hidden) if one and parts[index]]
    left = sum(parts[index] for index in free)
    worlds = set()
    for guess in product(range(1, left + 1), repeat=len(free)):
        if sum(guess) == left:
            whole = list(parts)
            for index, value in zip(free, guess, strict=True):
                whole[index] = value
            if hide(whole) == tuple(hidden):
                worlds.add(guess)
    return worlds


@settings(derandomize=True, max_examples=1000, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=4))
def test_no_small_part_is_the_only_one_that_fits_what_is_shown(parts: list[int]) -> None:
    flags = hide(parts)

    if flags is None:
        assert any(small(part) for part in parts)
        return
    assert all(flag for part, flag in zip(parts, flags, strict=True) if small(part))
    if any(flags):
        worlds = _ways(parts, flags)
        for position in range(len(next(iter(worlds)))):
            assert len({one[position] for one in worlds}) > 1


@settings(derandomize=True, max_examples=200)
@given(st.lists(st.integers(0, 12), max_size=5))
def test_a_total_gives_nothing_away_where_what_is_hidden_could_be_more_than_one_way(parts: list[int]) -> None:
    few = [part for part in parts if small(part)]
    ways = {guess for guess in product(range(1, 5), repeat=len(few)) if sum(guess) == sum(few)}

    if not gives_away(parts, [small(part) for part in parts]):
        assert all(len({guess[index] for guess in ways}) > 1 for index in range(len(few)))
    elif len(few) > 1:
        assert sum(few) < 5 or len(ways) == 1
