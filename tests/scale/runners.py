"""Several runner processes at work on one fleet, sharing one database, and what the journal says they did."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.journal import Journal, PastRun
from tests.scale.fleet import Fleet

_ENOUGH = 1000


@dataclass(frozen=True, slots=True)
class Ended:
    """How a runner ended: its exit code (negative: the signal that killed it), how many wikis it served, its words."""

    code: int
    served: int
    said: str


def run_together(
    fleet: Fleet, owners: Sequence[str], base: float, *, latency: float = 0, dies: Mapping[str, str] | None = None
) -> list[Ended]:
    """Start a runner process for each owner and wait for all; ``dies`` names the wiki on which one is killed."""
    children = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.scale.runner", str(fleet.folder), owner, str(base), str(latency)),
                *([dies[owner]] if dies and owner in dies else []),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for owner in owners
    ]
    ended = []
    for child in children:
        out, err = child.communicate()
        ended.append(Ended(child.returncode, int(out or 0), err))
    return ended


def runs_of(fleet: Fleet) -> Mapping[str, Sequence[PastRun]]:
    """Every run on every wiki, oldest first, as the journal tells."""
    journal = Journal(fleet.operator().database)
    try:
        return {name: journal.of(name).past_runs(_ENOUGH)[::-1] for name in fleet.names}
    finally:
        journal.close()


def timed(fleet: Fleet, owners: Sequence[str], base: float, latency: float) -> tuple[float, list[Ended]]:
    """The same, with the seconds until the last runner ended."""
    begun = time.monotonic()
    ended = run_together(fleet, owners, base, latency=latency)
    return time.monotonic() - begun, ended
