"""Writes: noted before they are sent and settled after, with all that follows from them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, insert, select, update

from bot.journal import tables as t
from bot.journal.keys import Key
from bot.journal.moves import Moves
from bot.journal.notices import Notices
from bot.journal.part import new_id, put
from bot.memory import Told
from bot.plan import RESTORE, Edit

# States of a write that nobody knows the end of: the run died, or the wiki gave no clear answer.
UNSETTLED = ("sent", "doubtful")
# The kind of an edit by which the operator takes back a run's cut; its own key is "run-NUMBER".
UNCUT = "uncut"


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


class Writes(Moves, Notices):
    """Runs on one wiki, and what they saved."""

    def begin_run(self, now: datetime) -> int:
        """Note that a run began; gives its number."""
        with self._database.transaction() as connection:
            done = connection.execute(insert(t.runs).values(wiki=self.wiki, begun=now, outcome="", settings=0))
            return new_id(done.inserted_primary_key)

    def end_run(self, run: int, now: datetime, outcome: str, settings: int) -> None:
        """Note how a run ended and under which settings revision."""
        with self._database.transaction() as connection:
            values = {"ended": now, "outcome": outcome, "settings": settings}
            connection.execute(update(t.runs).where(t.runs.c.id == run).values(**values))

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
            if edit.kind == RESTORE:
                self._take_off_the_books(connection, board, edit.threads)
            done = connection.execute(insert(t.writes).values(wiki=self.wiki, **row))
            identifier = new_id(done.inserted_primary_key)
        return Intent(
            identifier, board, edit.task, edit.kind, page, edit.base, str(key), now, "sent", begins, edit.finishes
        )

    def saved(self, intent: Intent, key: Key, revision: int, instant: datetime, *, changed: bool = True) -> None:
        """Note that a write stands on the wiki, and in the same transaction all that follows from it."""
        with self._database.transaction() as connection:
            values = {"state": "saved" if changed else "same", "revision": revision}
            connection.execute(update(t.writes).where(t.writes.c.id == intent.id).values(**values))
            if key.person:
                self._tell(connection, key.board, Told(key.person, key.thread, key.kind, instant))
            if key.own and not intent.begins and not intent.archives:
                put(connection, t.keys, {"wiki": self.wiki, "key": key.own}, {"instant": instant})
            if intent.begins:
                connection.execute(
                    update(t.moves)
                    .where(self._open(intent.board), t.moves.c.archive == intent.page)
                    .values(archive_revision=revision)
                )
            if intent.archives:
                # In the same transaction: a move whose cut stands must never look open (its copy would be taken back).
                self._close(
                    connection, intent.board, intent.archives, "undone" if intent.kind == "undo" else "finished"
                )
            if intent.kind == UNCUT:
                self._reopen(connection, intent.board, int(key.own.removeprefix("run-")))
            if changed:
                board = f"board:{self.hash_of(intent.board)}"
                person = ["notices"] if key.person else []
                self._spend(connection, instant, [intent.kind, "edits", f"task:{intent.task}", board, *person])

    def _reopen(self, connection: Connection, board: str, run: int) -> None:
        """Open a run's moves again whose cut was taken back: threads stand on both pages now."""
        w = t.writes.c
        query = select(w.revision).where(w.wiki == self.wiki, w.run == run, w.board == board, w.begins.is_(True))
        archived = list(connection.execute(query).scalars())
        chosen = and_(t.moves.c.wiki == self.wiki, t.moves.c.board == board, t.moves.c.archive_revision.in_(archived))
        connection.execute(update(t.moves).where(chosen, t.moves.c.state == "finished").values(state="begun"))

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
