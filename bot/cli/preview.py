"""``clerk preview`` and ``clerk explain``: what would be done on a board, with diffs, and why; nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.progress import Progress

from bot.cli.console import ATTENTION, DONE, Format, messages, output, print_json, table
from bot.cli.look import Source, choose_board, facts_of, read_text, settings_of
from bot.cli.run import Bar, as_json
from bot.errors import OperatorProblem
from bot.journal import Journal
from bot.model import Board, Page, Thread
from bot.operatorfile import WikiEntry
from bot.plan import Decision
from bot.reading.board import Reader
from bot.reading.facts import english_answer
from bot.reading.status import newest_comment
from bot.runner import BoardReport, EditReport, RunOptions, RunReport
from bot.runner import run as run_wiki
from bot.show.diff import diff
from bot.show.page import Kind, PageShown, Reason, Story, render
from bot.wiki.looking import Overlay, Texts
from bot.wiki.port import Wiki
from tasks import ALL

_SETTINGS, _RUN = "Project:Boardclerk settings", "Project:Boardclerk run"
_TRUSTED = "sysop"
_EDITOR = "Operator"
# How a board is looked at that has no settings: the commonest marks and numbers (BOARDS: incidents).
_STARTER = """\
version: 1
support: "Project:Help"
boards:
  "{board}":
    mode: live
    quiet: 0 s
    responders: {{groups: [sysop]}}
    resolved:
      templates: [resolved, done, not done, section resolved]
      pairs: {{atop: abot, archive top: archive bottom, hat: hab}}
      headings: ["(erl.)"]
      in_progress: ["(in Bearbeitung)"]
    pins: [Pin message]
    unsigned: [unsigned]
    subjects: {{templates: [userlinks, vandal], headings: true}}
    archive: {{resolved_after: 24 h, inactive_after: 72 h, to: "{{board}}/Archive {{counter}}"}}
    notify: {{subjects: notice}}
    summary: {{page: "{board}/Waiting"}}
"""


def preview(source: Source, html: Path | None, printed: Format) -> int:
    """Prints every edit that would be made, as a diff; or writes one HTML page."""
    report = _dry(source)
    if html is not None:
        html.write_text(render(_story(report)), encoding="utf-8")
        messages().print(f"written: {html}", markup=False)
    elif printed is Format.JSON:
        print_json(as_json(report) | {"edits": [_edit(edit) for edit in report.edits]})
    else:
        _print_edits(report)
    return _ended(report)


def explain(source: Source, printed: Format) -> int:
    """Prints for every thread, and every person named in one, what was decided and why."""
    report = _dry(source)
    rows = list(_rows(report))
    if printed is Format.JSON:
        names = ("thread", "task", "verdict", "found", "wanted", "person", "decided_by")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        shown = table("Thread", "Task", "Decided", "Found", "Wanted", "Age decided by")
        for label, task, verdict, found, wanted, person, decided_by in rows:
            who = f" ({person})" if person else ""
            shown.add_row(*(escape(cell) for cell in (label, task, verdict + who, found, wanted, decided_by)))
        output().print(shown)
    return _ended(report)


def _ended(report: RunReport) -> int:
    problems = [
        *report.problems,
        *report.settings_problems,
        *(one for board in report.boards for one in board.problems),
    ]
    for problem in problems:
        messages().print(escape(problem), style="red")
    return ATTENTION if problems else DONE


def _dry(source: Source) -> RunReport:
    """The ordinary run, everything due, stopped before anything is written."""
    with _wiki(source) as (wiki, entry, title), Progress(console=messages(), transient=True) as progress:
        journal = Journal()
        options = RunOptions(owner="preview", dry_run=True, all_due=True, board=title)
        try:
            report = run_wiki(wiki, entry, journal.of(entry.name), ALL, options, Bar(progress))
        finally:
            journal.close()
    if not report.boards and not report.problems:
        raise OperatorProblem(f'the settings name no board "{title}" on which a task is switched on')
    return report


@contextmanager
def _wiki(source: Source) -> Iterator[tuple[Wiki, WikiEntry, str]]:
    """What the run looks at: a wiki made of files, or a real one with a settings page from a file laid over it."""
    if source.file is not None:
        yield _files(source, source.file)
        return
    from bot.cli import wire  # only a page on a wiki needs a wiki

    with wire.looked_at(source) as (under, entry):
        title = guard_title(under, source.page)
        settings = source.settings
        if settings is None and entry.settings:
            yield Overlay(under, {}), entry, title
            return
        text = read_text(settings) if settings is not None else _starter(title)
        laid_over = replace(entry, settings=_SETTINGS, run_page=_RUN, trusted=frozenset({_TRUSTED}))
        yield Overlay(under, _pages(text, datetime.now(UTC))), laid_over, title


def guard_title(wiki: Wiki, title: str) -> str:
    """The title as the wiki itself writes it."""
    return wiki.read([title], text=False).pages[title].title


def _files(source: Source, file: Path) -> tuple[Wiki, WikiEntry, str]:
    info = facts_of(source.wiki_info)
    title = source.board
    if source.settings is not None:
        settings = read_text(source.settings)
        title = choose_board(settings_of(source.settings, info), title, str(source.settings), info).title
    else:
        title = title or f"{info.namespaces[4].name}:{file.stem.capitalize()}"
        settings = _starter(title)
    text = read_text(file)
    now = source.instant or _newest(Reader(info), text)
    pages = _pages(settings, now) | {title: _page(title, text, now)}
    answer = json.loads(read_text(source.wiki_info)) if source.wiki_info else english_answer()
    entry = WikiEntry(name="file", site="", api="", settings=_SETTINGS, run_page=_RUN, trusted=frozenset({_TRUSTED}))
    groups = frozenset({_TRUSTED, "user", "autoconfirmed"})
    return Texts("file", answer, now, pages, groups), entry, title


def _page(title: str, text: str, now: datetime) -> Page:
    # Nobody edits a file while it is looked at, so the board counts as quiet.
    return Page(title, 1, text, now - timedelta(days=1), _EDITOR, size=len(text.encode()))


def _newest(reader: Reader, text: str) -> datetime:
    from bot.cli.threads import newest
    from bot.reading.rules import Rules

    return newest(reader.board("", 0, text, Rules()))


def _starter(title: str) -> str:
    """The settings that a board without any is looked at with: the commonest practice."""
    return _STARTER.format(board=title)


def _pages(settings: str, now: datetime) -> dict[str, Page]:
    made = {_SETTINGS: settings, _RUN: "run"}
    protection = {"edit": _TRUSTED}
    return {
        title: Page(title, 1, text, now, _EDITOR, size=len(text), protection=protection) for title, text in made.items()
    }


def _labels(report: BoardReport) -> dict[str, Thread]:
    return {thread.identity: thread for thread in (report.board.threads if report.board else ())}


def _label(thread: Thread | None, board: Board | None) -> str:
    if thread is None or board is None:
        return "the whole board"
    if thread.heading is not None:
        return thread.heading.text
    return board.wikitext(thread).split("\n", 1)[0][:60]


def _decisions(report: RunReport) -> Iterator[tuple[BoardReport, Decision]]:
    for board in report.boards:
        for task in board.tasks:
            for decision in task.decisions:
                yield board, decision


def _rows(report: RunReport) -> Iterator[tuple[str, str, str, str, str, str, str]]:
    for board, one in _decisions(report):
        thread = _labels(board).get(one.thread)
        newest = newest_comment(thread) if thread is not None else None
        decided_by = f"{newest.instant:%Y-%m-%d %H:%M} {newest.author}" if newest else ""
        yield _label(thread, board.board), one.task, one.verdict, one.found, one.wanted, one.person, decided_by


def _edit(edit: EditReport) -> dict[str, Any]:
    return {"kind": edit.kind, "page": edit.page, "summary": edit.summary, "old": edit.old, "new": edit.new}


def _print_edits(report: RunReport) -> None:
    console = output()
    if not report.edits:
        console.print("Nothing would be done. clerk explain tells why for each thread.")
    colours = {"gone": "red", "come": "green", "gap": "dim", "kept": ""}
    signs = {"gone": "-", "come": "+", "gap": " ", "kept": " "}
    for edit in report.edits:
        console.print(
            f"\n[bold]{escape(edit.page)}[/] ({edit.task}: {edit.kind})\n{escape(edit.summary)}", soft_wrap=True
        )
        for line in diff(edit.old, edit.new):
            text = f"… {line.text} unchanged" if line.kind == "gap" else f"{signs[line.kind]} {line.text}"
            console.print(text, style=colours[line.kind], markup=False, soft_wrap=True)


def _story(report: RunReport) -> Story:
    pages = tuple(PageShown(report.wiki, edit.page, _kind(edit), edit.old, edit.new) for edit in report.edits)
    reasons = tuple(
        Reason(
            board.title,
            _label(_labels(board).get(one.thread), board.board),
            one.task,
            one.verdict,
            one.found,
            one.wanted,
            one.person,
        )
        for board, one in _decisions(report)
    )
    return Story("What Boardclerk would do", "Nothing of this has been written.", pages, reasons)


def _kind(edit: EditReport) -> Kind:
    kinds: dict[str, Kind] = {"cut": "board", "archive": "archive", "subject-notice": "talk", "summary": "summary"}
    return kinds.get(edit.kind, "other")
