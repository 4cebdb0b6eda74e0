"""``clerk undo RUN``: takes back what one run saved, where nobody built on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.markup import escape

from bot.cli import wire
from bot.cli.console import ATTENTION, DONE, WRONG_USE, Format, complain, output, print_json, table
from bot.runner import RunOptions
from bot.runner.undo import Undone, undo_run


def undo(config: Path, wiki: str, run: int, printed: Format, *, dry_run: bool) -> int:
    """Undoes a run, newest edit first, under the same brakes as every write. Exit 1 where something was left."""
    operator = wire.operator(config)
    entries = wire.entries(operator, wiki)
    journal = wire.journal(operator)
    try:
        entry = next((one for one in entries if journal.of(one.name).has_run(run)), None)
        if entry is None:
            names = ", ".join(one.name for one in entries)
            complain(f"there is no run {run} on {names}; `clerk status` lists the runs")
            return WRONG_USE
        own = journal.of(entry.name)
        wire.free_from_the_dead(own)
        deadline = datetime.now(UTC) + timedelta(seconds=operator.limits.seconds_per_run)
        with wire.opened(entry, config.absolute().parent) as opened:
            options = RunOptions(wire.owner(), edits_per_run=10**6, dry_run=dry_run)
            done = undo_run(opened, entry, own, run, options=options, deadline=deadline)
    finally:
        journal.close()
    if printed is Format.JSON:
        print_json([{"page": one.page, "revision": one.revision, "result": one.result} for one in done])
    else:
        _print(done)
    return DONE if all(one.well for one in done) else ATTENTION


def _print(done: tuple[Undone, ...]) -> None:
    shown = table("Page", "Revision", "What became of it")
    for one in done:
        shown.add_row(escape(one.page), str(one.revision), escape(one.result))
    output().print(shown if done else "the run saved nothing: there is nothing to undo")
