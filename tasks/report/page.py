"""A report as wikitext: the goals first, then the figures; and the section that leads to the newest reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.figures.report import Line, Report, Row
from bot.figures.shown import WAITS, Kind, Shown
from bot.figures.spans import Period, Span
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
from bot.messages import Messages, link, plain

BRIEF = (Kind.INTAKE, Kind.WAITING, Kind.FIRST_RESPONSE, Kind.RESOLUTION, Kind.UNANSWERED, Kind.ARCHIVED_UNANSWERED)
"""The figures of the weekly brief, which fits on one screen."""


def full(report: Report, messages: Messages, settings_page: str) -> str:
    """The whole report: for communities, monthly and quarterly and on demand."""
    say = messages.say
    lines = _head(report, messages, settings_page)
    lines += _goals(report.goals, "report-section-goals", report, messages)
    for row in (*([report.total] if report.total is not None else []), *report.rows):
        lines += ["", f"== {_name(row, report, messages)} ==", *_figures(row.lines, messages)]
        lines += _bands(row.figures.bands, messages)
        if row.since is not None and row.since > report.span.start:
            lines += ["", say("report-since", f"{row.since:%Y-%m-%d}")]
    return "\n".join([*lines, "", *_foot(report, messages)])


def brief(report: Report, messages: Messages, settings_page: str) -> str:
    """One screen: what matters most, a row for each board, and the goals that are not met."""
    say = messages.say
    kinds = [kind for kind in BRIEF if any(row.figures.of(kind) != Shown() for row in report.rows)]
    columns = [_what(report, messages), *(say(f"report-figure-{kind}") for kind in kinds)]
    caption = say("report-caption-wikis" if report.wikis else "report-caption-boards")
    lines = [*_head(report, messages, settings_page), "", *_table_head(caption, columns)]
    for row in (*report.rows, *([report.total] if report.total is not None else [])):
        cells = [_with_change(line, messages) for kind in kinds for line in row.lines if line.kind is kind]
        lines += ["|-", f'! scope="row" | {_name(row, report, messages)}', "| " + " || ".join(cells)]
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
        link(row.title) if ":" in row.title else plain(row.title),
        messages.say(f"report-figure-{line.kind}"),
        shown_in_words(line.kind, line.now, messages),
        value_in_words(line.kind, line.usual, messages),
    )
    return f"* {words}<!-- boardclerk warned: {mark} -->"


def _head(report: Report, messages: Messages, settings_page: str) -> list[str]:
    say = messages.say
    first = say("report-load")
    if settings_page and any(line.goal is not None for row in report.rows for line in row.lines):
        first += " " + say("report-goals-set", link(settings_page))
    return [
        "<noinclude>__NOINDEX__",
        f"'''{say('report-title', span_in_words(report.span, messages))}'''</noinclude>",
        "",
        first,
    ]


def _foot(report: Report, messages: Messages) -> list[str]:
    say = messages.say
    missing = left_out_in_words(report, messages, plain if report.wikis else link)
    lines = [missing, ""] if missing else []
    lines += [f"<small>{say('report-few-explained')} {say('report-groups')}</small>"]
    first, last = report.span.start, report.span.end - timedelta(days=1)
    if report.span.period in (Period.MONTH, Period.QUARTER):
        lines += ["", f"<small>{say('report-counted', f'{first:%Y-%m-%d}', f'{last:%Y-%m-%d}')}</small>"]
    days = sorted({f"{one:%Y-%m-%d}" for one in report.changes if report.span.holds(one)})
    if days:
        lines += ["", f"<small>{say('report-settings-changed', ', '.join(days))}</small>"]
    return lines


def _missed(report: Report, messages: Messages) -> list[str]:
    """The goals that are not met, with what is done; what became of those that were not; how many others are."""
    shown = (*report.missed, *report.mended)
    measured = sum(line.state is not None for _, line in report.goals)
    if measured and not shown:
        return ["", messages.say("report-all-met")]
    lines = _goals(shown, "report-section-missed", report, messages)
    others = measured - len(shown)
    return [*lines, "", messages.say("report-goals-met", str(others))] if shown and others else lines


def _goals(goals: Sequence[tuple[Row, Line]], caption: str, report: Report, messages: Messages) -> list[str]:
    if not goals:
        return []
    say = messages.say
    columns = ("figure", "result", "before", "goal", "state", "action", "owner", "due")
    names = [_what(report, messages), *(say(f"report-column-{name}") for name in columns)]
    lines = ["", *_table_head(say(caption), names)]
    for row, line in goals:
        cells = " || ".join(_goal_cells(line, report, messages))
        lines += ["|-", f'! scope="row" | {_name(row, report, messages)}', f"| {cells}"]
    return [*lines, "|}"]


def _goal_cells(line: Line, report: Report, messages: Messages) -> Iterable[str]:
    goal = line.goal
    return (
        messages.say(f"report-figure-{line.kind}"),
        shown_in_words(line.kind, line.now, messages),
        before_in_words(line, messages),
        goal_in_words(line, messages),
        messages.say(f"report-state-{line.state}") if line.state else "–",
        plain(goal.action) if goal else "",
        owner(goal.owner) if goal else "",
        due_in_words(line, report.span, messages),
    )


def _name(row: Row, report: Report, messages: Messages) -> str:
    """What a row is called: its board is linked, a wiki is named as the operator's file does."""
    if not row.title:
        return messages.say("report-all-wikis" if report.wikis else "report-all")
    return plain(row.title) if report.wikis else link(row.title)


def _what(report: Report, messages: Messages) -> str:
    return messages.say("report-column-wiki" if report.wikis else "report-column-board")


def owner(words: str) -> str:
    """Who sees to a goal: a page is linked, a role is not."""
    return link(words) if ":" in words else plain(words)


def _table_head(caption: str, columns: Iterable[str]) -> list[str]:
    """A table's beginning, with a caption and column headings that screen readers know as such."""
    head = "! " + " !! ".join(f'scope="col" | {column}' for column in columns)
    return ['{| class="wikitable"', f"|+ {caption}", head]


def _figures(lines: Sequence[Line], messages: Messages) -> list[str]:
    say = messages.say
    has_goals = any(line.goal for line in lines)
    columns = ("figure", "result", "p90", "cases", "usual", "change", *(("goal", "state") if has_goals else ()))
    table = _table_head(say("report-caption-figures"), [say(f"report-column-{name}") for name in columns])
    for line in lines:
        if line.now == Shown():
            continue
        cells = (
            shown_in_words(line.kind, line.now, messages),
            value_in_words(line.kind, line.now.p90, messages) if line.now.p90 is not None else "",
            f"{line.now.cases}" if line.now.cases is not None else "",
            value_in_words(line.kind, line.usual, messages) if line.usual is not None else "",
            change_in_words(line),
            *((goal_in_words(line, messages), state_in_words(line, messages)) if has_goals else ()),
        )
        table += ["|-", f'! scope="row" | {say(f"report-figure-{line.kind}")}', "| " + " || ".join(cells)]
    return [*table, "|}"]


def _bands(bands: Sequence[Shown], messages: Messages) -> list[str]:
    if not bands:
        return []
    say = messages.say
    names = [say(f"report-band-{number}") for number in range(len(bands))]
    values = " || ".join(shown_in_words(Kind.WAITING, one, messages) for one in bands)
    return ["", *_table_head(say("report-waiting-by-age"), names), "|-", f"| {values}", "|}"]


def _with_change(line: Line, messages: Messages) -> str:
    value = shown_in_words(line.kind, line.now, messages)
    if line.kind in WAITS and line.now.p90 is not None:
        value += f" ({value_in_words(line.kind, line.now.p90, messages)})"
    change = change_in_words(line)
    return f"{value}<br><small>{change}</small>" if change else value
