"""A report as wikitext: the goals first, then the figures; and the section that leads to the newest reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.figures.report import Line, Report, Row, State
from bot.figures.shown import WAITS, Kind, Shown
from bot.figures.spans import Span
from bot.figures.words import (
    change_in_words,
    goal_in_words,
    shown_in_words,
    span_in_words,
    state_in_words,
    value_in_words,
)
from bot.messages import Messages, link, plain

BRIEF = (Kind.INTAKE, Kind.WAITING, Kind.FIRST_RESPONSE, Kind.RESOLUTION, Kind.UNANSWERED, Kind.ARCHIVED_UNANSWERED)
"""The figures of the weekly brief, which fits on one screen."""


def full(report: Report, messages: Messages, settings_page: str) -> str:
    """The whole report: for communities, monthly and quarterly and on demand."""
    say = messages.say
    lines = _head(report, messages, settings_page)
    lines += _missed(report, messages)
    for row in (*([report.total] if report.total is not None else []), *report.rows):
        lines += ["", f"== {link(row.title) if row.title else say('report-all')} ==", *_figures(row.lines, messages)]
        lines += _bands(row.figures.bands, messages)
        if row.since is not None and row.since > report.span.start:
            lines += ["", say("report-since", f"{row.since:%Y-%m-%d}")]
    return "\n".join([*lines, "", *_foot(report, messages)])


def brief(report: Report, messages: Messages, settings_page: str) -> str:
    """One screen: what matters most, a row for each board, and the goals that are not met."""
    say = messages.say
    kinds = [kind for kind in BRIEF if any(row.figures.of(kind) != Shown() for row in report.rows)]
    lines = [*_head(report, messages, settings_page), "", '{| class="wikitable"']
    columns = [say("report-column-board"), *(say(f"report-figure-{kind}") for kind in kinds)]
    lines.append("! " + " !! ".join(f'scope="col" | {column}' for column in columns))
    for row in (*report.rows, *([report.total] if report.total is not None else [])):
        cells = [_with_change(line, messages) for kind in kinds for line in row.lines if line.kind is kind]
        name = link(row.title) if row.title else say("report-all")
        lines += ["|-", f'! scope="row" | {name}', "| " + " || ".join(cells)]
    lines += ["|}", *_missed(report, messages), "", *_foot(report, messages)]
    return "\n".join(lines)


def newest(pages: Sequence[tuple[Span, str]], page: str, messages: Messages) -> str:
    """The section that shows the newest report of each kind and leads to all; markers included."""
    begin, end = markers()
    lines = [begin, messages.say("report-load")]
    for span, title in pages:
        lines += ["", f"=== {link(title, span_in_words(span, messages))} ===", f"{{{{:{title}}}}}"]
    lines += ["", link(f"Special:PrefixIndex/{page}/", messages.say("report-earlier")), end]
    return "\n".join(lines)


def markers() -> tuple[str, str]:
    """What the section stands between."""
    return "<!-- boardclerk begin: report -->", "<!-- boardclerk end: report -->"


def warning(span: Span, row: Row, line: Line, messages: Messages, mark: str) -> str:
    """One line of early warning; the hidden mark tells that it was given."""
    words = messages.say(
        "report-warning",
        span_in_words(span, messages),
        link(row.title),
        messages.say(f"report-figure-{line.kind}"),
        shown_in_words(line.kind, line.now, messages),
        value_in_words(line.kind, line.usual, messages),
    )
    return f"* {words}<!-- boardclerk warned: {mark} -->"


def _head(report: Report, messages: Messages, settings_page: str) -> list[str]:
    say = messages.say
    first = say("report-load")
    if any(line.goal is not None for row in report.rows for line in row.lines):
        first += " " + say("report-goals-set", link(settings_page))
    return [
        "<noinclude>__NOINDEX__",
        f"'''{say('report-title', span_in_words(report.span, messages))}'''</noinclude>",
        "",
        first,
    ]


def _foot(report: Report, messages: Messages) -> list[str]:
    say = messages.say
    lines = [f"<small>{say('report-few-explained')} {say('report-groups')}</small>"]
    days = sorted({f"{one:%Y-%m-%d}" for one in report.changes if report.span.holds(one)})
    if days:
        lines += ["", f"<small>{say('report-settings-changed', ', '.join(days))}</small>"]
    return lines


def _missed(report: Report, messages: Messages) -> list[str]:
    """The goals that are not met, with what is done about them; and what became of those that were not."""
    say = messages.say
    goals = [
        (row, line) for row in report.rows for line in row.lines if line.goal is not None and line.state is not None
    ]
    if not goals:
        return []
    missed = report.missed
    mended = [
        (row, line) for row, line in goals if line.state is State.ON_TRACK and line.before not in (None, State.ON_TRACK)
    ]
    if not missed and not mended:
        return ["", say("report-all-met")]
    columns = ("board", "figure", "result", "goal", "state", "action", "owner", "due")
    lines = ["", f"'''{say('report-section-missed')}'''", '{| class="wikitable"']
    lines.append("! " + " !! ".join(f'scope="col" | {say(f"report-column-{name}")}' for name in columns))
    for row, line in (*missed, *mended):
        lines += ["|-", "| " + " || ".join(_goal_cells(row, line, messages))]
    return [*lines, "|}"]


def _goal_cells(row: Row, line: Line, messages: Messages) -> Iterable[str]:
    goal = line.goal
    return (
        link(row.title),
        messages.say(f"report-figure-{line.kind}"),
        shown_in_words(line.kind, line.now, messages),
        goal_in_words(line, messages),
        state_in_words(line, messages),
        plain(goal.action) if goal else "",
        # A page is linked, a role is not.
        (link(goal.owner) if ":" in goal.owner else plain(goal.owner)) if goal else "",
        f"{goal.due:%Y-%m-%d}" if goal and goal.due else "",
    )


def _figures(lines: Sequence[Line], messages: Messages) -> list[str]:
    say = messages.say
    columns = ("figure", "result", "p90", "cases", "usual", "change", "goal", "state")
    table = [
        '{| class="wikitable"',
        "! " + " !! ".join(f'scope="col" | {say(f"report-column-{name}")}' for name in columns),
    ]
    for line in lines:
        if line.now == Shown():
            continue
        cells = (
            shown_in_words(line.kind, line.now, messages),
            value_in_words(line.kind, line.now.p90, messages) if line.now.p90 is not None else "",
            f"{line.now.cases}" if line.now.cases is not None else "",
            value_in_words(line.kind, line.usual, messages) if line.usual is not None else "",
            change_in_words(line),
            goal_in_words(line, messages),
            state_in_words(line, messages),
        )
        table += ["|-", f'! scope="row" | {say(f"report-figure-{line.kind}")}', "| " + " || ".join(cells)]
    return [*table, "|}"]


def _bands(bands: Sequence[Shown], messages: Messages) -> list[str]:
    if not bands:
        return []
    say = messages.say
    names = " !! ".join(f'scope="col" | {say(f"report-band-{number}")}' for number in range(len(bands)))
    values = " || ".join(shown_in_words(Kind.WAITING, one, messages) for one in bands)
    return [
        "",
        f"'''{say('report-waiting-by-age')}'''",
        '{| class="wikitable"',
        f"! {names}",
        "|-",
        f"| {values}",
        "|}",
    ]


def _with_change(line: Line, messages: Messages) -> str:
    value = shown_in_words(line.kind, line.now, messages)
    if line.kind in WAITS and line.now.p90 is not None:
        value += f" ({value_in_words(line.kind, line.now.p90, messages)})"
    change = change_in_words(line)
    return f"{value}<br><small>{change}</small>" if change else value
