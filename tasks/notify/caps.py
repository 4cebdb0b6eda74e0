"""How many notices may go out: per reporter, per pair, per board and day. Counted from the ledger's keys (law 5)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import Thread
from bot.plan import Snapshot
from tasks.notify.notice import day
from tasks.notify.settings import NotifySettings
from tasks.notify.values import Refusal
from tasks.ownkeys import made


@dataclass(slots=True)
class Caps:
    """What is left while one plan is made. Keys stand for what was spent, on all boards of the wiki."""

    snapshot: Snapshot
    settings: NotifySettings
    now: datetime
    spent: set[str] = field(init=False)
    left: int = field(init=False)
    shared: bool = field(init=False)

    def __post_init__(self) -> None:
        """Count what was spent before."""
        self.spent = set(made(self.snapshot))
        whole = self.snapshot.limits.notices_left
        share = _share(self.snapshot, self.now)
        self.left, self.shared = min(whole, share, self.snapshot.limits.edits_left), share < whole

    def take(self, person: str, thread: Thread) -> tuple[str, ...] | Refusal:
        """The keys to leave in the ledger for a notice to a person, or what stands against it; takes from what is left.

        Where the history does not show who opened the thread its signature may be forged: all such threads count as
        one reporter's.
        """
        seen = self.snapshot.origins.get(thread.identity) is not None
        filer = thread.reporter if seen else ""
        if seen and any(key in self.spent for key in self._pair_keys(filer, person)):
            wanted = f"same_pair: once in {self.settings.same_pair.days} days"
            return Refusal("told lately because of the same reporter", wanted)
        slot = next((key for key in self._slots(filer) if key not in self.spent), None)
        if slot is None:
            found = "the reporter's threads led to" if seen else "threads whose opening is not in the history led to"
            limit = self.settings.per_reporter
            return Refusal(f"{found} {limit} notices today", f"per_reporter: {limit}", held=True)
        if self.left <= 0:
            found = (
                "the board's share of today's notices is used up"
                if self.shared
                else "no notices left today, or no edits in this run"
            )
            return Refusal(found, "notices of another run or day", held=True)
        keys = (slot, *self._pair_keys(filer, person)[:1]) if seen else (slot,)
        self.spent.update(keys)
        self.left -= 1
        return keys

    def take_one(self) -> Refusal | None:
        """Take one notice that counts for the day and the board alone."""
        if self.left <= 0:
            return Refusal("no notices left for this board today", "notices of another day", held=True)
        self.left -= 1
        return None

    def _pair_keys(self, filer: str, person: str) -> tuple[str, ...]:
        days = range(self.settings.same_pair.days + 1)
        return tuple(
            self.snapshot.memory.hash_of("pair", filer, person, day(self.now - timedelta(days=back))) for back in days
        )

    def _slots(self, filer: str) -> tuple[str, ...]:
        today = day(self.now)
        count = self.settings.per_reporter
        return tuple(self.snapshot.memory.hash_of("filer", filer, today, str(slot)) for slot in range(count))


def _share(snapshot: Snapshot, now: datetime) -> int:
    """How many more notices this board may cause today, so that a flood of threads here leaves some for the others.

    Every board has an equal share of the day's. More than its own it may take of what the others will hardly need: for
    each of them as much of its unspent share stays back as there is left of the day.
    """
    left, elsewhere = snapshot.limits.notices_left, snapshot.limits.elsewhere
    total = left + snapshot.memory.spent.get("notices", 0)
    share = max(1, total // (len(elsewhere) + 1))
    today = sum(day(told.instant) == day(now) for told in snapshot.memory.told)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    unspent = sum(max(0, share - spent) for spent in elsewhere)
    kept = math.ceil(unspent * ((midnight - now) / timedelta(days=1)))
    return max(0, share - today, left - kept)
