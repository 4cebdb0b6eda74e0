"""``clerk status`` and ``clerk health``: what was done and waits, whether the bot is alive; from the journal alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.markup import escape

from bot.cli import wire
from bot.cli.console import ATTENTION, DONE, Format, complain, output, plain, print_json, table
from bot.cli.threads import instant_text
from bot.errors import OperatorProblem
from bot.journal import WikiJournal
from bot.operatorfile import Operator, WikiEntry
from bot.wiki.port import WikiError

# How many runs are shown.
_RUNS = 5


def _now() -> datetime:
    return datetime.now(UTC)


def status(config: Path, wiki: str, printed: Format, clock: Callable[[], datetime] = _now) -> int:
    """Shows for each wiki the last runs, what is due, who holds the lease, and what waits for a person."""
    operator = wire.operator(config)
    journal = wire.journal(operator)
    try:
        found = [_of(entry, journal.of(entry.name), clock()) for entry in wire.entries(operator, wiki)]
    finally:
        journal.close()
    if printed is Format.JSON:
        print_json(found)
    else:
        for one in found:
            _print(one)
    return DONE


def _of(entry: WikiEntry, journal: WikiJournal, now: datetime) -> dict[str, Any]:
    beat, lease = journal.last_beat(), journal.lease()
    looks = sorted(journal.looks().items(), key=lambda item: item[1].due)
    return {
        "wiki": entry.name,
        "last_pass": instant_text(beat.instant) if beat else None,
        "last_outcome": beat.outcome if beat else None,
        "last_pass_ago": span(now - beat.instant) if beat else None,
        "lease": {"owner": lease[0], "until": instant_text(lease[1])} if lease and lease[1] > now else None,
        "runs": [
            {
                "run": run.run,
                "begun": instant_text(run.begun),
                "ended": instant_text(run.ended) if run.ended else None,
                "outcome": run.outcome or "did not end",
                "settings_revision": run.settings,
                "saved": run.saved,
            }
            for run in journal.past_runs(_RUNS)
        ],
        "due": [
            {
                "board": board,
                "task": task,
                "due": instant_text(look.due),
                "now": look.due <= now,
                "in": span(look.due - now),
            }
            for (board, task), look in looks
        ],
        "spent_today": dict(journal.spent(now)),
        "unsettled_writes": len(journal.unsettled()),
        "unfinished_moves": journal.open_move_count(),
        "complaints": journal.standing_complaints(),
    }


def span(length: timedelta) -> str:
    """How long something is, in the unit that a person would take."""
    minutes = max(0, round(length.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes < 2880 else f"{round(minutes / 1440)} days"


def _print(one: dict[str, Any]) -> None:
    console = output()
    last = f"last pass {one['last_pass_ago']} ago ({one['last_pass']}): {one['last_outcome']}"
    last = last if one["last_pass"] else "no pass yet; clerk run makes one"
    console.print(f"[bold]{escape(one['wiki'])}[/]: {last}")
    if one["lease"]:
        console.print(f"  at work now: {escape(one['lease']['owner'])}, until {one['lease']['until']} at the latest")
    runs = table("Run", "Begun", "Ended", "How it ended", "Edits saved")
    for run in one["runs"]:
        runs.add_row(str(run["run"]), run["begun"], run["ended"] or "", run["outcome"], str(run["saved"]))
    if one["runs"]:
        console.print(runs)
    due = table("Board", "Task", "Looks again")
    for look in one["due"]:
        due.add_row(escape(look["board"]), look["task"], "now" if look["now"] else f"in {look['in']} ({look['due']})")
    if one["due"]:
        console.print(due)
    spent = one["spent_today"]
    console.print(f"  today (UTC): {spent.get('edits', 0)} edits, {spent.get('notices', 0)} notices among them")
    for key, words in (
        (
            "unsettled_writes",
            "edits got no clear answer from the wiki (the next run finds out what became of them)",
        ),
        ("unfinished_moves", "moves to an archive were begun and not finished (the next run ends them)"),
        ("complaints", "mistakes in the settings are told on the settings page's talk page"),
    ):
        if one[key]:
            console.print(f"  [yellow]{one[key]} {words}[/]")


def health(config: Path, minutes: int, clock: Callable[[], datetime] = _now) -> int:
    """Says whether passes come to their end, on every wiki within so many minutes. Edits do not count: quiet is well.

    A wiki that is down, or a bot that was stopped on purpose, is no reason to start the process anew: their passes
    end, too. Exit 1 where the heartbeat is missing or the journal cannot be reached.
    """
    try:
        operator = wire.operator(config)
        ill = _without_beat(operator, clock() - timedelta(minutes=minutes))
    except (OperatorProblem, WikiError) as problem:
        complain(str(problem))
        return ATTENTION
    for name, last in ill:
        complain(f"{name}: no pass came to its end in the last {minutes} minutes (last: {last}); see the log")
    if not ill:
        plain(f"healthy: {len(operator.wikis)} wikis, every one within {minutes} minutes")
    return ATTENTION if ill else DONE


def _without_beat(operator: Operator, since: datetime) -> list[tuple[str, str | None]]:
    journal = wire.journal(operator)
    ill: list[tuple[str, str | None]] = []
    try:
        for name in operator.wikis:
            beat = journal.of(name).last_beat()
            if beat is None or beat.instant < since:
                ill.append((name, instant_text(beat.instant) if beat else "none ever"))
    finally:
        journal.close()
    return ill
