"""Writes small boards as people do, and reads them: for the tests of what threads say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.model import Board, Thread, WikiInfo
from bot.reading.board import Reader
from bot.reading.facts import english
from bot.reading.identity import Present, Traces, matched, traces
from bot.reading.rules import Rules

MONTHS = [names[0] for names in english().months]


def at(hour: int, minute: int = 0, day: int = 2, month: int = 3, year: int = 2026) -> datetime:
    """An instant of a day in March 2026, UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def stamp(instant: datetime) -> str:
    """A timestamp as an English wiki writes it."""
    return f"{instant:%H:%M}, {instant.day} {MONTHS[instant.month - 1]} {instant.year} (UTC)"


def sign(name: str, instant: datetime) -> str:
    """A signature."""
    return f"[[User:{name}|{name}]] ([[User talk:{name}|talk]]) {stamp(instant)}"


def says(name: str, instant: datetime, words: str = "Some words.", indent: str = "") -> str:
    """A signed comment on its own line."""
    return f"{indent}{words} {sign(name, instant)}\n"


def thread(*lines: str, heading: str = "A report") -> str:
    """A section; without lines it is Rosa's report, answered by Adam."""
    body = lines or (says("Rosa", at(9)), says("Adam", at(10), indent=":"))
    return f"== {heading} ==\n" + "".join(body) + "\n"


def read(text: str, info: WikiInfo | None = None, **rules: Any) -> Board:
    """The board as the bot reads it."""
    return Reader(info or english()).board("Project:Incidents", 1, text, Rules(**rules))


def only(text: str, info: WikiInfo | None = None, **rules: Any) -> Thread:
    """The single thread of a board."""
    (found,) = read(text, info, **rules).threads
    return found


def follow(board: Board, known: Mapping[str, Traces], key: Callable[[str], str] = str) -> Mapping[str, str]:
    """Where on a board the remembered threads are; ``key`` makes the hashes that were remembered instead of words."""
    present = [Present(one.identity, key(one.identity), traces(one).hashed(key)) for one in board.threads]
    return matched(present, known, Counter(one.traces.heading for one in present))
