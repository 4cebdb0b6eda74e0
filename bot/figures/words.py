"""Figures in words: the same on the wiki, in the terminal and in the HTML page."""

from __future__ import annotations

from collections.abc import Callable

from bot.figures.report import LeftOut, Line, Report, State
from bot.figures.shown import RISES, SHARES, WAITS, Kind, Shown
from bot.figures.spans import Period, Span
from bot.messages import Messages

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def span_in_words(span: Span, messages: Messages) -> str:
    """What a span is called."""
    match span.period:
        case Period.WEEK:
            return messages.say("report-span-week", f"{span.start:%Y-%m-%d}")
        case Period.MONTH:
            return messages.say("report-span-month", f"{span.start:%Y-%m}")
        case Period.QUARTER:
            return messages.say("report-span-quarter", f"{span.start:%Y-%m}")
    return messages.say("report-span-days", f"{span.start:%Y-%m-%d}", f"{span.end:%Y-%m-%d}")


def value_in_words(kind: Kind, value: float | None, messages: Messages) -> str:
    """A value of a figure with its unit; a dash where there is none."""
    if value is None:
        return "–"
    if kind in WAITS:
        return _duration(value, messages)
    if kind in SHARES:
        return f"{value * 100:.0f} %"
    return f"{value:g}"


def shown_in_words(kind: Kind, shown: Shown, messages: Messages) -> str:
    """A figure as it may be shown."""
    return messages.say("report-few") if shown.few else value_in_words(kind, shown.value, messages)


def change_in_words(line: Line) -> str:
    """By how much a figure differs from the usual, in hundredths; empty where that is not known."""
    return "" if line.change is None else f"{line.change * 100:+.0f} %".replace("-", "−")


def goal_in_words(line: Line, messages: Messages) -> str:
    """The target of a line; empty where it has none."""
    if line.goal is None:
        return ""
    key = "report-goal-least" if line.kind in RISES else "report-goal-most"
    return messages.say(key, value_in_words(line.kind, line.goal.target, messages))


def before_in_words(line: Line, messages: Messages) -> str:
    """What a goal's figure was in the span before, with how that stood; a dash where it is not known."""
    if line.last is None or line.before is None:
        return "–"
    return f"{value_in_words(line.kind, line.last, messages)} ({messages.say(f'report-state-{line.before}')})"


def due_in_words(line: Line, span: Span, messages: Messages) -> str:
    """Until when the action of a goal is due; that the day has passed is said while the goal is missed."""
    if line.goal is None or line.goal.due is None:
        return ""
    day = f"{line.goal.due:%Y-%m-%d}"
    late = line.state in (State.DRIFTING, State.OFF) and line.goal.due < span.end.date()
    return messages.say("report-due-passed", day) if late else day


def left_out_in_words(report: Report, messages: Messages, named: Callable[[str], str]) -> str:
    """What the report does without, with the reasons; "" where that is nothing. ``named`` writes a title."""

    def one(missing: LeftOut) -> str:
        day = (f"{missing.since:%Y-%m-%d}",) if missing.since is not None else ()
        return messages.say(f"report-left-out-{missing.why}", named(missing.title), *day)

    return messages.say("report-left-out", ", ".join(map(one, report.left_out))) if report.left_out else ""


def state_in_words(line: Line, messages: Messages) -> str:
    """How a line stands against its goal, and how it stood before where that differs."""
    if line.state is None:
        return ""
    now = messages.say(f"report-state-{line.state}")
    if line.before is None or line.before is line.state:
        return now
    return messages.say("report-state-changed", now, messages.say(f"report-state-{line.before}"))


def _duration(seconds: float, messages: Messages) -> str:
    """Minutes up to two hours, hours up to three days, then days; two figures are enough."""
    if seconds < 2 * _HOUR:
        return messages.say("report-minutes", f"{seconds / _MINUTE:.0f}")
    if seconds < 3 * _DAY:
        return messages.say("report-hours", f"{seconds / _HOUR:.1f}")
    return messages.say("report-days", f"{seconds / _DAY:.1f}")
