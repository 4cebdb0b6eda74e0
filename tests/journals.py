"""Empty journals for tests, on whichever database the fixture ``database`` chose."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

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
