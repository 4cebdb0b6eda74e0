"""Splits a run's boards into windows, so that what is in memory at once does not grow with their number."""

from __future__ import annotations

from collections.abc import Sequence

from bot.journal import WikiJournal
from bot.model import Page
from bot.plan import Fact
from bot.runner.desk import Desk
from bot.runner.job import Job

# Kind of fact of no board: how many bytes a board had when it was read last.
_SIZE = "size"
# A board that grew by less than this share is not noted again.
_SHARE = 0.1


def windows(desk: Desk, journal: WikiJournal, jobs: Sequence[Job], most: int) -> list[list[Job]]:
    """Split boards, in their order, so that each window holds at most ``most`` bytes, or one board.

    The sizes are those of the last reading; only boards never read before are asked for theirs.
    """
    kept = journal.facts("")
    noted = {job.title: kept.get((_SIZE, journal.hash_of(job.title))) for job in jobs}
    sizes = {title: int(size) for title, size in noted.items() if size is not None}
    unknown = sorted(noted.keys() - sizes.keys())
    # So few cannot fill a window; the wiki is not asked for nothing.
    if len(unknown) * desk.info.max_page_bytes > most:
        sizes |= {title: page.size for title, page in desk.wiki.read(unknown, text=False).pages.items()}
    found: list[list[Job]] = [[]]
    room = most
    for job in jobs:
        size = sizes.get(job.title, desk.info.max_page_bytes)
        if size > room and found[-1]:
            found.append([])
            room = most
        found[-1].append(job)
        room -= size
    return found


def note_sizes(journal: WikiJournal, desk: Desk, jobs: Sequence[Job]) -> None:
    """Remember how large the boards in hand are, for the next run's windows."""
    kept = journal.facts("")
    facts = []
    for job in jobs:
        size, page = kept.get((_SIZE, journal.hash_of(job.title))), desk.pages.get(job.title)
        if page is not None and page.exists and (size is None or _grew(page, int(size))):
            facts.append(Fact(_SIZE, job.title, str(page.size)))
    journal.remember("", facts, desk.now)


def _grew(page: Page, size: int) -> bool:
    return abs(page.size - size) > _SHARE * size


def let_go(desk: Desk, jobs: Sequence[Job]) -> None:
    """Let go of the boards of a window that is done, and of what was planned on them."""
    desk.release([job.title for job in jobs])
    for job in jobs:
        job.plans.clear()
        job.memory = job.first = job.known = None
