"""The journal of one wiki: what the bot began, finished and sent there. Frozen values in and out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, insert, select, update

from bot.journal import tables as t
from bot.journal.database import Database
from bot.journal.keys import Hasher, Key
from bot.plan import Edit, Fact, Move, MovedThread, Told

# States of a write that nobody knows the end of: the run died, or the wiki gave no clear answer.
UNSETTLED = ("sent", "doubtful")


@dataclass(frozen=True, slots=True)
class Intent:
    """A write about to be sent, or one whose end is not known."""

    id: int
    board: str
    task: str
    kind: str
    page: str
    base: int
    key: str
    begun: datetime
    state: str
    begins: bool = False
    archives: tuple[str, ...] = ()


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


class WikiJournal:
    """One wiki's part of a journal. Every method is one transaction; OperatorProblem where the database fails."""

    def __init__(self, database: Database, wiki: str, secret: str = "") -> None:
        self._database = database
        self.wiki = wiki
        self.hash_of = Hasher(wiki, secret)

    # leases

    def take_lease(self, owner: str, now: datetime, length: timedelta) -> bool:
        """Take or keep the wiki's lease; false while another owner's has not expired.

        ``now`` is the host's clock: the lease is asked for before the wiki was. Hosts whose clocks differ by less than
        the length do not meet.
        """
        mine = {"owner": owner, "beat": now, "expiry": now + length}
        with self._database.transaction() as connection:
            taken = connection.execute(
                update(t.leases)
                .where(t.leases.c.wiki == self.wiki, (t.leases.c.owner == owner) | (t.leases.c.expiry <= now))
                .values(**mine)
            )
            # MariaDB counts rows that changed, not rows that matched: the row itself tells who holds it.
            holder = connection.execute(select(t.leases.c.owner).where(t.leases.c.wiki == self.wiki)).scalar()
            if holder is None and taken.rowcount == 0:
                connection.execute(insert(t.leases).values(wiki=self.wiki, **mine))
                return True
            return bool(holder == owner)

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

    # runs

    def begin_run(self, now: datetime) -> int:
        """Note that a run began; gives its number."""
        with self._database.transaction() as connection:
            done = connection.execute(insert(t.runs).values(wiki=self.wiki, begun=now, outcome="", settings=0))
            return _new_id(done.inserted_primary_key)

    def end_run(self, run: int, now: datetime, outcome: str, settings: int) -> None:
        """Note how a run ended and under which settings revision."""
        with self._database.transaction() as connection:
            values = {"ended": now, "outcome": outcome, "settings": settings}
            connection.execute(update(t.runs).where(t.runs.c.id == run).values(**values))

    # writes

    def intend(
        self, run: int, board: str, edit: Edit, key: Key, now: datetime, remaining: frozenset[str] = frozenset()
    ) -> Intent:
        """Note a write right before it is sent, and with it the move that it begins.

        ``remaining`` are the hashed identities on the board after a cut: a moved thread whose identity another one has
        then (an equal author and minute) will not count as put back by a person.
        """
        # A talk page's title is a name: the journal keeps its hash, the contributions know the page (law 10).
        page = f"#{self.hash_of(edit.page)}" if edit.person else edit.page
        begins = edit.begins is not None
        row = {
            "run": run,
            "board": board,
            "task": edit.task,
            "kind": edit.kind,
            "page": page,
            "base": edit.base,
            "key": str(key),
            "begins": begins,
            "begun": now,
            "state": "sent",
            "revision": 0,
            "archives": json.dumps(edit.finishes),
        }
        with self._database.transaction() as connection:
            if edit.begins is not None:
                self._begin_move(connection, edit.begins, now)
            if remaining:
                chosen = select(t.moves.c.id).where(self._open(board), t.moves.c.archive.in_(edit.finishes))
                connection.execute(
                    update(t.moved_threads)
                    .where(
                        t.moved_threads.c.move.in_(list(connection.execute(chosen).scalars())),
                        t.moved_threads.c.thread.in_(sorted(remaining)),
                    )
                    .values(ambiguous=True)
                )
            done = connection.execute(insert(t.writes).values(wiki=self.wiki, **row))
            identifier = _new_id(done.inserted_primary_key)
        return Intent(
            identifier, board, edit.task, edit.kind, page, edit.base, str(key), now, "sent", begins, edit.finishes
        )

    def saved(self, intent: Intent, key: Key, revision: int, instant: datetime, *, changed: bool = True) -> None:
        """Note that a write stands on the wiki, and in the same transaction all that follows from it."""
        with self._database.transaction() as connection:
            state = {"state": "saved" if changed else "same", "revision": revision}
            connection.execute(update(t.writes).where(t.writes.c.id == intent.id).values(**state))
            if key.person:
                self._tell(connection, key.board, Told(key.person, key.thread, key.kind, instant))
            if key.own and not intent.begins and not intent.archives:
                _put(connection, t.keys, {"wiki": self.wiki, "key": key.own}, {"instant": instant})
            if intent.begins:
                connection.execute(
                    update(t.moves)
                    .where(self._open(intent.board), t.moves.c.archive == intent.page)
                    .values(archive_revision=revision)
                )
            if changed:
                for kind in dict.fromkeys((intent.kind, "edits", f"task:{intent.task}")):
                    self._spend(connection, instant, kind)
                if key.person:
                    self._spend(connection, instant, "notices")

    def failed(self, intent: Intent, state: str) -> None:
        """Note that a write was ``refused``, or is ``doubtful``, or ``lost`` (it never arrived).

        A move whose archive was never saved is forgotten with it.
        """
        with self._database.transaction() as connection:
            connection.execute(update(t.writes).where(t.writes.c.id == intent.id).values(state=state))
            if state != "doubtful" and intent.begins:
                connection.execute(
                    update(t.moves)
                    .where(self._open(intent.board), t.moves.c.archive == intent.page, t.moves.c.archive_revision == 0)
                    .values(state="void")
                )

    def unsettled(self) -> tuple[Intent, ...]:
        """Writes whose end is not known, oldest first."""
        w = t.writes.c
        query = select(t.writes).where(w.wiki == self.wiki, w.state.in_(UNSETTLED)).order_by(w.id)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return tuple(
            Intent(
                row.id,
                row.board,
                row.task,
                row.kind,
                row.page,
                row.base,
                row.key,
                row.begun,
                row.state,
                row.begins,
                tuple(json.loads(row.archives)),
            )
            for row in rows
        )

    def saves(self, run: int) -> tuple[tuple[str, str, int], ...]:
        """Page, kind and revision of what a run saved, in order."""
        w = t.writes.c
        query = select(w.page, w.kind, w.revision).where(w.wiki == self.wiki, w.run == run, w.state == "saved")
        with self._database.transaction() as connection:
            rows = connection.execute(query.order_by(w.id)).all()
        return tuple((row[0], row[1], row[2]) for row in rows)

    # moves

    def open_moves(self, board: str) -> tuple[Move, ...]:
        """Moves begun and not finished, oldest first; the identities in them are hashed."""
        with self._database.transaction() as connection:
            rows = connection.execute(select(t.moves).where(self._open(board)).order_by(t.moves.c.id)).all()
            return tuple(
                Move(
                    row.board,
                    row.archive,
                    tuple(
                        MovedThread(thread.thread, thread.digest)
                        for thread in connection.execute(
                            select(t.moved_threads)
                            .where(t.moved_threads.c.move == row.id)
                            .order_by(t.moved_threads.c.id)
                        )
                    ),
                    row.archive_revision,
                )
                for row in rows
            )

    def close_moves(self, board: str, archives: Iterable[str], state: str) -> None:
        """End open moves as ``finished``, ``undone`` or ``void`` (nothing of them was done)."""
        with self._database.transaction() as connection:
            chosen = and_(self._open(board), t.moves.c.archive.in_(list(archives)))
            connection.execute(update(t.moves).where(chosen).values(state=state))

    def put_back(self, board: str, hashes: Iterable[str], now: datetime) -> frozenset[str]:
        """Which of the board's threads a person put back: once moved for good and there again. Remembered for good."""
        wanted = sorted(set(hashes))
        m, th = t.moves.c, t.moved_threads.c
        with self._database.transaction() as connection:
            known = set(
                connection.execute(
                    select(t.left_alone.c.thread).where(t.left_alone.c.wiki == self.wiki, t.left_alone.c.board == board)
                ).scalars()
            )
            moved = set(
                connection.execute(
                    select(th.thread)
                    .join(t.moves, m.id == th.move)
                    .where(m.wiki == self.wiki, m.board == board, m.state == "finished", th.ambiguous.is_(False))
                ).scalars()
            )
            in_flight = set(
                connection.execute(select(th.thread).join(t.moves, m.id == th.move).where(self._open(board))).scalars()
            )
            new = sorted((moved & set(wanted)) - known - in_flight)
            if new:
                rows = [{"wiki": self.wiki, "board": board, "thread": thread, "instant": now} for thread in new]
                connection.execute(insert(t.left_alone), rows)
        return frozenset(known | set(new))

    # notices, keys, facts

    def told(self, board: str) -> tuple[Told, ...]:
        """Notices sent from a board, oldest first; all their words are hashed."""
        n = t.notices.c
        query = select(t.notices).where(n.wiki == self.wiki, n.board == self.hash_of(board)).order_by(n.instant)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return tuple(Told(row.person, row.thread, row.kind, row.instant) for row in rows)

    def own_keys(self) -> frozenset[str]:
        """Every key that a task gave to an edit that was saved."""
        with self._database.transaction() as connection:
            return frozenset(connection.execute(select(t.keys.c.key).where(t.keys.c.wiki == self.wiki)).scalars())

    def facts(self, board: str) -> Mapping[tuple[str, str], str]:
        """Remembered values of a board by (kind, hashed identity); the identity is "" for the whole board."""
        f = t.facts.c
        query = select(f.kind, f.thread, f.value).where(f.wiki == self.wiki, f.board == board)
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
                _put(connection, t.facts, where, {"value": fact.value, "instant": now})

    # the wiki's facts, settings, looks

    def cached_facts(self) -> CachedFacts | None:
        """The wiki's facts as last asked for."""
        with self._database.transaction() as connection:
            row = connection.execute(select(t.wiki_facts).where(t.wiki_facts.c.wiki == self.wiki)).first()
        return None if row is None else CachedFacts(json.loads(row.answer), row.version, row.fetched)

    def cache_facts(self, answer: Mapping[str, Any], version: str, now: datetime) -> None:
        """Keep the wiki's facts."""
        values = {"answer": json.dumps(answer), "version": version, "fetched": now}
        with self._database.transaction() as connection:
            _put(connection, t.wiki_facts, {"wiki": self.wiki}, values)

    def accepted(self) -> int:
        """The settings revision accepted last, 0 where none was."""
        query = select(t.settings.c.revision).where(t.settings.c.wiki == self.wiki).order_by(t.settings.c.id.desc())
        with self._database.transaction() as connection:
            return int(connection.execute(query.limit(1)).scalar() or 0)

    def accept(self, revision: int, now: datetime) -> None:
        """Note that a settings revision is in force from now on."""
        with self._database.transaction() as connection:
            connection.execute(insert(t.settings).values(wiki=self.wiki, revision=revision, instant=now))

    def looks(self) -> Mapping[tuple[str, str], Look]:
        """When each task is to look at each board next, by (board, task)."""
        with self._database.transaction() as connection:
            rows = connection.execute(select(t.looks).where(t.looks.c.wiki == self.wiki)).all()
        return {(row.board, row.task): Look(row.due, row.revision, row.settings) for row in rows}

    def looked(self, board: str, task: str, look: Look) -> None:
        """Note that a task looked at a board, and when it is to look next."""
        values = {"due": look.due, "revision": look.revision, "settings": look.settings}
        with self._database.transaction() as connection:
            _put(connection, t.looks, {"wiki": self.wiki, "board": board, "task": task}, values)

    # spending, complaints, ledger

    def spent(self, now: datetime | None) -> Mapping[str, int]:
        """How much was done on the day (UTC) of an instant, or ever, by kind of edit; "edits" are all of them."""
        s = t.spending.c
        query = select(s.kind, func.sum(s.count)).where(s.wiki == self.wiki).group_by(s.kind)
        if now is not None:
            query = query.where(s.day == f"{now:%Y-%m-%d}")
        with self._database.transaction() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(query)}

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
            _put(connection, t.complaints, where, {"revision": revision, "posted": now, "retired": None})
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
                _put(connection, t.keys, {"wiki": self.wiki, "key": key}, {"instant": instant})
            for move in ledger.moves:
                self._begin_move(connection, move, now)
            values = {"account": self.hash_of(account), "rebuilt": now}
            _put(connection, t.ledgers, {"wiki": self.wiki}, values)

    # parts of transactions

    def _open(self, board: str) -> Any:
        return and_(t.moves.c.wiki == self.wiki, t.moves.c.board == board, t.moves.c.state == "begun")

    def _begin_move(self, connection: Connection, move: Move, now: datetime) -> None:
        # A second attempt at the same archive stands in for the first: the task that planned it saw the first.
        known = connection.execute(
            select(t.moves.c.archive_revision).where(self._open(move.board), t.moves.c.archive == move.archive)
        ).scalars()
        revision = max([move.archive_revision, *known])
        connection.execute(
            update(t.moves).where(self._open(move.board), t.moves.c.archive == move.archive).values(state="void")
        )
        row = {"wiki": self.wiki, "board": move.board, "archive": move.archive, "begun": now, "state": "begun"}
        done = connection.execute(insert(t.moves).values(archive_revision=revision, **row))
        identifier = _new_id(done.inserted_primary_key)
        threads = [
            {"move": identifier, "thread": self.hash_of(thread.identity), "digest": thread.digest, "ambiguous": False}
            for thread in move.threads
        ]
        if threads:
            connection.execute(insert(t.moved_threads), threads)

    def _tell(self, connection: Connection, board: str, told: Told) -> None:
        where = {"wiki": self.wiki, "board": board, "thread": told.thread, "person": told.person, "kind": told.kind}
        _put(connection, t.notices, where, {"instant": told.instant})

    def _spend(self, connection: Connection, now: datetime, kind: str) -> None:
        s = t.spending.c
        where = {"wiki": self.wiki, "day": f"{now:%Y-%m-%d}", "kind": kind}
        count = connection.execute(
            select(s.count).where(s.wiki == self.wiki, s.day == where["day"], s.kind == kind)
        ).scalar()
        _put(connection, t.spending, where, {"count": (count or 0) + 1})


def _put(connection: Connection, table: Table, where: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row or change the one there, in words that both databases understand."""
    chosen = and_(*(table.c[name] == value for name, value in where.items()))
    if connection.execute(select(func.count()).select_from(table).where(chosen)).scalar():
        connection.execute(update(table).where(chosen).values(**values))
    else:
        connection.execute(insert(table).values(**where, **values))


def _new_id(key: Any) -> int:
    return int(key[0])
