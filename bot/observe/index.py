"""What is known of a board's threads, found by what they are asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.observe.values import AWAY, End, Observation

# Again on the board within this time after it left unanswered (FACTS 6: re-filed within 30 days).
_REPOSTED = timedelta(days=30)


class Index:
    """The newest observation of each thread, by thread, by alias, and by reporter where nobody answered."""

    def __init__(self, known: Iterable[Observation] = ()) -> None:
        """Begin with these."""
        self.known: dict[str, Observation] = {}
        self._standing: dict[str, Observation] = {}
        self._gone: defaultdict[str, set[str]] = defaultdict(set)
        # When the threads left that nobody had answered, by reporter and thread.
        self._unheard: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        self.add(known)

    def add(self, changed: Iterable[Observation]) -> None:
        """Let these take the place of what was known of the same threads."""
        for one in changed:
            before = self.known.get(one.thread)
            if before is not None:
                self._standing.pop(before.thread, None)
                self._gone[before.alias].discard(before.thread)
                self._unheard[before.reporter].pop(before.thread, None)
            self.known[one.thread] = one
            gone = one.open_end(*AWAY)
            if gone is None:
                self._standing[one.thread] = one
                continue
            self._gone[one.alias].add(one.thread)
            if one.responded is None and one.open_end(End.RESOLVED, End.WITHDRAWN) is None:
                self._unheard[one.reporter][one.thread] = gone.instant

    def standing(self) -> Iterable[Observation]:
        """The threads that stood on the board at the last reading."""
        return self._standing.values()

    def gone(self, alias: str) -> str:
        """The thread that left the board under this alias, of several the last; "" where there is none."""
        threads = [self.known[name] for name in self._gone.get(alias, ())]
        return max(((_left_at(one), one.thread) for one in threads), default=("", ""))[1]

    def is_repost(self, now: Observation) -> bool:
        """Whether the reporter had another thread leave unanswered not long before this one was opened."""
        left = self._unheard.get(now.reporter, {}).values() if now.reporter else ()
        return any(timedelta() <= now.opened - gone <= _REPOSTED for gone in left)


def _left_at(one: Observation) -> str:
    gone = one.open_end(*AWAY)
    return gone.instant.isoformat() if gone is not None else ""
