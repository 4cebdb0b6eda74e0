"""Empty journals for tests, on whichever database the fixture ``database`` chose."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.journal import Journal


def in_memory() -> str:
    """SQLite in this process's memory."""
    return "sqlite://"


make_url: Callable[[], str] = in_memory


def files_in(folder: Path) -> Callable[[], str]:
    """Makes addresses of new SQLite files."""
    numbers = itertools.count(1)
    return lambda: f"sqlite:///{folder / f'journal-{next(numbers)}.db'}"


def fresh_url() -> str:
    """The address of an empty database."""
    return make_url()


def fresh_journal() -> Journal:
    """A journal in an empty database."""
    return Journal(make_url())


@cache
def migrated() -> bytes:
    """The file of an empty journal at the newest schema, brought there by the migrations themselves."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "journal.db"
        Journal(f"sqlite:///{file}").close()
        return file.read_bytes()


@event.listens_for(Engine, "connect")
def _begin_migrated(connection: object, _record: object) -> None:
    """Journals in memory, of which the tests open thousands, begin at the newest schema; others migrate as ever."""
    if isinstance(connection, sqlite3.Connection) and not connection.execute("PRAGMA database_list").fetchone()[2]:
        with closing(sqlite3.connect(":memory:")) as begun:
            begun.deserialize(migrated())
            begun.backup(connection)
