"""What every task that judges threads needs first: the accounts of the people in them, the pages that list helpers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.model import Thread, User
from bot.plan import Need, Snapshot
from bot.reading.helpers import accounts_needed, listed_names, listings
from bot.reading.status import Conclusion, conclude


def people_need(threads: Iterable[Thread], snapshot: Snapshot) -> Need:
    """The accounts and listing pages that ``judge`` must know of and that the snapshot does not hold yet."""
    users = accounts_needed(threads, snapshot.rules)
    pages = listings(snapshot.rules)
    return Need(pages=frozenset(pages - snapshot.pages.keys()), users=frozenset(users - snapshot.users.keys()))


def listed(snapshot: Snapshot) -> Mapping[str, frozenset[str]]:
    """Who stands on the pages that list helpers: every user whom a link there names."""
    return listed_names(snapshot.info, snapshot.rules, snapshot.pages)


def judge(thread: Thread, snapshot: Snapshot, now: datetime, stale_after: timedelta | None = None) -> Conclusion:
    """What became of a thread, by the snapshot's rules and the people it knows. ``people_need`` must be empty first."""
    # The bot's own lines in a thread are nobody's answer, even where everybody may answer.
    own = User(snapshot.account.name, groups=snapshot.account.groups | {"bot"})
    users = {**snapshot.users, own.name: own} if own.name else snapshot.users
    return conclude(thread, snapshot.board, snapshot.rules, users, listed(snapshot), now, stale_after)
