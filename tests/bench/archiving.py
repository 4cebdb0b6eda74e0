"""What a run costs beside Pywikibot's archivebot: requests, CPU and memory of fresh processes on a real MediaWiki."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from statistics import median

from tests.bench.arena import Arena, Ours, Theirs, Threads, headings
from tests.bench.figures import PAIRS, Figure, Spent

THREADS, DUE = 80, 60
BOARDS = 10
IDLE_BOARDS = 50
# About two megabytes, within the wiki's limit of 2048 KiB.
LARGE, LARGE_DUE = 1650, 100


def measure() -> Iterator[Figure]:
    """Equal boards, equal rules, no throttle, logins and caches kept from a run before, the two in turn."""
    # An installed program has its byte code on the disk; without it each start would compile the clone anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with Arena.opened() as arena:
        if arena is None:
            sys.stderr.write("NO MEDIAWIKI: nothing is measured beside archivebot (sh tests/mediawiki/provide.sh)\n")
            return
        yield from _archiving(arena)
        yield from _ten(arena)
        yield from _idle(arena)
        yield from _memory(arena)


def _pairs(
    ours: Ours, theirs: Theirs, threads: int, due: int, *, pairs: int = PAIRS
) -> tuple[list[Spent], list[Spent]]:
    """What both took, each time for the same new threads on their boards; the first run of each does not count.

    Raises RuntimeError where they did not move the same threads.
    """
    arena, write = ours.arena, Threads()
    spent: tuple[list[Spent], list[Spent]] = ([], [])
    for number in range(pairs + 1):
        bodies = [write.board(threads, due) for _ in ours.boards]
        if due or not number:
            arena.fill(ours.texts(bodies) | theirs.texts(bodies))
        costs = ours.run(), theirs.run()
        if number:
            spent[0].append(costs[0])
            spent[1].append(costs[1])
        for own, other in zip(ours.boards, theirs.boards, strict=True):
            left, others = headings(arena.text(own)), headings(arena.text(other))
            if left != others or len(left) != threads - due:
                told = (arena.folder / "output.txt").read_text(encoding="utf-8")
                raise RuntimeError(
                    f"after run {number} {own} holds {len(left)} threads, {other} {len(others)}, both should the same "
                    f"{threads - due}; ours said:\n{told}"
                )
    # archivebot without a title takes every page that holds its orders.
    arena.fill(dict.fromkeys(theirs.boards, "Done."))
    return spent


def _cpu(pairs: tuple[list[Spent], list[Spent]]) -> tuple[float, float]:
    ours, theirs = (median(one.cpu for one in side) for side in pairs)
    return ours, theirs


def _requests(pairs: tuple[list[Spent], list[Spent]]) -> tuple[float, float]:
    ours, theirs = (float(median(one.requests for one in side)) for side in pairs)
    return ours, theirs


def _archiving(arena: Arena) -> Iterator[Figure]:
    pairs = _pairs(Ours(arena, "Ours", 1), Theirs(arena, "Theirs", 1), THREADS, DUE)
    what = f"requests of a process that archives {DUE} of a board's {THREADS} threads"
    yield Figure("archive_requests", what, *_requests(pairs), "requests", bound=0.7, most=10)
    yield Figure("archive_cpu", "CPU of that process", *_cpu(pairs), "s", bound=1)


def _ten(arena: Arena) -> Iterator[Figure]:
    pairs = _pairs(Ours(arena, "Ours ten", BOARDS), Theirs(arena, "Theirs ten", BOARDS), THREADS, DUE)
    ours, theirs = (one / BOARDS for one in _cpu(pairs))
    yield Figure("archive_cpu_ten", f"the same per board over {BOARDS} boards", ours, theirs, "s", bound=0.5)


def _idle(arena: Arena) -> Iterator[Figure]:
    """What an hour's many passes cost: one in which every board is due and none changed, and those after it."""
    ours = Ours(arena, "Idle ours", IDLE_BOARDS)
    looks = _pairs(ours, Theirs(arena, "Idle theirs", IDLE_BOARDS), 20, 0)
    ticks = ([ours.run(everything=False) for _ in looks[0]], looks[1])
    what = f"requests of a process with nothing to do on {IDLE_BOARDS} boards, looked at by a pass before"
    yield Figure("idle_requests", what, *_requests(ticks), "requests", bound=0.03)
    yield Figure("idle_cpu", "CPU of that process", *_cpu(ticks), "s")
    what = f"requests of a process that looks at {IDLE_BOARDS} boards and finds nothing to do"
    yield Figure("look_requests", what, *_requests(looks), "requests", most=5)
    yield Figure("look_cpu", "CPU of that process", *_cpu(looks), "s")


def _memory(arena: Arena) -> Iterator[Figure]:
    pairs = _pairs(Ours(arena, "Large ours", 1), Theirs(arena, "Large theirs", 1), LARGE, LARGE_DUE, pairs=1)
    ours, theirs = (max(one.memory for one in side) for side in pairs)
    what = "memory at its highest of a process that archives from a board of 2 MB"
    yield Figure("memory", what, ours, None, "MB", bound=150)
    yield Figure("memory_beside", "the same beside archivebot", ours, theirs, "MB")
