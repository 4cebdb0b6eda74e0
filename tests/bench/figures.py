"""What a measurement gives: ours against theirs, as medians of alternating pairs."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

PAIRS = 7
"""Odd, so that the median is one of the pairs; at least five."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    ``theirs`` is what the other one takes for the same work, None where there is no other one. ``bound`` is what the
    ratio must stay under (or ``ours``, without ``theirs``), ``most`` the highest that ``ours`` may be; None where there
    is no such bound.
    """

    name: str
    what: str
    ours: float
    theirs: float | None
    unit: str
    bound: float | None = None
    most: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours by theirs."""
        return None if self.theirs is None else self.ours / self.theirs

    @property
    def holds(self) -> bool:
        """Whether the bounds hold."""
        held = self.ours if self.ratio is None else self.ratio
        return (self.bound is None or held < self.bound) and (self.most is None or self.ours <= self.most)

    @property
    def bounds(self) -> str:
        """The bounds for people."""
        under = [] if self.bound is None else [f"< {self.bound:.3g}"]
        return ", ".join([*under, *([] if self.most is None else [f"at most {self.most:.3g} {self.unit}"])])


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took: requests sent, CPU in seconds, memory at its highest in MB (10**6 bytes)."""

    requests: int
    cpu: float
    memory: float


def side_by_side(ours: Callable[[], object], theirs: Callable[[], object], pairs: int = PAIRS) -> tuple[float, float]:
    """Medians of the CPU time of both in seconds, measured in turn after one run of each that does not count.

    Every run begins with the garbage collected, so that none pays for the one before it.
    """
    spent: tuple[list[float], list[float]] = ([], [])
    for number in range(pairs + 1):
        for work, times in zip((ours, theirs), spent, strict=True):
            took = cpu_time(work)
            if number:
                times.append(took)
    return statistics.median(spent[0]), statistics.median(spent[1])


def cpu_time(work: Callable[[], object]) -> float:
    """The CPU seconds that one call takes in this process."""
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun
