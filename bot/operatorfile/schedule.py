"""The five fields of cron, as far as all schedulers read them alike: numbers, lists, ranges, steps, named weekdays."""

from __future__ import annotations

import re
from typing import Any

from bot.settings.values import misfit

# Lowest and highest number of minute, hour, day of the month, month.
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12))
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERS = re.compile(r"(\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?")
_WEEKDAYS = re.compile(r"\*|([a-z]{3})(?:-([a-z]{3}))?")
WANTED = 'five fields such as "7,22,37,52 * * * *" (minute, hour, day, month, weekday by name: mon-fri), UTC'


def read_schedule(value: Any) -> str:
    """Check a schedule and give it with single spaces.

    Weekdays take names only: cron counts 0 as Sunday, APScheduler as Monday (CronTrigger.from_crontab), and nobody
    should learn that from a report that comes on the wrong day.
    """
    fields = str(value).lower().split()
    if len(fields) != 5 or not all(map(_is_number_field, fields[:4], _BOUNDS)) or not _is_weekday_field(fields[4]):
        raise misfit(WANTED)
    if "*" not in (fields[2], fields[4]):
        # cron takes either day, APScheduler only where both agree.
        raise misfit("a day of the month or a weekday, not both")
    return " ".join(fields)


def _is_number_field(field: str, bounds: tuple[int, int]) -> bool:
    low, high = bounds
    for part in field.split(","):
        found = _NUMBERS.fullmatch(part)
        if not found:
            return False
        _, first, last, step = found.groups()
        numbers = [int(one) for one in (first, last) if one]
        if any(not low <= one <= high for one in numbers) or numbers != sorted(numbers) or step in ("0", "00"):
            return False
        # "5/10" means different things to different schedulers.
        if step and first and not last:
            return False
    return True


def _is_weekday_field(field: str) -> bool:
    for part in field.split(","):
        found = _WEEKDAYS.fullmatch(part)
        if not found:
            return False
        days = [day for day in found.groups() if day]
        if any(day not in _NAMES for day in days):
            return False
        numbers = [_NAMES.index(day) for day in days]
        if numbers != sorted(numbers):
            return False
    return True
