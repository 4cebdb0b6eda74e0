"""``clerk threads``: what was read from a page, as a table or as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.markup import escape

from bot.cli.console import DONE, Format, output, print_json, table
from bot.cli.look import Source, choose_board, facts_of, read_text, settings_of
from bot.model import Board, Comment, Status, Thread
from bot.reading.board import Reader
from bot.reading.rights import Rights
from bot.reading.rules import Rules
from bot.reading.status import Conclusion, conclude

_COLOURS = {
    Status.UNANSWERED: "red",
    Status.OPEN: "yellow",
    Status.STALE: "magenta",
    Status.IN_PROGRESS: "cyan",
    Status.RESOLVED: "green",
    Status.WITHDRAWN: "green",
}


def threads(source: Source, printed: Format) -> int:
    """Prints the threads of a page or file. Rights of people are unknown here, so every closer counts."""
    board, rules = _read(source)
    now = source.instant or newest(board)
    concluded = [conclude(thread, board, rules, Rights()) for thread in board.threads]
    if printed is Format.JSON:
        print_json(as_json(board, concluded, now))
    else:
        _print_table(board, concluded)
    return DONE


def _read(source: Source) -> tuple[Board, Rules]:
    """The board and the rules that it was read by."""
    if source.file is not None:
        info = facts_of(source.wiki_info)
        rules, title = Rules(), source.board or source.file.stem
        if source.settings is not None:
            chosen = choose_board(settings_of(source.settings, info), source.board, str(source.settings), info)
            rules, title = chosen.rules, chosen.title
        return Reader(info).board(title, 0, read_text(source.file), rules), rules
    from bot.cli.wire import read_board  # only a page on a wiki needs a wiki

    return read_board(source)


def newest(board: Board) -> datetime:
    """The newest timestamp on the page; the epoch where there is none."""
    everything = [*board.lead_comments, *(comment for thread in board.threads for comment in thread.comments)]
    return max((comment.instant for comment in everything), default=datetime.fromtimestamp(0).astimezone())


def instant_text(instant: datetime | None) -> str | None:
    """An instant as JSON has it: ``2026-01-31T12:00:00Z``."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ") if instant is not None else None


def as_json(board: Board, concluded: Iterable[Conclusion], now: datetime) -> dict[str, Any]:
    """The board for machines; offsets count characters."""
    return {
        "now": instant_text(now),
        "headings": [{"text": head.text, "level": head.level, "start": head.start} for head in board.headings],
        "lead_comments": [_comment(comment) for comment in board.lead_comments],
        "threads": [_thread(thread, found) for thread, found in zip(board.threads, concluded, strict=True)],
    }


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "author": comment.author,
        "timestamp": instant_text(comment.instant),
        "level": comment.level,
        "start": comment.start,
        "end": comment.end,
    }


def _thread(thread: Thread, found: Conclusion) -> dict[str, Any]:
    pin = thread.pin
    return {
        "heading": thread.heading.text if thread.heading else None,
        "level": thread.heading.level if thread.heading else None,
        "start": thread.start,
        "end": thread.end,
        "identity": thread.identity,
        "status": str(found.status),
        "why": found.found,
        "comments": [_comment(comment) for comment in thread.comments],
        "reporter": thread.reporter or None,
        "subjects": list(thread.subjects),
        "pages": list(thread.pages),
        "marks": [
            {
                "name": mark.name,
                "outcome": str(mark.outcome),
                "word": mark.outcome_word,
                "signer": mark.signer or None,
                "timestamp": instant_text(mark.instant),
            }
            for mark in thread.marks
        ],
        "pinned": None if pin is None else {"until": instant_text(pin.until)},
        "damage": thread.damage or None,
    }


def _print_table(board: Board, concluded: Iterable[Conclusion]) -> None:
    columns = ("#", "Heading", "Status", "Opened", "Newest", "Comments", "Reporter", "Subjects", "Notes")
    shown = table(*columns, title=board.title)
    for number, (thread, found) in enumerate(zip(board.threads, concluded, strict=True), start=1):
        notes = [f"unclosed {thread.damage}"] if thread.damage else []
        if thread.pin is not None:
            notes.append("pinned" + (f" until {thread.pin.until:%Y-%m-%d %H:%M}" if thread.pin.until else ""))
        shown.add_row(
            str(number),
            escape(thread.heading.text if thread.heading else ""),
            f"[{_COLOURS[found.status]}]{found.status}[/]",
            f"{thread.opened:%Y-%m-%d %H:%M}" if thread.opened else "",
            f"{thread.last:%Y-%m-%d %H:%M}" if thread.last else "",
            str(len(thread.comments)),
            escape(thread.reporter),
            escape(", ".join((*thread.subjects, *thread.pages))),
            "; ".join(notes),
        )
    output().print(shown)
