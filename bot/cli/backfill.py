"""``clerk backfill``: what the journal would know of a board had the bot been there, from the page's history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli import wire
from bot.cli.console import ATTENTION, DONE, complain, messages, output
from bot.errors import OperatorProblem
from bot.guard import normal_title
from bot.model import Page
from bot.reading.facts import wiki_info
from bot.runner.backfill import Backfill
from bot.runner.opening import with_aliases
from bot.settings.schema import BoardSettings, SettingsReading

# How far it is in numbers: a percentage of ten thousand revisions hardly moves.
_COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


def backfill(config: Path, wiki: str, board: str, since: datetime, export: Path | None) -> int:
    """Reads the history, with a bar; interrupted, it goes on where it was when called again."""
    operator = wire.operator(config)
    entries = wire.entries(operator, wiki)
    if len(entries) != 1:
        names = ", ".join(one.name for one in entries)
        raise OperatorProblem(f"{operator.path} holds several wikis; name one of these with --wiki: {names}")
    (entry,) = entries
    start = since.replace(tzinfo=UTC)
    journal = wire.journal(operator)
    try:
        with (
            wire.opened(entry, operator.path.absolute().parent, read_only=True) as opened,
            Progress(*_COLUMNS, console=messages(), transient=True) as bar,
        ):
            info = wiki_info(opened.facts())
            reading = wire.settings_on(opened, entry, info)
            chosen = _chosen(reading, normal_title(info, board))
            settings = with_aliases(opened.redirects, info, {chosen.title: chosen})[chosen.title]
            line = bar.add_task("revisions of the board", total=None)
            work = Backfill(opened, journal.of(entry.name), info, settings)
            work.step = lambda done, of: bar.update(line, completed=done, total=of or None)
            found = work.from_pages(_pages(export, settings.title), start) if export else work.from_history(start)
    except KeyboardInterrupt:
        complain("stopped; the same command goes on with the revisions that were not read yet")
        return ATTENTION
    finally:
        journal.close()
    left = f", {found.left_out} hidden or without text left out" if found.left_out else ""
    output().print(f"{settings.title}: {found.read} revisions read{left}; {found.threads} threads known", markup=False)
    return DONE


def _chosen(reading: SettingsReading, title: str) -> BoardSettings:
    boards = reading.settings.boards if reading.settings is not None else {}
    if title in boards:
        return boards[title]
    names = ", ".join(f'"{name}"' for name in boards) or "none"
    raise OperatorProblem(f'the settings page sets up no board "{title}"; it sets up: {names}')


def _pages(export: Path, title: str) -> Iterator[Page]:
    """The revisions of a board in an export; what reads it is loaded only for this."""
    from bot.wiki.export import revisions_in

    return revisions_in(export, title)
