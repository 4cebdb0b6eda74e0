"""What every task that judges threads needs first: who the people in them are, and whose signatures are true."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from bot.model import Thread, User
from bot.plan import Need, Snapshot
from bot.reading.helpers import accounts_needed, listed_names, listings
from bot.reading.rights import Rights
from bot.reading.status import Conclusion, conclude, doubted


def people_need(threads: Iterable[Thread], snapshot: Snapshot, rights: Rights) -> Need:
    """What must be seen before ``judge`` can be relied on, and is not in the snapshot yet.

    First the accounts and the pages that list helpers; once those are there, which of the signatures that close or
    answer a thread the board's history bears out (law 9).
    """
    threads = tuple(threads)
    users = accounts_needed(threads, snapshot.rules)
    pages = listings(snapshot.rules)
    need = Need(pages=frozenset(pages - snapshot.pages.keys()), users=frozenset(users - snapshot.users.keys()))
    if need:
        return need
    return Need(edits=frozenset().union(*(doubted(thread, snapshot.rules, rights) for thread in threads)))


def rights_of(snapshot: Snapshot) -> Rights:
    """Who may close and answer, as far as the snapshot knows.

    The bot's own lines in a thread are nobody's answer, even where everybody may answer.
    """
    account = snapshot.account
    own = {account.name: User(account.name, groups=account.groups | {"bot"})} if account.name else {}
    listed = listed_names(snapshot.info, snapshot.rules, snapshot.pages)
    return Rights({**snapshot.users, **own}, listed, snapshot.edits)


def wrote_need(names: Collection[str], thread: Thread, rights: Rights) -> Need:
    """What must be looked up before ``wrote`` can be relied on; one comment that is known to be true is enough."""
    signatures = {(one.author, one.instant) for one in thread.comments if one.author in names}
    if any(rights.edits.get(one) for one in signatures):
        return Need()
    return Need(edits=frozenset(one for one in signatures if one not in rights.edits))


def wrote(names: Collection[str], thread: Thread, rights: Rights) -> bool:
    """Whether somebody of these names wrote in a thread themselves."""
    return any(one.author in names and not rights.forged(one.author, one.instant, thread) for one in thread.comments)


def judge(thread: Thread, snapshot: Snapshot, rights: Rights, stale_before: datetime | None = None) -> Conclusion:
    """What became of a thread, by the snapshot's rules. ``people_need`` must be empty first."""
    return conclude(thread, snapshot.board, snapshot.rules, rights, stale_before)
