"""Reads timestamps as one wiki writes them: learns the format from the wiki's own sample and finds it in texts."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from bot.model import WikiInfo
from bot.reading.facts import GENITIVE_MONTHS, LONG_MONTHS, SHORT_MONTHS
from bot.reading.signatures.formats import Format
from bot.reading.signatures.learn import Names, formats
from bot.reading.signatures.marks import ENTITY, MARKS, literal, plain
from bot.reading.signatures.zones import Zone, local_time, zone

__all__ = ["Timestamp", "Timestamps", "learn"]

# What surely stands before a bracket that ends no timestamp: MediaWiki writes a space there.
_NO_SPACE = frozenset("()[]{}|>\n.,:\"'")
_ZONED = re.compile(r"(.*?) ?\(([^()]+)\)\s*\Z", re.DOTALL)
# The sample was taken within a minute or so of its instant; the nearest minute that explains it counts.
_SKEWS = (0, 1, -1, 2, -2, 3, -3)
# One contrary timestamp in ten is a slip or a joke, more is doubt.
_DOUBT = 10


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A timestamp in a text: offsets of its first field and past its zone's bracket, and its instant (UTC, minutes)."""

    start: int
    end: int
    instant: datetime


@dataclass(frozen=True, slots=True)
class Timestamps:
    """How one wiki writes timestamps.

    ``formats`` are all that explain the wiki's sample; ``find`` uses the first. ``problem`` says in one sentence why
    none or more than one does, and is empty where all is well.
    """

    formats: tuple[Format, ...]
    zone: Zone
    problem: str = ""
    _zones: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        labels = "|".join(literal(label) for label in sorted(self.zone.labels, key=len, reverse=True))
        object.__setattr__(self, "_zones", re.compile(rf"\({MARKS}({labels}){MARKS}\)"))

    @property
    def settled(self) -> bool:
        """Whether one format only explains the wiki's sample: until then no instant can be relied on."""
        return len(self.formats) == 1

    def find(
        self, text: str, start: int = 0, end: int | None = None, known: Container[int] = frozenset()
    ) -> Iterator[Timestamp]:
        """Give the timestamps between two offsets, in order. Dates that no calendar has are passed over.

        Takes time in proportion to the text: one pass for the zone's label, then a bounded stretch before each, but for
        those whose ends are ``known``: they are not given again.
        """
        if self.formats:
            yield from self._find(self.formats[0], text, start, len(text) if end is None else end, known)

    def settle(self, text: str) -> Timestamps:
        """Return the same with the formats that a text rules out left away.

        What counts are timestamps that only one format can read, such as day 13; a few contrary ones do not.
        """
        if len(self.formats) < 2:
            return self
        read = [{found.end for found in self._find(one, text, 0, len(text))} for one in self.formats]
        alone = [len(ends.difference(*(read[:index] + read[index + 1 :]))) for index, ends in enumerate(read)]
        best = max(range(len(alone)), key=alone.__getitem__)
        if alone[best] and (sum(alone) - alone[best]) * _DOUBT <= alone[best]:
            return replace(self, formats=(self.formats[best],), problem="")
        return self

    def _find(
        self, one: Format, text: str, start: int, end: int, known: Container[int] = frozenset()
    ) -> Iterator[Timestamp]:
        instant_of = self.zone.instant
        for label in self._zones.finditer(text, start, end):
            if label.end() in known:
                continue
            found = _before(one, text, start, label.start())
            local = one.local(found) if found else None
            instant = instant_of(local, plain(label[1])) if local else None
            if found and instant:
                yield Timestamp(one.start(found), label.end(), instant)


def _before(one: Format, text: str, start: int, bracket: int) -> re.Match[str] | None:
    """Match a format that ends where a zone's bracket begins; far back only where entities may have stretched it."""
    before = text[bracket - 1 : bracket]
    if before.isalnum() or before in _NO_SPACE:
        return None
    near = max(start, bracket - one.width)
    found = one.pattern.search(text, max(near, text.rfind("\n", near, bracket) + 1), bracket)
    if found or not ENTITY.search(text, near, bracket):
        return found
    far = max(start, bracket - one.reach)
    return one.pattern.search(text, max(far, text.rfind("\n", far, bracket) + 1), bracket)


# The facts asked about last: a task asks for every thread of a board, and to compare facts takes longer than to read.
_RECENT: deque[tuple[WikiInfo, Timestamps]] = deque(maxlen=4)


def learn(info: WikiInfo) -> Timestamps:
    """Learn how a wiki writes timestamps from its facts alone: sample, month names, time zone.

    The same facts give the same object while it is remembered. A sample that cannot be explained gives no formats and
    a ``problem`` in words, never an error.
    """
    for known, stamps in _RECENT:
        if known is info:
            return stamps
    labels = {key.removeprefix("timezone-"): text for key, text in info.messages.items() if key.startswith("timezone-")}
    stamps = _learn(
        info.sample.text, info.sample.instant, info.time_zone, Names(_kinds(info)), tuple(sorted(labels.items()))
    )
    _RECENT.append((info, stamps))
    return stamps


@lru_cache(maxsize=64)
def _learn(
    text: str, instant: datetime, time_zone: str, names: Names, labels: tuple[tuple[str, str], ...]
) -> Timestamps:
    zoned = _ZONED.fullmatch(plain(text).strip())
    body, label = (zoned[1], zoned[2]) if zoned else (plain(text).strip(), "")
    local = local_time(time_zone, instant)
    found: tuple[Format, ...] = ()
    for skew in _SKEWS if zoned else ():
        for moment in [local] if local else _anywhere(instant):
            found = formats(body, moment + timedelta(minutes=skew), names)
            if found:
                local = moment
                break
        if found:
            break
    problem = ""
    if len(found) != 1:
        how = "can be read in more than one way" if found else "cannot be read"
        problem = (
            f"The wiki wrote {text!r} for {instant:%Y-%m-%dT%H:%M}Z in its time zone {time_zone}, which {how}: "
            "ask it for another sample later."
        )
    zones = zone(time_zone, {key: plain(value) for key, value in labels}, instant, label, local)
    return Timestamps(found, zones, problem)


def _anywhere(instant: datetime) -> Iterator[datetime]:
    """Give the local times an instant can have in an unknown zone: offsets are whole quarters of an hour."""
    here = instant.astimezone(UTC).replace(tzinfo=None)
    quarters = sorted(range(-12 * 4, 14 * 4 + 1), key=lambda quarter: (quarter % 4 != 0, abs(quarter)))
    return (here + timedelta(minutes=15 * quarter) for quarter in quarters)


def _kinds(info: WikiInfo) -> tuple[tuple[str, ...], ...]:
    messages: Mapping[str, str] = info.messages
    kinds = tuple(tuple(messages.get(key, "") for key in keys) for keys in (LONG_MONTHS, GENITIVE_MONTHS, SHORT_MONTHS))
    if any(any(kind) for kind in kinds):
        return kinds
    longest = max(map(len, info.months))
    return tuple(tuple(forms[min(index, len(forms) - 1)] for forms in info.months) for index in range(longest))
