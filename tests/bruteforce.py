"""Counts a board's figures from its revisions by brute force, as their definitions say, with nothing of ours.

It knows one simple way of writing a board (one line a comment, one thread a section, no two threads opened in one
minute) and takes for that as long as it takes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

LINE = re.compile(r".*\[\[User:([^|]+)\|[^]]+\]\] \(\[\[User talk:[^]]+\]\]\) (\d\d:\d\d, \d+ \w+ \d{4}) \(UTC\)")
BANDS = (1, 3, 7, 28)
CLOSED = ("resolved", "withdrawn")


@dataclass(frozen=True)
class Said:
    """One line: by whom, when, and whether it closes."""

    who: str
    when: datetime
    closes: bool


@dataclass(frozen=True)
class Section:
    """One thread as it stands in one revision."""

    said: tuple[Said, ...]
    subjects: frozenset[str]

    @property
    def reporter(self) -> str:
        return self.said[0].who

    def helpers(self, admins: Collection[str]) -> list[Said]:
        """What administrators said who are no parties."""
        return [one for one in self.said if one.who in admins and one.who not in {self.reporter, *self.subjects}]

    def closed(self, admins: Collection[str]) -> tuple[str, datetime] | None:
        """How the newest mark that counts closes it, and when that was signed."""
        marks = [
            (one.when, "withdrawn" if one.who == self.reporter else "resolved")
            for one in self.said
            if one.closes and one.who not in self.subjects and one.who in {self.reporter, *admins}
        ]
        return (max(marks)[1], max(marks)[0]) if marks else None


def sections(text: str) -> dict[tuple[str, datetime], Section]:
    """The threads of a revision by who opened them and when."""
    found: dict[tuple[str, datetime], Section] = {}
    for part in re.split(r"(?m)^== .* ==$", text)[1:]:
        lines = [(line, LINE.match(line)) for line in part.splitlines()]
        said = tuple(
            Said(match[1], datetime.strptime(match[2], "%H:%M, %d %B %Y").replace(tzinfo=UTC), "{{resolved}}" in line)
            for line, match in lines
            if match
        )
        named = frozenset(re.findall(r"\{\{userlinks\|([^}]+)\}\}", part)) - {said[0].who}
        found[said[0].who, said[0].when] = Section(said, named)
    return found


@dataclass
class Life:
    """What all revisions tell of one thread; an end is its kind, when it began, and when it no longer held."""

    opened: datetime
    last: Section
    ends: list[tuple[str, datetime, datetime | None]] = field(default_factory=list)
    party: datetime | None = None
    reposted: bool = False

    def ended(self, kinds: Collection[str], at: datetime) -> bool:
        """Whether one of these ends held just before an instant, or began at it."""
        return any(kind in kinds and begun <= at and (until is None or at < until) for kind, begun, until in self.ends)


Revisions = Sequence[tuple[datetime, dict[tuple[str, datetime], Section], str]]


def lives(history: Sequence[tuple[datetime, str, str]], admins: Collection[str]) -> list[Life]:
    """Every thread's life."""
    revisions = [(at, sections(text), editor) for at, text, editor in history]
    keys = sorted({key for _, found, _ in revisions for key in found}, key=lambda key: key[1])
    found = {key: _life(key, revisions, admins) for key in keys}
    for (who, opened), life in found.items():
        # As the revision that brought the thread saw the reporter's others.
        born = next(index for index, (_, here, _) in enumerate(revisions) if (who, opened) in here)
        seen = {
            key: _life(key, revisions[:born], admins)
            for key in keys
            if key[0] == who and any(key in here for _, here, _ in revisions[:born])
        }
        life.reposted = any(_left_unheard(other, life.opened, admins) for other in seen.values())
    return list(found.values())


def _left_unheard(life: Life, opened: datetime, admins: Collection[str]) -> bool:
    gone = [begun for kind, begun, until in life.ends if kind == "left" and until is None]
    closed = any(kind in CLOSED and until is None for kind, _, until in life.ends)
    unheard = not closed and not life.last.helpers(admins)
    return unheard and any(timedelta() <= opened - begun <= timedelta(days=30) for begun in gone)


def _life(
    key: tuple[str, datetime],
    revisions: Revisions,
    admins: Collection[str],
) -> Life:
    standing = [(at, found.get(key), editor) for at, found, editor in revisions]
    first = next(index for index, (_, section, _) in enumerate(standing) if section is not None)
    standing = standing[first:]
    here = [(at, section) for at, section, _ in standing if section is not None]
    life = Life(min(key[1], here[0][0]), here[-1][1])
    for index, (at, section, editor) in enumerate(standing):
        before = standing[index - 1][1]
        if section is not None or before is None:
            continue
        back = next((later for later, again, _ in standing[index:] if again is not None), None)
        if back is None or back - at >= timedelta(days=1):
            life.ends.append(("left", at, back))
            if editor == key[0] and before.closed(admins) is None:
                life.ends.append(("withdrawn", at, back))
    parties = [at for at, section in here if any(one.closes and one.who in section.subjects for one in section.said)]
    life.party = parties[0] if parties else None
    kind, begun = "", life.opened
    for at, section in here:
        closed = section.closed(admins)
        now = closed[0] if closed else ""
        if now != kind:
            if kind:
                life.ends.append((kind, begun, at))
            untils = [until for _, _, until in life.ends if until is not None and until <= at]
            begun = max(life.opened, *untils, min(closed[1] if closed else at, at))
            kind = now
    if kind:
        life.ends.append((kind, begun, None))
    return life


def counted(
    history: Sequence[tuple[datetime, str, str]], admins: Collection[str], start: datetime, end: datetime
) -> dict[str, Any]:
    """The figures of a span, by name."""
    known = lives(history, admins)

    def inside(at: datetime | None) -> bool:
        return at is not None and start <= at < end

    def first(life: Life, said: Sequence[Said]) -> datetime | None:
        return max(life.opened, min(one.when for one in said)) if said else None

    answered = {id(one): first(one, [s for s in one.last.said if s.who != one.last.reporter]) for one in known}
    heard = {id(one): first(one, one.last.helpers(admins)) for one in known}

    def waits(when: dict[int, datetime | None]) -> tuple[float, ...]:
        found = [(at - one.opened).total_seconds() for one in known if (at := when[id(one)]) and inside(at)]
        return tuple(sorted(found))

    def unheard(one: Life, at: datetime) -> bool:
        return (when := heard[id(one)]) is None or when >= at

    last = end - timedelta(microseconds=1)
    opened = [one for one in known if inside(one.opened)]
    waiting = [end - one.opened for one in known if one.opened < end and not one.ended((*CLOSED, "left"), last)]
    left = [(one, begun) for one in known for kind, begun, _ in one.ends if kind == "left" and inside(begun)]
    late = [(one, begun) for one, begun in left if not one.ended(CLOSED, begun)]
    work = Counter(
        who for one in known if inside(heard[id(one)]) for who in {said.who for said in one.last.helpers(admins)}
    )
    bands = Counter(sum(age >= timedelta(days=days) for days in BANDS) for age in waiting)
    return {
        "intake": len(opened),
        "waiting": tuple(bands[band] for band in range(len(BANDS) + 1)),
        "first_answer": waits(answered),
        "first_response": waits(heard),
        "resolution": tuple(
            sorted(
                (begun - one.opened).total_seconds()
                for one in known
                for kind, begun, _ in one.ends
                if kind == "resolved" and inside(begun)
            )
        ),
        "unanswered": sum(unheard(one, end) and not one.ended(CLOSED, end) for one in opened),
        "closed": len(left) - len(late),
        "timed_out": len(late),
        "archived_unanswered": sum(unheard(one, at) for one, at in late),
        "closed_by_party": sum(inside(one.party) for one in known),
        "reposted": sum(one.reposted for one in opened),
        "reopened": sum(len({until for _, _, until in one.ends if inside(until)}) for one in known),
        "named": sum(len(one.last.subjects) for one in opened),
        "told": sum(len(one.last.subjects & {said.who for said in one.last.said}) for one in opened),
        "load": tuple(sorted(work.values(), reverse=True)),
    }
