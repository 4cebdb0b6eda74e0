"""Which page a thread is archived on: the title pattern, its fields, and the number of the series' last page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.model import Page, WikiInfo

FIELDS = ("board", "counter", "year", "isoyear", "semester", "quarter", "month", "month_name", "week", "day")
"""What may stand in braces in a title pattern."""

_FIELD = re.compile(r"\{([a-z_]+)(?::0?([1-9]))?\}")
_PROBES = 25
_FURTHEST = 1024


def unknown_fields(pattern: str) -> list[str]:
    """The fields of a pattern that there are not, as written."""
    return [field[0] for field in _FIELD.finditer(pattern) if field[1] not in FIELDS]


def counted(pattern: str) -> bool:
    """Whether the pattern makes a series of pages, one after the other."""
    return any(field[1] == "counter" for field in _FIELD.finditer(pattern))


def series(pattern: str, board: str, instant: datetime, info: WikiInfo) -> str:
    """The pattern with all filled in but ``{counter}``: one series of archive pages.

    The date is that of the wiki's own clock on the wall (its time zone), as in the signatures that people see. Weeks
    are those of ISO 8601, and ``{isoyear}`` the year they belong to.
    """
    local = instant.astimezone(ZoneInfo(info.time_zone))
    iso = local.isocalendar()
    numbers = {
        "year": local.year,
        "isoyear": iso.year,
        "semester": (local.month + 5) // 6,
        "quarter": (local.month + 2) // 3,
        "month": local.month,
        "week": iso.week,
        "day": local.day,
    }

    def fill(field: re.Match[str]) -> str:
        match field[1]:
            case "counter":
                return field[0]
            case "board":
                return board
            case "month_name":
                return info.months[local.month - 1][0]
        return _digits(numbers[field[1]], field[2], info)

    return _FIELD.sub(fill, pattern)


def title_of(stem: str, counter: int, info: WikiInfo) -> str:
    """The page of a series with this number; a series without ``{counter}`` is one page."""
    return _FIELD.sub(lambda field: _digits(counter, field[2], info), stem)


def _digits(number: int, width: str | None, info: WikiInfo) -> str:
    """A number in the wiki's own digits, as the wiki's signatures show them."""
    text = str(number).zfill(int(width or 1))
    native = next((char for char in info.sample.text if char.isdecimal() and not char.isascii()), None)
    if native is None:
        return text
    zero = ord(native) - unicodedata.decimal(native)
    return "".join(chr(zero + int(digit)) for digit in text)


def last_of_series(stem: str, hint: int | None, pages: Mapping[str, Page], info: WikiInfo) -> int | frozenset[str]:
    """The number of the last page that the series has, or the titles to look at before that is known.

    The search starts at ``hint``, the number used last, which takes one round as a rule. Without it, it goes up from 1
    in steps that double and then closes in, so that a lost journal costs three rounds for a hundred pages and not a
    hundred. It stops at the first gap it meets. Where not even the first page exists, the answer is its number.
    """

    def exists(number: int) -> bool | None:
        found = pages.get(title_of(stem, number, info))
        return None if found is None else found.exists

    def unknown(numbers: list[int]) -> frozenset[str]:
        return frozenset(title_of(stem, number, info) for number in numbers if exists(number) is None)

    low = hint or 1
    first_look = [low, low + 1] if hint else [low, *_doubling(low)]
    if need := unknown(first_look):
        return need
    if not exists(low):
        return low
    return _climb(low, exists, unknown)


def _climb(
    low: int, exists: Callable[[int], bool | None], unknown: Callable[[list[int]], frozenset[str]]
) -> int | frozenset[str]:
    """From a page that exists up to the last one before a gap."""
    if exists(low + 1) is False:
        return low
    if need := unknown(_doubling(low)):
        return need
    high = next((number for number in _doubling(low) if not exists(number)), None)
    below = [number for number in _doubling(low) if high is None or number < high]
    if high is None:
        return _climb(below[-1], exists, unknown)
    low = max([low, *below])
    while high - low > 1:
        step = max(1, (high - low) // (_PROBES + 1))
        probes = list(range(low + step, high, step))
        if need := unknown(probes):
            return need
        missing = next((number for number in probes if not exists(number)), None)
        there = [number for number in probes if missing is None or number < missing]
        low, high = (there[-1] if there else low), (missing if missing is not None else high)
    return low


def _doubling(low: int) -> list[int]:
    steps = []
    step = 1
    while step <= _FURTHEST:
        steps.append(low + step)
        step *= 2
    return steps
