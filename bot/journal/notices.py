"""Notices sent, tasks' own keys, and what was spent of the limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, and_, func, insert, select, update

from bot.journal import tables as t
from bot.journal.part import Part, put
from bot.memory import Told


class Notices(Part):
    """What one wiki's people were told."""

    def told(self, board: str) -> tuple[Told, ...]:
        """Notices sent from a board, oldest first; all their words are hashed."""
        n = t.notices.c
        query = select(t.notices).where(n.wiki == self.wiki, n.board == self.hash_of(board)).order_by(n.instant)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return tuple(Told(row.person, row.thread, row.kind, row.instant) for row in rows)

    def told_on(self, now: datetime) -> Mapping[str, int]:
        """How many notices boards have caused on the day (UTC) of an instant, by the board's hash."""
        n = t.notices.c
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        query = select(n.board, func.count()).where(n.wiki == self.wiki, n.instant >= midnight).group_by(n.board)
        with self._database.transaction() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(query)}

    def own_keys(self) -> frozenset[str]:
        """Every key that a task gave to an edit that was saved."""
        with self._database.transaction() as connection:
            return frozenset(connection.execute(select(t.keys.c.key).where(t.keys.c.wiki == self.wiki)).scalars())

    def spent(self, now: datetime | None) -> Mapping[str, int]:
        """How much was done on the day (UTC) of an instant, or ever, by kind of edit; "edits" are all of them."""
        s = t.spending.c
        query = select(s.kind, func.sum(s.count)).where(s.wiki == self.wiki).group_by(s.kind)
        if now is not None:
            query = query.where(s.day == f"{now:%Y-%m-%d}")
        with self._database.transaction() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(query)}

    def _tell(self, connection: Connection, board: str, told: Told) -> None:
        where = {"wiki": self.wiki, "board": board, "thread": told.thread, "person": told.person, "kind": told.kind}
        put(connection, t.notices, where, {"instant": told.instant})

    def _spend(self, connection: Connection, now: datetime, kinds: Iterable[str]) -> None:
        s, wanted = t.spending.c, set(kinds)
        today = and_(s.wiki == self.wiki, s.day == f"{now:%Y-%m-%d}", s.kind.in_(sorted(wanted)))
        known = set(connection.execute(select(s.kind).where(today)).scalars())
        if known:
            connection.execute(update(t.spending).where(today).values(count=s.count + 1))
        if new := sorted(wanted - known):
            row = {"wiki": self.wiki, "day": f"{now:%Y-%m-%d}", "count": 1}
            connection.execute(insert(t.spending), [{**row, "kind": kind} for kind in new])
