"""Which threads go together, and how many may go at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from bot.model import Thread
from tasks.archive.choose import Due, Stays, Verdict
from tasks.archive.settings import ArchiveSettings


@dataclass(frozen=True, slots=True)
class Group:
    """Threads that move together: one alone, or those that one closing pair spans."""

    members: tuple[Due, ...]

    @property
    def since(self) -> datetime:
        """When any of them was last touched."""
        return max(due.since for due in self.members)


def group(verdicts: Sequence[Verdict]) -> tuple[list[Group], list[Stays]]:
    """Tied threads as one where all of them are due and touch one another; else all of them stay."""
    together: dict[object, list[Verdict]] = {}
    for verdict in verdicts:
        tied = verdict.thread.tied
        together.setdefault(verdict.thread.start if tied is None else f"pair {tied}", []).append(verdict)
    groups: list[Group] = []
    stays: list[Stays] = []
    for members in together.values():
        due = tuple(member for member in members if isinstance(member, Due))
        if len(due) == len(members) and _touching([one.thread for one in due]):
            groups.append(Group(due))
            continue
        stays += [member for member in members if isinstance(member, Stays)]
        reason = "another thread in the same box stays" if len(due) < len(members) else "text between them would stay"
        stays += [Stays(one.thread, "stay: tied", reason, "threads in one box that can all go") for one in due]
    return groups, stays


def _touching(threads: Sequence[Thread]) -> bool:
    return all(before.end == later.start for before, later in pairwise(threads))


def select(groups: Iterable[Group], total: int, settings: ArchiveSettings) -> tuple[list[Group], list[Stays]]:
    """The groups that go now, in the board's order, and why the others wait; the longest quiet go first."""
    room = total - settings.keep_threads
    chosen: list[Group] = []
    held: list[Stays] = []
    count = 0
    for one in sorted(groups, key=lambda each: (each.since, each.members[0].thread.start)):
        size = len(one.members)
        if count + size > room:
            held += held_back(one, f"{total - count} threads on the board", f"keep_threads: {settings.keep_threads}")
        # A box with more threads than one run may move goes alone, or it would never go.
        elif chosen and count + size > settings.move_at_most:
            wanted = f"move_at_most: {settings.move_at_most}"
            held += held_back(one, f"{count} threads go in this run", wanted, later=True)
        else:
            chosen.append(one)
            count += size
    if count < settings.move_at_least:
        for one in chosen:
            held += held_back(one, f"{count} threads due", f"move_at_least: {settings.move_at_least}")
        chosen = []
    return sorted(chosen, key=lambda each: each.members[0].thread.start), held


def held_back(one: Group, found: str, wanted: str, *, later: bool = False) -> list[Stays]:
    """All threads of a group wait; ``later`` where only for another run."""
    return [Stays(due.thread, "held back", found, wanted, later=later) for due in one.members]
