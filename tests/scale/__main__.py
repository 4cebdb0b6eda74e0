"""The whole of it: 900 wikis on a virtual clock, then 1, 2, 4 and 8 runners sharing one MariaDB; writes ``scale.json``.

``python -m tests.scale [WIKIS] [SHARED]``: how many wikis in the first part [900] and in the second [60].
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.mariadb.server import MariaDB
from tests.scale.fleet import Count, Fleet, VirtualClock, virtual_pass
from tests.scale.runners import runs_of, timed

OUTPUT = Path("scale.json")
RUNNERS = (1, 2, 4, 8)
REAL_LATENCY = 0.1
_DAY = timedelta(days=1)
_PAGE_SIZE = resource.getpagesize()


@dataclass(frozen=True, slots=True)
class PassCost:
    """What one pass over all wikis cost: per wiki in requests, virtual seconds and CPU; memory in MB (10**6 bytes).

    ``memory_first`` is what the process held after the tenth wiki, ``memory_last`` after the last one.
    """

    name: str
    wikis: int
    saved: int
    requests: float
    virtual: float
    cpu: float
    memory_first: float
    memory_last: float


@dataclass(frozen=True, slots=True)
class Shared:
    """A round of several runner processes: the seconds until the last one ended, and how many wikis each served."""

    runners: int
    wikis: int
    seconds: float
    served: tuple[int, ...]


def memory() -> float:
    """What this process holds of the machine's memory now, in MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE_SIZE / 10**6


def passes(fleet: Fleet) -> Iterator[PassCost]:
    """The first pass ever, one with nothing to do, and one after a day on which people wrote."""
    clock = VirtualClock()
    yield _pass(fleet, clock, "first")
    clock.advance(timedelta(minutes=20))
    yield _pass(fleet, clock, "idle")
    clock.advance(_DAY)
    fleet.people_write(clock.now, 1)
    clock.advance(_DAY + timedelta(hours=1))
    yield _pass(fleet, clock, "busy")


def _pass(fleet: Fleet, clock: VirtualClock, name: str) -> PassCost:
    count, begun, cpu = Count(probe=memory), clock.now, time.process_time()
    virtual_pass(fleet, clock, count)
    assert count.outcomes == {"done": fleet.wikis}, (count.outcomes, count.problems[:5])
    return PassCost(
        name,
        fleet.wikis,
        count.saved,
        count.requests.total() / fleet.wikis,
        (clock.now - begun).total_seconds() / fleet.wikis,
        (time.process_time() - cpu) / fleet.wikis,
        count.probed[min(9, len(count.probed) - 1)],
        count.probed[-1],
    )


def rounds(folder: Path, wikis: int) -> Iterator[Shared]:
    """The same first pass by more and more runners, each time over a new fleet and an empty database."""
    with MariaDB() as server:
        for runners in RUNNERS:
            fleet = Fleet(folder / f"runners-{runners}", wikis, boards=2, threads=6).build(server.fresh_url())
            owners = [f"pod-{number}:1" for number in range(runners)]
            seconds, ended = timed(fleet, owners, time.time(), REAL_LATENCY)
            assert all(one.code == 0 for one in ended), [one.said for one in ended]
            assert {len(made) for made in runs_of(fleet).values()} == {1}, "a wiki was served twice or not at all"
            yield Shared(runners, wikis, seconds, tuple(one.served for one in ended))


def main(wikis: int = 900, shared: int = 60) -> int:
    """Measure, print, write."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    with tempfile.TemporaryDirectory(prefix="clerk-scale-") as folder:
        costs = []
        table = Table("pass", "requests a wiki", "virtual s a wiki", "virtual min", "CPU s a wiki", "MB after 10, all")
        for cost in passes(Fleet(Path(folder) / "fleet", wikis).build()):
            costs.append(cost)
            held = f"{cost.memory_first:.0f}, {cost.memory_last:.0f}"
            whole = f"{cost.virtual * cost.wikis / 60:.1f}"
            table.add_row(cost.name, f"{cost.requests:.1f}", f"{cost.virtual:.1f}", whole, f"{cost.cpu:.2f}", held)
        console.print(table)
        together = []
        table = Table("runners", "seconds", "wikis served by each")
        for one in rounds(Path(folder), shared):
            together.append(one)
            table.add_row(str(one.runners), f"{one.seconds:.1f}", ", ".join(map(str, one.served)))
        console.print(table)
    found = {"passes": [asdict(cost) for cost in costs], "runners": [asdict(one) for one in together]}
    OUTPUT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
