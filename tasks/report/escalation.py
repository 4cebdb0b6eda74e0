"""Puts the goals that are off when a span is over before those who can act: once, as a new section."""

from __future__ import annotations

from bot.figures.report import Line, Report, Row, State
from bot.figures.words import due_in_words, goal_in_words, shown_in_words, span_in_words
from bot.messages import Messages, link, plain
from bot.plan import Edit, NewSection
from tasks.report.page import owner


def escalation(report: Report, page: tuple[str, int], leads_to: str, messages: Messages, key: str) -> Edit | None:
    """The edit for one span, None where no goal is off. ``page`` is where, with its revision (0: it is made).

    ``leads_to`` is the report's own page. Only what is off by more than the tolerance is put there: who is called for
    every drift stops coming.
    """
    off = [(row, line) for row, line in report.missed if line.state is State.OFF]
    if not off:
        return None
    title, revision = page
    span = span_in_words(report.span, messages)
    lines = [messages.say("report-escalation-intro", link(leads_to)), messages.say("report-load")]
    lines += [_line(row, line, report, messages) for row, line in off]
    section = NewSection(messages.say("report-escalation-heading", span), "\n".join([*lines, "~~~~"]))
    summary = messages.say("report-own-escalation", span)
    return Edit("report", "goals", title, revision, section, summary, key, independent=True)


def _line(row: Row, line: Line, report: Report, messages: Messages) -> str:
    goal = line.goal
    named = (
        ("report-column-result", shown_in_words(line.kind, line.now, messages)),
        ("report-column-goal", goal_in_words(line, messages)),
        ("report-column-action", plain(goal.action) if goal else ""),
        ("report-column-owner", owner(goal.owner) if goal and goal.owner else ""),
        ("report-column-due", due_in_words(line, report.span, messages)),
    )
    details = "; ".join(f"{messages.say(key)}: {value}" for key, value in named if value)
    board = plain(row.title) if report.wikis else link(row.title)
    return f"* {board} · {messages.say(f'report-figure-{line.kind}')} · {details}"
