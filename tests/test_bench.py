"""What the measurements beside archivebot rest on: boards on which both programs have the same to do."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tests.bench.arena import Threads, headings
from tests.bench.figures import PAIRS

_FIRST = re.compile(r"(?m)^== .+ ==\n.*(?P<signature>\[\[User:.*\(UTC\))$")


def test_no_thread_that_is_due_begins_when_another_of_its_board_began() -> None:
    # With equal first signatures the later thread is the earlier one, which a person put back: it stays for good.
    write = Threads(now=datetime(2026, 3, 1, 12, tzinfo=UTC))
    bodies = [[write.board(80, 60) for _ in range(10)] for _ in range(PAIRS + 1)]
    for board in range(10):
        signed = [found["signature"] for body in bodies for found in _FIRST.finditer(body[board])]
        due = [one for one in signed if "28 February 2026" not in one and "1 March 2026" not in one]
        assert len(signed) == 80 * (PAIRS + 1)
        assert len(due) == len(set(due)) == 60 * (PAIRS + 1)


def test_a_board_holds_as_many_threads_as_were_asked_for() -> None:
    assert len(headings(Threads().board(80, 60))) == 80
