"""The journal of one wiki: what the bot began, finished and sent there. Frozen values in and out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.journal import tables as t
from bot.journal.history import History
from bot.journal.observations import Observations
from bot.journal.part import put
from bot.journal.readings import Readings
from bot.journal.writes import Writes
from bot.memory import Move, Told
from bot.plan import Fact


class Claim(Enum):
    """What became of a runner's wish to serve a wiki."""

    TAKEN = auto()
    LEASED = auto()
    SERVED = auto()


@dataclass(frozen=True, slots=True)
class Look:
    """When a task is to look at a board next, and the board's and settings' revisions that it saw last."""

    due: datetime
    revision: int
    settings: int


@dataclass(frozen=True, slots=True)
class CachedFacts:
    """The wiki's facts as it answered them, its version then, and when."""

    answer: Mapping[str, Any]
    version: str
    fetched: datetime


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the bot's own contributions tell: notices, tasks' own keys, and moves whose cut never came."""

    told: tuple[tuple[str, Told], ...] = ()
    keys: Mapping[str, datetime] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()


class WikiJournal(Writes, Observations, History, Readings):
    """One wiki's part of a journal. Every method is one transaction; OperatorProblem where the database fails."""

    def take_lease(self, owner: str, now: datetime, length: timedelta) -> bool:
        """Take or keep the wiki's lease; false while another owner's has not expired.

        ``now`` is the host's clock: the lease is asked for before the wiki was. Hosts whose clocks differ by less than
        the length do not meet.
        """
        mine = {"owner": owner, "beat": now, "expiry": now + length}
        with self._database.transaction() as connection:
            connection.execute(
                update(t.leases)
                .where(t.leases.c.wiki == self.wiki, (t.leases.c.owner == owner) | (t.leases.c.expiry <= now))
                .values(**mine)
            )
            # MariaDB counts rows that changed, not rows that matched: the row itself tells who holds it.
            holder = select(t.leases.c.owner).where(t.leases.c.wiki == self.wiki)
            if connection.execute(holder).scalar() is None:
                # Another runner may put the row there between the question and this.
                new = insert(t.leases).prefix_with("IGNORE", dialect="mysql").prefix_with("IGNORE", dialect="mariadb")
                connection.execute(new.values(wiki=self.wiki, **mine))
            return bool(connection.execute(holder).scalar() == owner)

    def claim(self, owner: str, now: datetime, length: timedelta, since: datetime | None) -> Claim:
        """Take the lease for a turn in a round that began at ``since``; None: whoever was here meanwhile.

        A wiki that another runner's turn came to its end on since then is left alone. That is looked at while the lease
        is held, so that of two runners who come at one moment only one finds it unserved.
        """
        if not self.take_lease(owner, now, length):
            return Claim.LEASED
        beat = self.last_beat()
        if since is None or beat is None:
            return Claim.TAKEN
        # MariaDB keeps whole seconds: a turn that ended in the round's first second belongs to it.
        began = since if beat.instant.microsecond else since.replace(microsecond=0)
        if beat.instant < began:
            return Claim.TAKEN
        self.release_lease(owner)
        return Claim.SERVED

    def release_lease(self, owner: str) -> None:
        """Give the lease back, if it is still this owner's."""
        with self._database.transaction() as connection:
            connection.execute(delete(t.leases).where(t.leases.c.wiki == self.wiki, t.leases.c.owner == owner))

    def lease(self) -> tuple[str, datetime] | None:
        """Who holds the lease, and until when."""
        query = select(t.leases.c.owner, t.leases.c.expiry).where(t.leases.c.wiki == self.wiki)
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
        return None if row is None else (row[0], row[1])

    def facts(self, board: str, *, since: datetime | None = None) -> Mapping[tuple[str, str], str]:
        """Remembered values of a board by (kind, hashed identity); the identity is "" for the whole board.

        ``since`` leaves out what was remembered before that instant.
        """
        f = t.facts.c
        query = select(f.kind, f.thread, f.value).where(f.wiki == self.wiki, f.board == board)
        if since is not None:
            query = query.where(f.instant >= since)
        with self._database.transaction() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(query)}

    def remember(self, board: str, facts: Sequence[Fact], now: datetime) -> None:
        """Keep facts, each in place of the earlier one of its kind and thread."""
        if not facts:
            return
        with self._database.transaction() as connection:
            for fact in facts:
                thread = self.hash_of(fact.thread) if fact.thread else ""
                where = {"wiki": self.wiki, "board": board, "kind": fact.kind, "thread": thread}
                put(connection, t.facts, where, {"value": fact.value, "instant": now})

    def cached_facts(self) -> CachedFacts | None:
        """The wiki's facts as last asked for."""
        with self._database.transaction() as connection:
            row = connection.execute(select(t.wiki_facts).where(t.wiki_facts.c.wiki == self.wiki)).first()
        return None if row is None else CachedFacts(json.loads(row.answer), row.version, row.fetched)

    def cache_facts(self, answer: Mapping[str, Any], version: str, now: datetime) -> None:
        """Keep the wiki's facts."""
        values = {"answer": json.dumps(answer), "version": version, "fetched": now}
        with self._database.transaction() as connection:
            put(connection, t.wiki_facts, {"wiki": self.wiki}, values)

    def accepted(self) -> int:
        """The settings revision accepted last, 0 where none was."""
        query = select(t.settings.c.revision).where(t.settings.c.wiki == self.wiki).order_by(t.settings.c.id.desc())
        with self._database.transaction() as connection:
            return int(connection.execute(query.limit(1)).scalar() or 0)

    def accept(self, revision: int, editor: str, now: datetime) -> None:
        """Note that a settings revision by an editor is in force from now on; the name is kept as a keyed hash."""
        values = {"revision": revision, "editor": self.hash_of(editor) if editor else "", "instant": now}
        with self._database.transaction() as connection:
            connection.execute(insert(t.settings).values(wiki=self.wiki, **values))

    def looks(self) -> Mapping[tuple[str, str], Look]:
        """When each task is to look at each board next, by (board, task)."""
        with self._database.transaction() as connection:
            rows = connection.execute(select(t.looks).where(t.looks.c.wiki == self.wiki)).all()
        return {(row.board, row.task): Look(row.due, row.revision, row.settings) for row in rows}

    def looked(self, board: str, task: str, look: Look) -> None:
        """Note that a task looked at a board, and when it is to look next."""
        values = {"due": look.due, "revision": look.revision, "settings": look.settings}
        with self._database.transaction() as connection:
            put(connection, t.looks, {"wiki": self.wiki, "board": board, "task": task}, values)

    def complain(self, subject: str, revision: int, now: datetime) -> bool:
        """Whether something wrong with a page's revision is to be told: true once per subject and revision."""
        where = {"wiki": self.wiki, "subject": self.hash_of(subject)}
        c = t.complaints.c
        with self._database.transaction() as connection:
            said = connection.execute(
                select(c.revision).where(c.wiki == self.wiki, c.subject == where["subject"])
            ).scalar()
            if said == revision:
                return False
            put(connection, t.complaints, where, {"revision": revision, "posted": now, "retired": None})
        return True

    def knows_account(self, account: str) -> bool:
        """Whether the ledger of this account's work was kept or rebuilt here before."""
        query = select(t.ledgers.c.account).where(t.ledgers.c.wiki == self.wiki)
        with self._database.transaction() as connection:
            return bool(connection.execute(query).scalar() == self.hash_of(account))

    def restore(self, account: str, ledger: Ledger, now: datetime) -> None:
        """Take over what the contributions tell, and note that it was done, in one transaction."""
        with self._database.transaction() as connection:
            for board, told in ledger.told:
                self._tell(connection, board, told)
            for key, instant in ledger.keys.items():
                put(connection, t.keys, {"wiki": self.wiki, "key": key}, {"instant": instant})
            for move in ledger.moves:
                self._begin_move(connection, move, now)
            values = {"account": self.hash_of(account), "rebuilt": now}
            put(connection, t.ledgers, {"wiki": self.wiki}, values)
