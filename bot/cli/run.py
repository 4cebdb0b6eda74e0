"""``clerk run``: one pass over the wikis of the operator's file, and what it did."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.progress import Progress, TaskID

from bot.cli import wire
from bot.cli.console import ATTENTION, DONE, RunFormat, complain, messages, output, plain, print_json
from bot.cli.loglines import failure_line, page_told, report_lines
from bot.cli.onepass import Chosen, make_pass
from bot.cli.threads import instant_text
from bot.runner import Outcome, RunReport


class Bar:
    """Hears a run and shows how far it is; on a pipe it only says the lines."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._line: TaskID | None = None

    def step(self, what: str, done: int, of: int) -> None:
        """Moves the bar."""
        if self._line is None:
            self._line = self._progress.add_task(what, total=of)
        self._progress.update(self._line, description=what, completed=done, total=of)

    def said(self, line: str) -> None:
        """Prints a line for the log."""
        self._progress.console.print(escape(line))


class PassBar(Bar):
    """Hears a pass, and prints what came of each wiki as soon as its turn is over.

    JSON is one list, printed at the end; of a run only what it says there is kept until then, never a page's text.
    """

    def __init__(self, progress: Progress, printed: RunFormat) -> None:
        super().__init__(progress)
        self._printed = printed
        self._reports: list[dict[str, Any]] = []

    def ended(self, report: RunReport) -> None:
        """Prints what was done on a wiki."""
        match self._printed:
            case RunFormat.LOG:
                for line in report_lines(report, datetime.now(UTC)):
                    plain(line)
            case RunFormat.JSON:
                self._reports.append(as_json(report, talk_pages=False))
            case RunFormat.TABLE:
                print_report(report)

    def failed(self, wiki: str, problem: str) -> None:
        """Prints why nothing could be done there."""
        if self._printed is RunFormat.LOG:
            plain(failure_line(wiki, problem, datetime.now(UTC)))
        else:
            complain(f"{wiki}: {problem}")

    def over(self) -> None:
        """Prints what waited for the end."""
        if self._printed is RunFormat.JSON:
            print_json(self._reports)


def run(config: Path, chosen: Chosen, printed: RunFormat) -> int:
    """Runs every wiki, each with its own failure. Exit 1 where a person must look."""
    operator = wire.operator(config)
    with _stoppable() as stop, Progress(console=messages(), transient=True) as progress:
        bar = PassBar(progress, printed)
        passed = make_pass(operator, chosen, bar, lambda: bool(stop))
    bar.over()
    return ATTENTION if passed.needs_attention else DONE


@contextmanager
def _stoppable() -> Iterator[list[bool]]:
    """A list that is filled when the process is asked to end (SIGTERM): the run finishes the edit in hand."""
    asked: list[bool] = []
    before = signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    try:
        yield asked
    finally:
        signal.signal(signal.SIGTERM, before)


def print_report(report: RunReport) -> None:
    """What a run did, a line for each edit; nothing of what threads say, so that it may go to a log."""
    console = output()
    colour = {Outcome.DONE: "green", Outcome.LEASED: "yellow"}.get(report.outcome, "red")
    console.print(f"[bold]{escape(report.wiki)}[/]: [{colour}]{report.outcome}[/]")
    for problem in (*report.problems, *report.settings_problems):
        console.print(f"  [red]{escape(problem)}[/]")
    for board in report.boards:
        for task in board.tasks:
            live = "" if task.live or not task.why_not else f" [dim]({escape(task.why_not)})[/]"
            console.print(f"  {escape(board.title)} · {task.task}: {len(task.edits)} edits{live}")
            for edit in task.edits:
                why = f": {edit.reason}" if edit.reason else ""
                console.print(f"    {edit.kind} {escape(page_told(report, edit))}: {edit.state}{escape(why)}")
            for problem in task.problems:
                console.print(f"    [red]{escape(problem)}[/]")
        for problem in board.problems:
            console.print(f"  [red]{escape(board.title)}: {escape(problem)}[/]")
    for page in report.plan_pages:
        console.print(f"  shown on {escape(page_told(report, page))}: {page.state}")
    if report.outcome is Outcome.DONE and not report.edits:
        console.print("  [dim]nothing to do[/]")


def as_json(report: RunReport, *, talk_pages: bool = True) -> dict[str, Any]:
    """A run for machines: counts, pages and reasons, without page texts; ``talk_pages``: name whose they are."""
    return {
        "wiki": report.wiki,
        "outcome": str(report.outcome),
        "run": report.run,
        "now": instant_text(report.now),
        "settings_revision": report.settings_revision,
        "problems": [*report.problems, *report.settings_problems],
        "boards": [
            {
                "title": board.title,
                "problems": list(board.problems),
                "tasks": [
                    {
                        "task": task.task,
                        "live": task.live,
                        "why_not": task.why_not,
                        "problems": list(task.problems),
                        "edits": [
                            {key: value for key, value in asdict(edit).items() if key not in ("old", "new")}
                            | ({} if talk_pages else {"page": page_told(report, edit)})
                            for edit in task.edits
                        ],
                        "decisions": [
                            {"verdict": one.verdict, "found": one.found, "wanted": one.wanted} for one in task.decisions
                        ],
                    }
                    for task in board.tasks
                ],
            }
            for board in report.boards
        ],
    }
