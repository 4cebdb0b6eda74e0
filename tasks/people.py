"""What every task that judges threads needs first: the accounts of the people in them, the pages that list helpers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.model import Thread, User
from bot.plan import Need, Snapshot
from bot.reading.helpers import accounts_needed, listed_names, listings
from bot.reading.status import Conclusion, Rights, Signatures, conclude, signatures_of_helpers


def people_need(threads: Iterable[Thread], snapshot: Snapshot) -> Need:
    """The accounts and listing pages that ``judge`` must know of and that the snapshot does not hold yet."""
    users = accounts_needed(threads, snapshot.rules)
    pages = listings(snapshot.rules)
    return Need(pages=frozenset(pages - snapshot.pages.keys()), users=frozenset(users - snapshot.users.keys()))


def listed(snapshot: Snapshot) -> Mapping[str, frozenset[str]]:
    """Who stands on the pages that list helpers: every user whom a link there names."""
    return listed_names(snapshot.info, snapshot.rules, snapshot.pages)


def judge(
    thread: Thread,
    snapshot: Snapshot,
    now: datetime,
    stale_after: timedelta | None = None,
    forged: Signatures = frozenset(),
) -> Conclusion:
    """What became of a thread, by the snapshot's rules and the people it knows. ``people_need`` must be empty first.

    ``forged`` are signatures that count for nothing (``conclude``). A task that gives none trusts every signature.
    """
    users, pages = _users(snapshot), listed(snapshot)
    return conclude(thread, snapshot.board, snapshot.rules, users, pages, now, stale_after, forged)


def _users(snapshot: Snapshot) -> Mapping[str, User]:
    """The accounts known; the bot's own lines in a thread are nobody's answer, even where everybody may answer."""
    own = User(snapshot.account.name, groups=snapshot.account.groups | {"bot"})
    return {**snapshot.users, own.name: own} if own.name else snapshot.users


def helpers_signatures(thread: Thread, snapshot: Snapshot) -> Signatures:
    """The signatures on which it rests that a thread was answered or closed: what the board's history must bear out."""
    return signatures_of_helpers(thread, snapshot.rules, Rights(_users(snapshot), listed(snapshot)))


def forged_signatures(thread: Thread, snapshot: Snapshot) -> Signatures:
    """Of the signatures that were looked up those that nobody can have left in this thread.

    The board's history has no such edit; or it does not go back so far, but the thread is younger than the signature,
    so that a date long past helps nobody to forge one.
    """
    opened = thread.opened
    return frozenset(
        (signer, instant)
        for (signer, instant), true in snapshot.edits.items()
        if true is False or (true is None and opened is not None and instant < opened)
    )
