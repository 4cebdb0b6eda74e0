"""Durations, sizes, counts, percentages and switches as people write them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from bot.settings.values.refusal import SPACES, misfit

_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), timedelta(seconds=1)),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(weeks=1)),
}
_DURATION = re.compile(r"(?:[0-9]{1,6}(?:\.[0-9]{1,3})? ?[a-z]+ ?)+")
_DURATION_PART = re.compile(r"([0-9.]+) ?([a-z]+)")
_LONGEST = timedelta(days=3660)

_SIZE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?) ?([a-z]+)")
# Pywikibot's archivebot and MediaWiki's display of sizes (Language::formatSize) count 1024 bytes to the kilobyte.
_SIZE_UNITS = {
    **dict.fromkeys(("b", "byte", "bytes"), 1),
    **dict.fromkeys(("k", "kb", "kib"), 1024),
    **dict.fromkeys(("m", "mb", "mib"), 1024**2),
}


def read_duration(value: Any) -> timedelta:
    """Read ``24 h``, ``24h``, ``3 days``, ``1 h 30 min``; raises PydanticCustomError on anything else."""
    if isinstance(value, timedelta):
        return value
    wanted = 'a duration such as "24 h", "15 min" or "3 days"'
    if not isinstance(value, str):
        raise misfit(wanted)
    text = SPACES.sub(" ", value).strip().lower()
    if text == "0":
        return timedelta()
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text):
        raise misfit(f'a duration with its unit, such as "{text} h" or "{text} days"')
    if not _DURATION.fullmatch(text):
        raise misfit(wanted)
    total = timedelta()
    for number, unit in _DURATION_PART.findall(text):
        if unit in ("m", "mon", "month", "months", "y", "year", "years"):
            raise misfit(
                f'{wanted}: "{unit}" can be read in more than one way; write minutes as "min", longer spans in days'
            )
        if unit not in _UNITS:
            raise misfit(f'{wanted}; "{unit}" is not one of the units s, min, h, days, weeks')
        total += min(float(number) * _UNITS[unit], _LONGEST * 2)
        if total > _LONGEST:
            raise misfit(f"{wanted}, at most ten years")
    return total


def read_optional_duration(value: Any) -> timedelta | None:
    """Read a duration, or ``never``, which gives None."""
    if value is None or (isinstance(value, str) and value.strip().lower() == "never"):
        return None
    try:
        return read_duration(value)
    except PydanticCustomError as problem:
        raise misfit(f'{(problem.context or {})["wanted"]}, or "never"') from problem


def say_duration(span: timedelta) -> str:
    """Write the duration as a settings page would write it: ``24 h``, ``3 days``, ``1 h 30 min``."""
    left = round(span.total_seconds())
    if left and left % 86400 == 0 and left > 86400:
        return f"{left // 86400} days"
    parts = []
    for size, unit in ((3600, "h"), (60, "min"), (1, "s")):
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts) or "0 s"


def at_least(shortest: str) -> AfterValidator:
    """Make the lower bound of a duration; "never" passes.

    Written ``Annotated[Duration, at_least("1 h")]``.
    """
    bound = read_duration(shortest)

    def check(span: timedelta | None) -> timedelta | None:
        if span is not None and span < bound:
            raise misfit(f"at least {say_duration(bound)}")
        return span

    return AfterValidator(check)


def at_most(longest: str) -> AfterValidator:
    """Make the upper bound of a duration; "never" passes.

    Written ``Annotated[Duration, at_most("7 days")]``.
    """
    bound = read_duration(longest)

    def check(span: timedelta | None) -> timedelta | None:
        if span is not None and span > bound:
            raise misfit(f"at most {say_duration(bound)}")
        return span

    return AfterValidator(check)


def between(lowest: int, highest: int, unit: str = "") -> AfterValidator:
    """Make the bounds of a count or size, both included.

    Written ``Annotated[Count, between(1, 100)]``.
    """

    def check(number: int | None) -> int | None:
        if number is not None and not lowest <= number <= highest:
            raise misfit(f"a number from {lowest} to {highest}{' ' + unit if unit else ''}")
        return number

    return AfterValidator(check)


def read_size(value: Any) -> int:
    """Read ``500 kB``, ``200 K``, ``1.5 MB`` as bytes (1 kB = 1024 bytes); raises PydanticCustomError otherwise."""
    wanted = 'a size such as "500 kB" or "1 MB"'
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise misfit(wanted)
    text = SPACES.sub(" ", value).strip().lower()
    if re.fullmatch(r"[0-9.]+", text):
        raise misfit(f'a size with its unit, such as "{text} kB"')
    found = _SIZE.fullmatch(text)
    if found is None or found[2] not in _SIZE_UNITS:
        raise misfit(wanted)
    return int(float(found[1]) * _SIZE_UNITS[found[2]])


def read_count(value: Any) -> int:
    """Read a whole number that is not negative, in the digits 0-9; raises PydanticCustomError otherwise."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value.strip()):
        return int(value)
    raise misfit("a whole number such as 4")


def read_flag(value: Any) -> bool:
    """Take ``true`` and ``false`` and nothing else."""
    if isinstance(value, bool):
        return value
    raise misfit("true or false")


def read_percent(value: Any) -> float:
    """Read ``20 %`` as 0.2; raises PydanticCustomError otherwise."""
    if isinstance(value, float):
        return value
    found = re.fullmatch(r"([0-9]{1,4}(?:\.[0-9]{1,3})?)\s*%", value.strip()) if isinstance(value, str) else None
    if found is None:
        raise misfit('a percentage such as "20 %"')
    return float(found[1]) / 100
