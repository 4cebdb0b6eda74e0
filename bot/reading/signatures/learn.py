"""Finds the formats that explain one sample: what the wiki wrote for ``~~~~~`` at a known instant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise, permutations

from bot.reading.signatures.formats import IDEOGRAPHS, Format, MonthNames, Part, number
from bot.reading.signatures.marks import name_key, plain

ERAS = (0, 543, -1911)
"""How far a written year is ahead of the common one in the formats of ``Language::sprintfDate``: Y, xkY, xoY."""

_MOST_NUMBERS = 6
_LONGEST_NUMBER = 9
_DECIMAL_RUN = re.compile(r"\d+")
_IDEOGRAPH_RUN = re.compile(f"[{IDEOGRAPHS}]+")
_BRACKETS = re.compile(r"[(（][^()（）]{1,40}[)）]")
# A word that may be a weekday's: long enough not to be "at" or "of", and apart from the numbers around it.
_WORD = re.compile(r"(?<= )[^\s\d()（）]{4,}(?=[ ,،、])|^[^\s\d()（）]{4,}(?=[ ,،、])")
_NUMBERS = (Part.YEAR, Part.DAY, Part.HOUR, Part.MINUTE)
_DATE = frozenset({Part.YEAR, Part.MONTH, Part.MONTH_NAME, Part.DAY})


@dataclass(frozen=True, slots=True)
class Names:
    """The month names of a wiki by kind: long, genitive, short; twelve each."""

    kinds: tuple[tuple[str, ...], ...]

    def of(self, month: int) -> tuple[str, ...]:
        """Return every form of one month in plain form, January being 1."""
        return tuple(dict.fromkeys(form for kind in self.kinds if (form := plain(kind[month - 1]).strip())))

    def table(self, month: int, form: str) -> MonthNames:
        """Return what each name means on a wiki that writes ``month`` as ``form``.

        The kinds that have this form there decide; the other kinds only add names that those do not have.
        """
        key = name_key(form)
        used = [kind for kind in self.kinds if name_key(kind[month - 1]) == key]
        return _meanings(kind for kind in self.kinds if kind not in used) | _meanings(used)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A field's place in the sample."""

    start: int
    end: int
    part: Part


@dataclass(frozen=True, slots=True)
class _Sample:
    text: str
    local: datetime
    names: Names
    ideographs: bool

    def runs(self) -> Iterator[re.Match[str]]:
        return (_IDEOGRAPH_RUN if self.ideographs else _DECIMAL_RUN).finditer(self.text)


def formats(text: str, local: datetime, names: Names) -> tuple[Format, ...]:
    """Return every format that reads ``text`` (in plain form, without the zone) as ``local``.

    More than one where fields are equal and what all of MediaWiki's formats have in common does not tell them apart:
    the minute follows the hour without white space between, and nothing stands between day and month. None where the
    text cannot be explained.
    """
    for ideographs in (False, True):
        sample = _Sample(text, local, names, ideographs)
        digit = _IDEOGRAPH_RUN if ideographs else _DECIMAL_RUN
        forms = names.of(local.month)
        found = (
            _named(sample, [form for form in forms if not digit.search(form)])
            or list(_formats(sample, [], (*_NUMBERS, Part.MONTH), {}))
            or _named(sample, [form for form in forms if digit.search(form)])
        )
        if found:
            return tuple(dict.fromkeys(found))
    return ()


def _meanings(kinds: Iterable[Sequence[str]]) -> dict[str, tuple[int, ...]]:
    table: dict[str, tuple[int, ...]] = {}
    for kind in kinds:
        for month, name in enumerate(kind, start=1):
            key = name_key(name)
            if key and month not in table.get(key, ()):
                table[key] = (*table.get(key, ()), month)
    return table


def _named(sample: _Sample, forms: Sequence[str]) -> list[Format]:
    """Return the formats with the month by name: by the longest name that explains the rest, whole words first."""
    folded = sample.text.casefold()
    if len(folded) != len(sample.text):
        folded = sample.text
    places = [
        (len(form), _stands_alone(sample.text, match.start(), match.end()), match.start(), form)
        for form in forms
        for match in re.finditer(re.escape(form.casefold() if folded != sample.text else form), folded)
    ]
    places.sort(key=lambda place: place[:3], reverse=True)
    for _, equals in groupby(places, key=lambda place: place[:2]):
        found = [
            candidate
            for length, _, start, form in equals
            for candidate in _formats(
                sample,
                [_Slot(start, start + length, Part.MONTH_NAME)],
                _NUMBERS,
                sample.names.table(sample.local.month, form),
            )
        ]
        if found:
            return found
    return []


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (text[start - 1 : start].isalpha() or text[end : end + 1].isalpha())


def _formats(sample: _Sample, taken: list[_Slot], wanted: tuple[Part, ...], names: MonthNames) -> Iterator[Format]:
    """Give each way to hand the numbers outside of what is taken to the fields wanted, by value and by rule."""
    runs = [run for run in sample.runs() if all(run.end() <= slot.start or run.start() >= slot.end for slot in taken)]
    if len(runs) == len(wanted) + 1:
        wanted = (*wanted, Part.SECOND)
    if len(runs) != len(wanted) or len(runs) > _MOST_NUMBERS:
        return
    values = [number(run[0]) if len(run[0]) < _LONGEST_NUMBER else -1 for run in runs]
    for era in ERAS:
        expected = _expected(sample.local, era)
        for parts in permutations(wanted):
            if any(part in expected and expected[part] != value for part, value in zip(parts, values, strict=True)):
                continue
            slots = [_Slot(run.start(), run.end(), part) for run, part in zip(runs, parts, strict=True)]
            slots = sorted([*slots, *taken], key=lambda slot: slot.start)
            if _is_possible(sample.text, slots):
                year = next(slot for slot in slots if slot.part is Part.YEAR)
                yield Format(_parts(sample.text, slots), names, era, year.end - year.start, sample.ideographs)


def _expected(local: datetime, era: int) -> dict[Part, int]:
    return {
        Part.YEAR: local.year + era,
        Part.MONTH: local.month,
        Part.DAY: local.day,
        Part.HOUR: local.hour,
        Part.MINUTE: local.minute,
    }


def _is_possible(text: str, slots: list[_Slot]) -> bool:
    """Whether the order of fields is one that a date format of MediaWiki can have."""
    order = [slot.part for slot in slots]
    month = next(index for index, part in enumerate(order) if part in (Part.MONTH, Part.MONTH_NAME))
    if abs(order.index(Part.DAY) - month) != 1:
        return False
    for before, after in ((Part.HOUR, Part.MINUTE), (Part.MINUTE, Part.SECOND)):
        if after not in order:
            continue
        first, second = order.index(before), order.index(after)
        if second != first + 1 or slots[second].end - slots[second].start != 2:
            return False
        if any(char.isspace() for char in text[slots[first].end : slots[second].start]):
            return False
    return True


def _parts(text: str, slots: list[_Slot]) -> tuple[Part | str, ...]:
    parts: list[Part | str] = [*_gap(text[: slots[0].start], weekday=True), slots[0].part]
    for before, after in pairwise(slots):
        apart = (before.part in _DATE) != (after.part in _DATE)
        parts += [*_gap(text[before.end : after.start], weekday=apart), after.part]
    return (*parts, *_gap(text[slots[-1].end :], weekday=True))


def _gap(text: str, *, weekday: bool) -> list[Part | str]:
    """Split what stands between two fields into literal text and what may be a weekday.

    The facts of a wiki name no weekdays. In MediaWiki's formats they stand in brackets, or as a word of their own
    between date and time.
    """
    found = _BRACKETS.search(text)
    part = Part.BRACKETED_WEEKDAY
    if not found and weekday:
        found, part = _WORD.search(text), Part.WEEKDAY
    pieces = (text[: found.start()], part, text[found.end() :]) if found else (text,)
    return [piece for piece in pieces if piece]
