"""Log lines for machines and people: ``key=value`` pairs, one event a line, no names, headings, quotations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.guard import namespace_of
from bot.model import USER_TALK
from bot.runner import EditReport, RunReport

_PLAIN = re.compile(r"[\w.:/+-]+", re.ASCII)
SOMEBODY = "(a talk page)"


def line(now: datetime, event: str, **values: object) -> str:
    """One line: the instant (UTC), what happened, and its values; those with spaces stand in JSON's quotes."""
    pairs = [f"{key}={_value(value)}" for key, value in values.items() if value not in ("", None)]
    return " ".join([f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", f"event={event}", *pairs])


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def failure_line(wiki: str, problem: str, now: datetime) -> str:
    """What a log should hold of a wiki that could not be worked on."""
    return line(now, "failed", wiki=wiki, problem=problem)


def report_lines(report: RunReport, now: datetime) -> Iterator[str]:
    """Everything that a log should hold of a run."""
    wiki = report.wiki
    saved = sum(edit.revision > 0 for edit in report.edits)
    yield line(
        now, "run", wiki=wiki, run=report.run or None, outcome=report.outcome, boards=len(report.boards), saved=saved
    )
    for problem in (*report.problems, *report.settings_problems):
        yield line(now, "problem", wiki=wiki, problem=problem)
    for board in report.boards:
        for problem in board.problems:
            yield line(now, "problem", wiki=wiki, board=board.title, problem=problem)
        for task in board.tasks:
            yield line(now, "task", wiki=wiki, board=board.title, task=task.task, live=task.live, why_not=task.why_not)
            for edit in task.edits:
                yield line(
                    now,
                    "edit",
                    wiki=wiki,
                    board=board.title,
                    task=task.task,
                    kind=edit.kind,
                    page=page_told(report, edit),
                    state=edit.state,
                    revision=edit.revision or None,
                    reason=edit.reason,
                )
            for problem in task.problems:
                yield line(now, "problem", wiki=wiki, board=board.title, task=task.task, problem=problem)
    for edit in report.plan_pages:
        yield line(now, "shown", wiki=wiki, task=edit.task, page=page_told(report, edit), state=edit.state)


def page_told(report: RunReport, edit: EditReport) -> str:
    """The page as a log may name it: whose talk page it is, is nobody's business there."""
    talk = report.info is not None and namespace_of(report.info, edit.page) == USER_TALK and "/" not in edit.page
    return SOMEBODY if talk else edit.page
