"""A report as one self-contained HTML page: goals, charts and figures, without script or outside resource."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, select_autoescape

from bot.figures.report import Line, Point, Report, Row
from bot.figures.shown import Kind, Shown
from bot.figures.words import (
    before_in_words,
    change_in_words,
    due_in_words,
    goal_in_words,
    left_out_in_words,
    shown_in_words,
    span_in_words,
    state_in_words,
    value_in_words,
)
from bot.messages import Messages
from bot.show.charts import Chart, Series

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class LineShown:
    """One row of a table of figures, in words."""

    figure: str
    result: str
    p90: str
    cases: str
    usual: str
    change: str
    goal: str
    state: str
    mood: str


@dataclass(frozen=True, slots=True)
class GoalShown:
    """One goal, in words."""

    board: str
    figure: str
    result: str
    before: str
    goal: str
    state: str
    action: str
    owner: str
    due: str
    mood: str


@dataclass(frozen=True, slots=True)
class RowShown:
    """One board, or all of them, in words."""

    title: str
    lines: tuple[LineShown, ...]
    bands: tuple[tuple[str, str], ...]
    charts: tuple[Chart, ...]
    table: tuple[tuple[str, ...], ...]
    since: str


def render(report: Report, messages: Messages, place: str, *, rtl: bool = False) -> str:
    """The page. ``place`` says where the figures are from: a wiki, or several."""
    loader = PackageLoader("bot.show")
    environment = Environment(loader=loader, autoescape=select_autoescape(default=True), trim_blocks=True)
    rows = [*([report.total] if report.total is not None else []), *report.rows]
    return environment.get_template("report.html").render(
        say=messages.say,
        language=messages.language,
        direction="rtl" if rtl else "ltr",
        title=messages.say("report-title", span_in_words(report.span, messages)),
        place=place,
        unit="wiki" if report.wikis else "board",
        goals=[_goal(row, line, report, messages) for row, line in report.goals],
        rows=[_row(row, report, messages) for row in rows],
        left_out=left_out_in_words(report, messages, str),
        changes=sorted({f"{one:%Y-%m-%d}" for one in report.changes}),
    )


def _row(row: Row, report: Report, messages: Messages) -> RowShown:
    say = messages.say
    late = row.since is not None and row.since > report.span.start
    return RowShown(
        row.title or say("report-all-wikis" if report.wikis else "report-all"),
        tuple(_line(line, messages) for line in row.lines if line.now != Shown()),
        tuple(
            (say(f"report-band-{number}"), shown_in_words(Kind.WAITING, one, messages))
            for number, one in enumerate(row.figures.bands)
        ),
        _charts(row, report, messages),
        tuple(_table_row(point, messages) for point in row.history if point.figures is not None),
        say("report-since", f"{row.since:%Y-%m-%d}") if late and row.since is not None else "",
    )


def _line(line: Line, messages: Messages) -> LineShown:
    return LineShown(
        messages.say(f"report-figure-{line.kind}"),
        shown_in_words(line.kind, line.now, messages),
        value_in_words(line.kind, line.now.p90, messages) if line.now.p90 is not None else "",
        f"{line.now.cases}" if line.now.cases is not None else "",
        value_in_words(line.kind, line.usual, messages) if line.usual is not None else "",
        change_in_words(line),
        goal_in_words(line, messages),
        state_in_words(line, messages),
        str(line.state or ""),
    )


def _goal(row: Row, line: Line, report: Report, messages: Messages) -> GoalShown:
    goal = line.goal
    return GoalShown(
        row.title,
        messages.say(f"report-figure-{line.kind}"),
        shown_in_words(line.kind, line.now, messages),
        before_in_words(line, messages),
        goal_in_words(line, messages),
        messages.say(f"report-state-{line.state}") if line.state else "–",
        goal.action if goal else "",
        goal.owner if goal else "",
        due_in_words(line, report.span, messages),
        str(line.state or ""),
    )


def _charts(row: Row, report: Report, messages: Messages) -> tuple[Chart, ...]:
    """What was opened and left, what waited, how long a first response took."""
    points = row.history
    if not points:
        return ()
    say = messages.say
    labels = tuple(f"{point.span.start:%m-%d}" for point in points)
    marks = tuple(_place(points, report))
    words = say("report-settings-changed", ", ".join(sorted({f"{one:%Y-%m-%d}" for one in report.changes})))
    waits = _series(
        say("report-figure-first_response"), [_of(point, Kind.FIRST_RESPONSE) for point in points], line=True
    )
    hours = Series(
        waits.name, tuple(one / _HOUR if one is not None else None for one in waits.values), waits.few, line=True
    )
    flow = (
        _series(say("report-figure-intake"), [_of(point, Kind.INTAKE) for point in points]),
        _series(say("report-chart-gone"), [_gone(point) for point in points]),
    )
    waiting = (_series(say("report-figure-waiting"), [_of(point, Kind.WAITING) for point in points]),)
    charts = (
        Chart(say("report-chart-flow"), labels, flow, "", marks, words),
        Chart(say("report-chart-waiting"), labels, waiting, "", marks, words),
        Chart(say("report-chart-waits"), labels, (hours,), " h", marks, words),
    )
    return tuple(one for one in charts if any(value is not None for series in one.series for value in series.values))


def _place(points: Sequence[Point], report: Report) -> list[float]:
    """Where on the axis settings changed."""
    places = []
    for change in report.changes:
        for index, point in enumerate(points):
            if point.span.holds(change):
                places.append(index + (change - point.span.start) / (point.span.end - point.span.start))
    return places


def _of(point: Point, kind: Kind) -> Shown:
    return point.figures.of(kind) if point.figures is not None else Shown()


def _gone(point: Point) -> Shown:
    """What left the board, closed or not; kept back with either."""
    parts = [_of(point, Kind.CLOSED), _of(point, Kind.TIMED_OUT)]
    if any(part.few for part in parts):
        return Shown(few=True)
    values = [part.value for part in parts if part.value is not None]
    return Shown(sum(values)) if values else Shown()


def _series(name: str, shown: Sequence[Shown], *, line: bool = False) -> Series:
    return Series(name, tuple(one.value for one in shown), tuple(one.few for one in shown), line)


def _table_row(point: Point, messages: Messages) -> tuple[str, ...]:
    kinds = (Kind.INTAKE, Kind.WAITING, Kind.FIRST_RESPONSE)
    return (
        span_in_words(point.span, messages),
        *(shown_in_words(kind, _of(point, kind), messages) for kind in kinds),
        shown_in_words(Kind.CLOSED, _gone(point), messages),
    )
