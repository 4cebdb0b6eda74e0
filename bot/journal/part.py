"""What every part of a wiki's journal shares: the database, the wiki, the keyed hash."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Table, and_, func, insert, select, update

from bot.journal.database import Database
from bot.journal.keys import Hasher


class Part:
    """One wiki's part of a database. Every public method is one transaction; OperatorProblem where it fails."""

    def __init__(self, database: Database, wiki: str, secret: str = "") -> None:
        self._database = database
        self.wiki = wiki
        self.hash_of = Hasher(wiki, secret)

    def at_once(self) -> AbstractContextManager[object]:
        """Let all that is asked and noted inside be one transaction, which spares the database most of the work."""
        return self._database.together()


def put(connection: Connection, table: Table, where: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row or change the one there, in words that both databases understand."""
    chosen = and_(*(table.c[name] == value for name, value in where.items()))
    if connection.execute(select(func.count()).select_from(table).where(chosen)).scalar():
        connection.execute(update(table).where(chosen).values(**values))
    else:
        connection.execute(insert(table).values(**where, **values))


def new_id(key: Any) -> int:
    """Give the number of a row just inserted."""
    return int(key[0])
