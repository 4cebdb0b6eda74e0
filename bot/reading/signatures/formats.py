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
_LINK_WIDTH = 12
_ENTITY_WIDTH = len("&thinsp;")
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
    many digits the year has in the sample. ``ideographs`` tells digits that are words (二〇二六). ``linked``
    tells that small words link day and month; they vary with both in some languages (1î d' djanvî, 5 di may), so any
    few letters stand for them.
    """

    parts: tuple[Part | str, ...]
    names: MonthNames = field(repr=False, compare=False)
    era: int = 0
    year_digits: int = 4
    ideographs: bool = False
    linked: bool = False
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)
    fields: tuple[Part, ...] = field(init=False, repr=False, compare=False)
    _places: tuple[int, int, int, int, int] = field(init=False, repr=False, compare=False)
    width: int = field(init=False, repr=False, compare=False)
    """The most characters that a match has, as long as no space or mark in it is an entity."""
    reach: int = field(init=False, repr=False, compare=False)
    """The most characters that a match has where every space is an entity, and a few marks are."""

    def __post_init__(self) -> None:
        fields = tuple(part for part in self.parts if isinstance(part, Part) and not _is_weekday(part))
        object.__setattr__(self, "fields", fields)
        month = Part.MONTH if Part.MONTH in fields else Part.MONTH_NAME
        places = tuple(fields.index(part) for part in (Part.YEAR, month, Part.DAY, Part.HOUR, Part.MINUTE))
        object.__setattr__(self, "_places", places)
        object.__setattr__(
            self, "width", sum(_width(part, self.names) for part in self.parts) + _SPACE_WIDTH + _LINK_WIDTH
        )
        spaces = sum(part.count(" ") for part in self.parts if not isinstance(part, Part))
        spaces += max((name.count(" ") for name in self.names), default=0)
        object.__setattr__(self, "reach", self.width + _ENTITY_WIDTH * (spaces + 4))
        body = MARKS.join(self._piece(part) for part in self.parts)
        object.__setattr__(self, "pattern", re.compile(rf"{body}{MARKS}{SPACE}\Z"))

    def local(self, match: re.Match[str]) -> datetime | None:
        """Return the local time that a match of ``pattern`` writes, None where no calendar has it."""
        texts = match.groups()
        value = number if self.ideographs else int
        year, month, day, hour, minute = self._places
        months = (value(texts[month]),) if self.fields[month] is Part.MONTH else self._months(texts[month])
        for one in months:
            try:
                return datetime(  # noqa: DTZ001 - local time, the zone is read apart
                    value(texts[year]) - self.era, one, value(texts[day]), value(texts[hour]), value(texts[minute])
                )
            except ValueError:
                continue
        return None

    def start(self, match: re.Match[str]) -> int:
        """Return where the timestamp of a match begins: a month in front may have caught text before its name."""
        if self.parts[0] is not Part.MONTH_NAME or name_key(match[1]) in self.names:
            return match.start()
        name = self._last_name(name_key(match[1]))
        places = range(match.end(1) - 1, match.start(1), -1)
        return next((place for place in places if name_key(match.string[place : match.end(1)]) == name), match.start())

    def _months(self, written: str) -> tuple[int, ...]:
        """Return the months that a written name may mean, none where it is no name."""
        key = name_key(written)
        if key not in self.names and (self.linked or self.parts[0] is Part.MONTH_NAME):
            name = self._last_name(key)
            link = key.removesuffix(name)
            if self.parts[0] is Part.MONTH_NAME or (len(link) <= _LINK_WIDTH and link.endswith((" ", "'", "’"))):
                key = name
        return self.names.get(key, ())

    def _last_name(self, key: str) -> str:
        return max((name for name in self.names if key.endswith(name)), key=len, default="")

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
                return f"({_NAME}{{1,{_room(self.names) + (_LINK_WIDTH if self.linked else 0)}}}?)"
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
