"""What the journal tells of the past: runs, writes, heartbeats; for status, health, undo and the trial's report."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, update

from bot.journal import tables as t
from bot.journal.part import Part, put

BEAT = "heartbeat"
# As ``bot.runner`` calls the outcome of a run that did all that was due.
_DONE = "done"


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run: its number, when it began and ended (None: it did not, or still works), how, and what it saved."""

    run: int
    begun: datetime
    ended: datetime | None
    outcome: str
    settings: int
    saved: int


@dataclass(frozen=True, slots=True)
class PastWrite:
    """One write: ``page`` is "#HASH" for somebody's talk page; ``revision`` 0 where nothing was saved.

    ``base`` is the revision that was replaced (0: the page was made), but where the wiki merged.
    ``archives`` are those whose moves a cut ended.
    """

    run: int
    board: str
    task: str
    kind: str
    page: str
    begun: datetime
    state: str
    revision: int
    base: int = 0
    archives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beat:
    """The last pass that came to its end on a wiki, whatever that end was."""

    instant: datetime
    outcome: str


class History(Part):
    """One wiki's past."""

    def beat(self, now: datetime, outcome: str) -> None:
        """Note that a pass came to its end; ``now`` is the host's clock, for the wiki may not have answered."""
        where = {"wiki": self.wiki, "board": "", "kind": BEAT, "thread": ""}
        with self._database.transaction() as connection:
            put(connection, t.facts, where, {"value": outcome, "instant": now})

    def last_beat(self) -> Beat | None:
        """The last pass that came to its end."""
        f = t.facts.c
        query = select(f.instant, f.value).where(f.wiki == self.wiki, f.board == "", f.kind == BEAT, f.thread == "")
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
        return None if row is None else Beat(row[0], row[1])

    def last_done(self) -> datetime | None:
        """When a run last came to a good end; None where none did."""
        r = t.runs.c
        query = select(func.max(r.ended)).where(r.wiki == self.wiki, r.outcome == _DONE)
        with self._database.transaction() as connection:
            return connection.execute(query).scalar()

    def past_runs(self, limit: int) -> tuple[PastRun, ...]:
        """The newest runs, newest first."""
        r, w = t.runs.c, t.writes.c
        saved = select(func.count()).where(w.wiki == self.wiki, w.run == r.id, w.state == "saved").scalar_subquery()
        query = select(t.runs, saved.label("saved")).where(r.wiki == self.wiki).order_by(r.id.desc()).limit(limit)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return tuple(PastRun(row.id, row.begun, row.ended, row.outcome, row.settings, row.saved) for row in rows)

    def has_run(self, run: int) -> bool:
        """Whether this number is a run on this wiki."""
        query = select(t.runs.c.id).where(t.runs.c.wiki == self.wiki, t.runs.c.id == run)
        with self._database.transaction() as connection:
            return connection.execute(query).first() is not None

    def past_writes(self, *, run: int | None = None, task: str = "") -> tuple[PastWrite, ...]:
        """Writes of one run, or of one task, or all, oldest first."""
        w = t.writes.c
        query = select(t.writes).where(w.wiki == self.wiki).order_by(w.id)
        if run is not None:
            query = query.where(w.run == run)
        if task:
            query = query.where(w.task == task)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return tuple(
            PastWrite(
                row.run,
                row.board,
                row.task,
                row.kind,
                row.page,
                row.begun,
                row.state,
                row.revision,
                row.base,
                tuple(json.loads(row.archives)),
            )
            for row in rows
        )

    def standing_complaints(self) -> int:
        """How many complaints stand on settings talk pages and are not mended yet."""
        c = t.complaints.c
        query = select(func.count()).select_from(t.complaints).where(c.wiki == self.wiki, c.retired.is_(None))
        with self._database.transaction() as connection:
            return int(connection.execute(query).scalar() or 0)

    def open_move_count(self) -> int:
        """How many moves were begun and not finished, on all boards."""
        m = t.moves.c
        query = select(func.count()).select_from(t.moves).where(m.wiki == self.wiki, m.state == "begun")
        with self._database.transaction() as connection:
            return int(connection.execute(query).scalar() or 0)

    def undo_moves(self, board: str, archive_revisions: Collection[int]) -> None:
        """Note that moves were taken back by the operator: their threads may go again one day."""
        m = t.moves.c
        chosen = and_(m.wiki == self.wiki, m.board == board, m.archive_revision.in_(sorted(archive_revisions)))
        with self._database.transaction() as connection:
            connection.execute(update(t.moves).where(chosen).values(state="undone"))
