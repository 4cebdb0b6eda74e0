"""What was read of boards, so that a later process need not read the same bytes again (``bot.reading.kept``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select

from bot.journal import tables as t
from bot.journal.part import Part, put


class Readings(Part):
    """One row for each board: hashes and numbers. It goes when the board goes, and may be lost at any time."""

    def readings(self, boards: Collection[str]) -> Mapping[str, str]:
        """What is kept of some boards' readings; nothing is left out silently but boards of which nothing is kept."""
        r = t.readings.c
        query = select(r.board, r.parts).where(r.wiki == self.wiki, r.board.in_(sorted(boards)))
        with self._database.transaction() as connection:
            return {row.board: row.parts for row in connection.execute(query)}

    def keep_reading(self, board: str, parts: str) -> None:
        """Keep what was read of a board in place of what was kept; "" forgets it."""
        r = t.readings.c
        with self._database.transaction() as connection:
            if parts:
                put(connection, t.readings, {"wiki": self.wiki, "board": board}, {"parts": parts})
            else:
                connection.execute(delete(t.readings).where(r.wiki == self.wiki, r.board == board))
