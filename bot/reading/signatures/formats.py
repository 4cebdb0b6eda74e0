"""A wiki's timestamp format: the order of its fields, what stands between them, and the reading of a text by it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.reading.signatures.marks import MARKS, SPACE, literal, name_key

MonthNames = Mapping[str, tuple[int, ...]]
"""The months that each name (as ``name_key``) stands for: more than one where a language writes two months alike."""

IDEOGRAPHS = "〇零一二三四五六七八九"
"""Digits that are words: Unicode gives them a numeric value and no decimal one."""

_MARKS_WIDTH = 3
_SPACE_WIDTH = 3 + _MARKS_WIDTH
_WEEKDAY_WIDTH = 42 + _MARKS_WIDTH

_NAME = r"[^\n<>\[\]{}|]"
_WEEKDAY = r"[^\n<>\[\]{}|()（）\d]{1,40}?"
_BRACKETED = r"[^\n<>\[\]{}|()（）]{1,40}"

IDEOGRAPH_VALUES: Mapping[str, int] = {char: max(0, index - 1) for index, char in enumerate(IDEOGRAPHS)}
"""The value of each of them; there are two for zero."""


def number(digits: str) -> int:
    """Return the value of a run of digits of any kind."""
    if digits[0] in IDEOGRAPH_VALUES:
        return int("".join(str(IDEOGRAPH_VALUES[char]) for char in digits))
    return int(digits)


class Part(StrEnum):
    """A field of a timestamp."""

    YEAR = "year"
    MONTH = "month"
    MONTH_NAME = "month name"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"
    WEEKDAY = "weekday"
    BRACKETED_WEEKDAY = "weekday in brackets"


@dataclass(frozen=True, slots=True)
class Format:
    """One way to read a wiki's timestamps.

    ``parts`` are fields and the literal texts between them, in order, up to the bracket of the zone. ``era`` is what
    the written year is ahead of the common one (Thai 543, ``xkY`` of ``Language::sprintfDate``). ``year_digits`` is how
    many digits the year has in the sample. ``ideographs`` tells digits that are words (二〇二六).
    """

    parts: tuple[Part | str, ...]
    names: MonthNames = field(repr=False, compare=False)
    era: int = 0
    year_digits: int = 4
    ideographs: bool = False
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)
    fields: tuple[Part, ...] = field(init=False, repr=False, compare=False)
    width: int = field(init=False, repr=False, compare=False)
    """The most characters that a match has, as long as no space or mark in it is an entity."""

    def __post_init__(self) -> None:
        fields = tuple(part for part in self.parts if isinstance(part, Part) and not _is_weekday(part))
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "width", sum(_width(part, self.names) for part in self.parts) + _SPACE_WIDTH)
        body = MARKS.join(self._piece(part) for part in self.parts)
        object.__setattr__(self, "pattern", re.compile(rf"{body}{MARKS}{SPACE}\Z"))

    def local(self, match: re.Match[str]) -> datetime | None:
        """Return the local time that a match of ``pattern`` writes, None where no calendar has it."""
        values = {part: self._value(part, text) for part, text in zip(self.fields, match.groups(), strict=True)}
        months = (values[Part.MONTH],) if Part.MONTH in values else self.months(match)
        hour = values[Part.HOUR]
        for month in months:
            try:
                return datetime(  # noqa: DTZ001 - local time, the zone is read apart
                    values[Part.YEAR] - self.era, month, values[Part.DAY], hour, values[Part.MINUTE]
                )
            except ValueError:
                continue
        return None

    def months(self, match: re.Match[str]) -> tuple[int, ...]:
        """Return the months that the matched name may mean, none where it is no month's name."""
        return self.names.get(name_key(match[1 + self.fields.index(Part.MONTH_NAME)]), ())

    def _value(self, part: Part, text: str) -> int:
        if part is Part.MONTH_NAME:
            return 0
        return number(text)

    def _piece(self, part: Part | str) -> str:
        digit = f"[{IDEOGRAPHS}]" if self.ideographs else r"\d"
        match part:
            case Part.YEAR:
                return f"({digit}{{{self.year_digits}}})" if self.year_digits == 4 else f"({digit}{{2,3}})"
            case Part.MINUTE | Part.SECOND:
                return f"({digit}{{2}})"
            case Part.DAY | Part.HOUR | Part.MONTH:
                return f"({digit}{{1,2}})"
            case Part.MONTH_NAME:
                return f"({_NAME}{{1,{_room(self.names)}}}?)"
            case Part.WEEKDAY:
                return _WEEKDAY
            case Part.BRACKETED_WEEKDAY:
                return rf"[(（]{MARKS}{_BRACKETED}[)）]"
            case _:
                return literal(part)


def _is_weekday(part: Part) -> bool:
    return part in (Part.WEEKDAY, Part.BRACKETED_WEEKDAY)


def _width(part: Part | str, names: MonthNames) -> int:
    match part:
        case Part.YEAR:
            width = 4
        case Part.MONTH_NAME:
            width = max(map(len, names), default=0) + _SPACE_WIDTH
        case Part.WEEKDAY | Part.BRACKETED_WEEKDAY:
            width = _WEEKDAY_WIDTH
        case Part():
            width = 2
        case _:
            width = len(part) + part.count(" ") * _SPACE_WIDTH
    return width + _MARKS_WIDTH


def _room(names: MonthNames) -> int:
    """Return how many characters a month may take as written: each space may be an entity."""
    return max((len(name) + 6 * name.count(" ") for name in names), default=0) + 4
