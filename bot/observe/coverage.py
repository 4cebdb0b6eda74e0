"""How many of the people named in a thread know of it, and from whom: for lists and reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.observe.values import Observation

COVERAGE = "notice-coverage"
"""Kind of fact about a thread: its ``Coverage`` as ``written``."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the people whom a thread names: told by the bot, knowing from people, to be told yet, beyond being told.

    Who wrote in the thread without a notice knows from people. Beyond being told is who turned notices down, and an
    account that cannot read or answer: none of that name, a bot, locked, vanished, blocked from its own talk page.
    """

    bot: int = 0
    people: int = 0
    untold: int = 0
    beyond: int = 0

    def written(self) -> str:
        """The counts as one value for the journal; ``coverage_of`` reads it."""
        return f"{self.bot} {self.people} {self.untold} {self.beyond}"


def coverage_of(value: str) -> Coverage | None:
    """What ``written`` wrote; None where nothing was."""
    numbers = value.split()
    return Coverage(*map(int, numbers)) if len(numbers) == 4 else None


def covered(observations: Iterable[Observation], facts: Mapping[tuple[str, str], str]) -> Iterator[Observation]:
    """The observations with what notices tell of the people named: a notice comes without an edit of the board.

    ``facts`` are those that the journal keeps of the board, by kind and the thread's hash.
    """
    for one in observations:
        coverage = coverage_of(facts.get((COVERAGE, one.alias), ""))
        if coverage is None:
            yield one
        else:
            told = min(one.named, max(one.told, coverage.bot + coverage.people))
            yield replace(one, told=told, told_by_bot=min(coverage.bot, told))
