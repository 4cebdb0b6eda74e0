"""Observations of threads: what runs of the bot saw, and the draft that a backfill rebuilds beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, or_, select, update

from bot.journal import tables as t
from bot.journal.part import Part, put
from bot.observe import Observation
from bot.observe.values import endings_of

# Facts of these kinds let a report across wikis do without the wikis themselves.
_KIND = "report-kind"
_CALENDAR = "report-calendar"


@dataclass(frozen=True, slots=True)
class Observed:
    """Up to which revision of a board threads were observed, that revision's instant, and since when they are known."""

    revision: int
    instant: datetime
    since: datetime


class Observations(Part):
    """What is known of one wiki's threads."""

    def observations(self, board: str, *, draft: bool = False) -> tuple[Observation, ...]:
        """Everything known of a board's threads, in the order in which they were opened."""
        return self._chosen(self._of(t.observations, board, draft=draft))

    def recent(self, board: str, here: Iterable[str], *, draft: bool = False) -> tuple[Observation, ...]:
        """What a reading of a board may touch: threads not long gone, and those called by a hash that is ``here``."""
        o = t.observations.c
        names = sorted(set(here))
        near = or_(o.people_kept.is_(True), o.alias.in_(names), o.thread.in_(names))
        return self._chosen(and_(self._of(t.observations, board, draft=draft), near))

    def observed(self, *, draft: bool = False) -> Mapping[str, Observed]:
        """How far each board was observed."""
        o = t.observed.c
        with self._database.transaction() as connection:
            rows = connection.execute(select(t.observed).where(o.wiki == self.wiki, o.draft.is_(draft))).all()
        return {row.board: Observed(row.revision, row.instant, row.since) for row in rows}

    def observe(self, board: str, changed: Iterable[Observation], at: Observed, *, draft: bool = False) -> None:
        """Keep what readings of a board changed, and how far they went, in one transaction."""
        here = {"wiki": self.wiki, "board": board, "draft": draft}
        rows = {one.thread: _row(one) for one in changed}
        mine, thread = self._of(t.observations, board, draft=draft), t.observations.c.thread
        with self._database.transaction() as connection:
            known = set(connection.execute(select(thread).where(mine, thread.in_(sorted(rows)))).scalars())
            new = [{**here, "thread": name, **row} for name, row in rows.items() if name not in known]
            old = [{"of_thread": name, **row} for name, row in rows.items() if name in known]
            # Many rows in one statement each: a backfill keeps dozens at a time.
            if new:
                connection.execute(insert(t.observations), new)
            if old:
                connection.execute(update(t.observations).where(mine, thread == bindparam("of_thread")), old)
            put(connection, t.observed, here, {"revision": at.revision, "instant": at.instant, "since": at.since})

    def forget(self, board: str, without: Iterable[Observation]) -> None:
        """Keep observations without what stood for people in them."""
        with self._database.transaction() as connection:
            for one in without:
                chosen = and_(self._of(t.observations, board, draft=False), t.observations.c.thread == one.thread)
                connection.execute(update(t.observations).where(chosen).values(**_row(one)))

    def finish_draft(self, board: str) -> None:
        """Let a backfill's draft take the place of what was known of the same threads; what else was known stays.

        Of a draft that ends before what runs have observed (an old export) only threads unknown so far are taken. A
        thread that runs call by a later identity keeps that name: notices of it are known by it.
        """
        o = t.observations.c
        with self._database.transaction() as connection:
            draft = connection.execute(select(t.observed).where(self._of(t.observed, board, draft=True))).first()
            live = connection.execute(select(t.observed).where(self._of(t.observed, board, draft=False))).first()
            if draft is None:
                return
            self._keep_names(connection, board)
            older = live is not None and live.instant > draft.instant
            kept, dropped = (False, True) if older else (True, False)
            both = connection.execute(
                select(o.thread).where(
                    self._of(t.observations, board, draft=kept), o.thread.in_(self._threads(connection, board, dropped))
                )
            ).scalars()
            for thread in both.all():
                row = and_(self._of(t.observations, board, draft=dropped), o.thread == thread)
                connection.execute(delete(t.observations).where(row))
            connection.execute(
                update(t.observations).where(self._of(t.observations, board, draft=True)).values(draft=False)
            )
            newest = live if older and live is not None else draft
            since = draft.since if live is None else min(live.since, draft.since)
            values = {"revision": newest.revision, "instant": newest.instant, "since": since}
            put(connection, t.observed, {"wiki": self.wiki, "board": board, "draft": False}, values)
            connection.execute(delete(t.observed).where(self._of(t.observed, board, draft=True)))

    def _keep_names(self, connection: Connection, board: str) -> None:
        """Call a draft's threads as runs call them that know them by the same present identity, and no others by it."""
        o = t.observations.c
        known: list[dict[str, list[str]]] = []
        for draft in (False, True):
            names: dict[str, list[str]] = {}
            for row in connection.execute(
                select(o.alias, o.thread).where(self._of(t.observations, board, draft=draft))
            ):
                names.setdefault(row.alias, []).append(row.thread)
            known.append(names)
        live, drafted = known
        taken = {name for threads in drafted.values() for name in threads}
        for alias, threads in drafted.items():
            others = live.get(alias, [])
            if len(threads) == len(others) == 1 and others[0] not in taken:
                here = and_(self._of(t.observations, board, draft=True), o.thread == threads[0])
                connection.execute(update(t.observations).where(here).values(thread=others[0]))

    def drop_draft(self, board: str) -> None:
        """Begin a backfill anew."""
        with self._database.transaction() as connection:
            connection.execute(delete(t.observations).where(self._of(t.observations, board, draft=True)))
            connection.execute(delete(t.observed).where(self._of(t.observed, board, draft=True)))

    def archived(self, board: str) -> Mapping[str, datetime]:
        """When the bot moved threads of a board to archives for good: the newest instant by hashed identity."""
        m, th = t.moves.c, t.moved_threads.c
        query = (
            select(th.thread, m.begun)
            .join(t.moves, m.id == th.move)
            .where(m.wiki == self.wiki, m.board == board, m.state == "finished")
            .order_by(m.id)
        )
        with self._database.transaction() as connection:
            return {row.thread: row.begun for row in connection.execute(query)}

    def told_about(self, board: str) -> Mapping[str, frozenset[str]]:
        """Who was told about each thread of a board, both as keyed hashes."""
        n = t.notices.c
        query = select(n.thread, n.person).where(n.wiki == self.wiki, n.board == self.hash_of(board))
        told: dict[str, frozenset[str]] = {}
        with self._database.transaction() as connection:
            for row in connection.execute(query):
                told[row.thread] = told.get(row.thread, frozenset()) | {row.person}
        return told

    def boards_kept(self) -> tuple[Mapping[str, str], str]:
        """The kind of each board as the last run's settings had it, and how its report's calendar counts."""
        f = t.facts.c
        query = select(f.board, f.kind, f.value).where(f.wiki == self.wiki, f.kind.in_((_KIND, _CALENDAR)))
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        kinds = {row.board: row.value for row in rows if row.kind == _KIND and row.value}
        return kinds, next((row.value for row in rows if row.kind == _CALENDAR), "")

    def keep_boards(self, kinds: Mapping[str, str], calendar: str, now: datetime) -> None:
        """Keep what a report across wikis must know of this one, where it differs from what was kept.

        Of a board that is no longer among them the reading is forgotten.
        """
        before, kept = self.boards_kept()
        now_and_gone = {**dict.fromkeys(before, ""), **kinds}
        values = [(board, _KIND, kind) for board, kind in now_and_gone.items() if kind != before.get(board)]
        values += [("", _CALENDAR, calendar)] if calendar != kept else []
        if not values:
            return
        with self._database.transaction() as connection:
            for board, kind, value in values:
                where = {"wiki": self.wiki, "board": board, "kind": kind, "thread": ""}
                put(connection, t.facts, where, {"value": value, "instant": now})
                if not value:
                    r = t.readings.c
                    connection.execute(delete(t.readings).where(r.wiki == self.wiki, r.board == board))

    def settings_changes(self) -> tuple[datetime, ...]:
        """When other settings came into force, oldest first."""
        s = t.settings.c
        query = select(s.instant).where(s.wiki == self.wiki).order_by(s.id)
        with self._database.transaction() as connection:
            return tuple(connection.execute(query).scalars())

    def _threads(self, connection: Connection, board: str, draft: bool) -> list[str]:
        query = select(t.observations.c.thread).where(self._of(t.observations, board, draft=draft))
        return list(connection.execute(query).scalars())

    def _chosen(self, which: Any) -> tuple[Observation, ...]:
        query = select(t.observations).where(which).order_by(t.observations.c.opened, t.observations.c.thread)
        with self._database.transaction() as connection:
            return tuple(_observation(row) for row in connection.execute(query))

    def _of(self, table: Any, board: str, *, draft: bool) -> Any:
        return and_(table.c.wiki == self.wiki, table.c.board == board, table.c.draft.is_(draft))


def _row(one: Observation) -> dict[str, Any]:
    return {
        "alias": one.alias,
        "opened": one.opened,
        "answered": one.answered,
        "responded": one.responded,
        "party": one.party,
        "endings": one.in_words(),
        "participants": one.participants,
        "comments": one.comments,
        "named": one.named,
        "told": one.told,
        "reposted": one.reposted,
        "reporter": one.reporter,
        "responders": " ".join(one.responders),
        "traces": one.traces,
        "people_kept": one.people_kept,
    }


def _observation(row: Row[Any]) -> Observation:
    return Observation(
        thread=row.thread,
        alias=row.alias,
        opened=row.opened,
        answered=row.answered,
        responded=row.responded,
        party=row.party,
        endings=endings_of(row.endings),
        participants=row.participants,
        comments=row.comments,
        named=row.named,
        told=row.told,
        reposted=row.reposted,
        reporter=row.reporter,
        responders=tuple(row.responders.split()),
        traces=row.traces,
        people_kept=row.people_kept,
    )
