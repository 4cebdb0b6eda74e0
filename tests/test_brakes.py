"""The operator's brakes in a run: run pages by task, limits by day, board and kind, and the circuit breaker."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.runner import Outcome, State
from tests.world import ARCHIVE, BOARD, NOTIFY, PAGE, RUN_PAGE, SUMMARY, World, board, thread, world

TALK = "User talk:Eva"
WAITING = f"{BOARD}/Waiting"
OWN = f"{RUN_PAGE}/notify"


def busy(**changes: Any) -> World:
    threads = [thread(number, resolved=number in (2, 4), names="Eva" if number == 1 else "") for number in range(1, 6)]
    return world(*threads, page=changes.pop("page", PAGE + NOTIFY + SUMMARY), **changes)


@pytest.mark.parametrize(
    ("saves", "runs"),
    [
        ((), False),
        ((("Root", "run"),), True),
        ((("Root", "run"), ("Dario", "stop")), False),
        ((("Root", "stop"), ("Dario", "run")), False),
    ],
)
def test_a_run_page_of_its_own_stops_one_task_and_no_other(saves: tuple[tuple[str, str], ...], runs: bool) -> None:
    made = busy()
    made.entry = replace(made.entry, run_pages={"notify": OWN})
    for name, text in saves:
        made.says(name, OWN, text)

    report = made.run()

    assert made.bot_edits() == ([ARCHIVE, BOARD, TALK, WAITING] if runs else [ARCHIVE, BOARD, WAITING])
    reasons = [edit.reason for edit in report.edits if edit.state is State.REFUSED]
    assert all(OWN in reason for reason in reasons)
    assert bool(reasons) is not runs


@pytest.mark.parametrize(
    ("limits", "edits"),
    [
        ({"edits_per_day": 2}, 2),
        ({"edits_per_day": 1}, 1),
        ({"edits_per_board": 3}, 3),
        ({"kinds_per_day": {"archive": 0}}, 2),
        ({"kinds_per_day": {"summary": 0}}, 3),
        ({}, 4),
    ],
)
def test_limits_by_day_board_and_kind_hold_and_never_leave_a_thread_on_both_pages(
    limits: dict[str, Any], edits: int
) -> None:
    made = busy()
    made.kept.spent(made.wiki.now)

    made.run(**limits)

    assert len(made.bot_edits()) <= edits
    for number in (2, 4):
        assert len(made.copies(f"Words of report {number}.")) == 1
    made.wiki.advance(timedelta(days=1))
    made.run()
    assert len(made.bot_edits()) >= 4


def many(broken: int) -> World:
    names = [f"Wiki:Board {number}" for number in range(1, 6)]
    section = (
        '  "{}":\n    mode: live\n    archive: {{resolved_after: 24 h, keep_threads: 0, to: "{{board}}/Archive"}}\n'
    )
    made = world(page="version: 1\nboards:\n" + "".join(section.format(name) for name in names))
    for number, name in enumerate(names):
        made.says("Alba", name, "" if number < broken else board(thread(1), thread(2)))
    return made


@pytest.mark.parametrize(("broken", "share", "outcome"), [(2, 50, "done"), (3, 50, "stopped"), (3, 60, "done")])
def test_a_run_stops_where_too_many_boards_fail(broken: int, share: int, outcome: str) -> None:
    made = many(broken)

    report = made.run(failing_boards=share)

    assert report.outcome is Outcome(outcome)
    assert report.needs_attention
    if outcome == "stopped":
        assert "boards failed" in report.problems[-1]
