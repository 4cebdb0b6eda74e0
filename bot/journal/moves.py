"""Moves: begun before the archive is saved, finished after the cut; and the threads that people put back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from bot.journal import tables as t
from bot.journal.part import Part, new_id
from bot.memory import ArchivedCopy, FinishedMove, Move, MovedThread


class Moves(Part):
    """The moves of one wiki's threads."""

    def open_moves(self, board: str) -> tuple[Move, ...]:
        """Moves begun and not finished, oldest first; the identities in them are hashed."""
        return self._moves(self._open(board))

    def all_open_moves(self) -> tuple[Move, ...]:
        """The same of every board."""
        return self._moves(and_(t.moves.c.wiki == self.wiki, t.moves.c.state == "begun"))

    def follow_move(self, move: Move, to: Move) -> None:
        """Note that the board or the archive of an open move stands under another title now."""
        with self._database.transaction() as connection:
            chosen = and_(self._open(move.board), t.moves.c.archive == move.archive)
            connection.execute(update(t.moves).where(chosen).values(board=to.board, archive=to.archive))

    def _moves(self, chosen: Any) -> tuple[Move, ...]:
        with self._database.transaction() as connection:
            rows = connection.execute(select(t.moves).where(chosen).order_by(t.moves.c.id)).all()
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
            self._close(connection, board, archives, state)

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

    def archived_copies(self, board: str, hashes: Iterable[str]) -> Mapping[str, ArchivedCopy]:
        """Where these threads were moved to last, by their hashes; those never moved for good are left out."""
        m, th = t.moves.c, t.moved_threads.c
        query = (
            select(th.thread, th.digest, m.archive)
            .join(t.moves, m.id == th.move)
            .where(m.wiki == self.wiki, m.board == board, m.state == "finished")
            .order_by(m.id)
        )
        wanted = frozenset(hashes)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return {row.thread: ArchivedCopy(row.archive, row.digest) for row in rows if row.thread in wanted}

    def finished_moves(self, board: str, since: datetime) -> tuple[FinishedMove, ...]:
        """Moves begun at ``since`` or later that came to their end, oldest first."""
        m = t.moves.c
        chosen = and_(m.wiki == self.wiki, m.board == board, m.state == "finished", m.begun >= since)
        found: dict[int, tuple[str, set[str]]] = {}
        query = (
            select(m.id, m.archive, t.moved_threads.c.digest)
            .join(t.moved_threads, t.moved_threads.c.move == m.id)
            .where(chosen)
            .order_by(m.id)
        )
        with self._database.transaction() as connection:
            for row in connection.execute(query):
                found.setdefault(row.id, (row.archive, set()))[1].add(row.digest)
        return tuple(FinishedMove(number, archive, frozenset(digests)) for number, (archive, digests) in found.items())

    def _take_off_the_books(self, connection: Connection, board: str, identities: Iterable[str]) -> None:
        """The bot itself puts these threads back on the board: no person did, and they may be moved again."""
        chosen = select(t.moves.c.id).where(t.moves.c.wiki == self.wiki, t.moves.c.board == board)
        hashes = sorted({self.hash_of(one) for one in identities})
        connection.execute(
            update(t.moved_threads)
            .where(t.moved_threads.c.move.in_(chosen), t.moved_threads.c.thread.in_(hashes))
            .values(ambiguous=True)
        )

    def _open(self, board: str) -> Any:
        return and_(t.moves.c.wiki == self.wiki, t.moves.c.board == board, t.moves.c.state == "begun")

    def _close(self, connection: Connection, board: str, archives: Iterable[str], state: str) -> None:
        chosen = and_(self._open(board), t.moves.c.archive.in_(list(archives)))
        connection.execute(update(t.moves).where(chosen).values(state=state))

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
        identifier = new_id(done.inserted_primary_key)
        threads = [
            {"move": identifier, "thread": self.hash_of(thread.identity), "digest": thread.digest, "ambiguous": False}
            for thread in move.threads
        ]
        if threads:
            connection.execute(insert(t.moved_threads), threads)
