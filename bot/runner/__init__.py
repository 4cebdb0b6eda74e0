"""Gathers, lets the tasks decide, applies what the guard lets through, and remembers."""

from __future__ import annotations

from bot.runner.run import run
from bot.runner.values import (
    BoardReport,
    EditReport,
    Listener,
    Outcome,
    RunOptions,
    RunReport,
    Silence,
    State,
    TaskReport,
)
from bot.runner.write import LEASE

__all__ = [
    "LEASE",
    "BoardReport",
    "EditReport",
    "Listener",
    "Outcome",
    "RunOptions",
    "RunReport",
    "Silence",
    "State",
    "TaskReport",
    "run",
]
