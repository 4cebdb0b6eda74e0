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
_WORD = re.compile(r"(?<= )[^\s\d()（）]{4,}(?=[ ,،、])")
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
        used = self._used(month, form)
        rest = _meanings(kind for kind in self.kinds if kind not in used)
        return rest | _numbered(month, form) | _meanings(used)

    def is_mixed(self, month: int, form: str) -> bool:
        """Whether the name holds the month's number while other names of its kind do not hold theirs (10月, 霜月)."""
        return bool(_numbered(month, form)) and not all(
            _numbered(number, name) for kind in self._used(month, form) for number, name in enumerate(kind, start=1)
        )

    def _used(self, month: int, form: str) -> list[tuple[str, ...]]:
        key = name_key(form)
        return [kind for kind in self.kinds if name_key(kind[month - 1]) == key]


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

    def runs(self) -> list[re.Match[str]]:
        """Return the numbers that are not part of a weekday in brackets (J3, 六)."""
        brackets = [match.span() for match in _BRACKETS.finditer(self.text)]
        return [
            run
            for run in (_IDEOGRAPH_RUN if self.ideographs else _DECIMAL_RUN).finditer(self.text)
            if not any(start < run.start() < end for start, end in brackets)
        ]


def formats(text: str, local: datetime, names: Names) -> tuple[Format, ...]:
    """Return every format that reads ``text`` (in plain form, without the zone) as ``local``.

    More than one where fields are equal and what all of MediaWiki's formats have in common does not tell them apart:
    the minute follows the hour without white space between, and no other field and no colon stands between day and
    month. The likeliest comes first. None where the text cannot be explained.
    """
    for ideographs in (False, True):
        sample = _Sample(text, local, names, ideographs)
        digit = _IDEOGRAPH_RUN if ideographs else _DECIMAL_RUN
        forms = names.of(local.month)
        worded = [form for form in forms if not digit.search(form) or names.is_mixed(local.month, form)]
        found = (
            _named(sample, worded)
            or list(_formats(sample, [], (*_NUMBERS, Part.MONTH), {}))
            or _named(sample, [form for form in forms if form not in worded])
        )
        if found:
            return tuple(sorted(dict.fromkeys(found), key=_is_unusual))
    return ()


def _is_unusual(one: Format) -> bool:
    """Whether a date has the order year, day, month or month, day, year, which few formats have."""
    order = [part for part in one.fields if part in (Part.YEAR, Part.MONTH, Part.DAY)]
    return order in ([Part.YEAR, Part.DAY, Part.MONTH], [Part.MONTH, Part.DAY, Part.YEAR])


def _meanings(kinds: Iterable[Sequence[str]]) -> dict[str, tuple[int, ...]]:
    table: dict[str, tuple[int, ...]] = {}
    for kind in kinds:
        for month, name in enumerate(kind, start=1):
            key = name_key(name)
            if key and month not in table.get(key, ()):
                table[key] = (*table.get(key, ()), month)
    return table


def _numbered(month: int, form: str) -> dict[str, tuple[int, ...]]:
    """Return the names that a form would have in each month if only the number in it changed; none without one."""
    for run in (*_DECIMAL_RUN.finditer(form), *_IDEOGRAPH_RUN.finditer(form)):
        if len(run[0]) <= 2 and number(run[0]) == month:
            digits = IDEOGRAPHS.replace("零", "") if run[0][0] in IDEOGRAPHS else _decimals(run[0][0])
            written = {
                other: str(other).translate(dict(zip(b"0123456789", digits, strict=True))) for other in range(1, 13)
            }
            return {
                name_key(form[: run.start()] + text + form[run.end() :]): (other,) for other, text in written.items()
            }
    return {}


def _decimals(digit: str) -> str:
    """Return the ten digits of the numeral system that a digit belongs to: Unicode keeps each system together."""
    zero = ord(digit) - int(digit)
    return "".join(chr(zero + value) for value in range(10))


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
                linked = any(_links(sample.text, *pair) for pair in pairwise(slots))
                pieces = _parts(sample.text, slots)
                yield Format(pieces, names, era, year.end - year.start, sample.ideographs, linked)


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
    day = order.index(Part.DAY)
    if abs(day - month) != 1 or text[slots[min(day, month)].end : slots[max(day, month)].start] == ":":
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


def _links(text: str, before: _Slot, after: _Slot) -> bool:
    """Whether words stand between a day and the name of its month after it."""
    between = text[before.end : after.start]
    return before.part is Part.DAY and after.part is Part.MONTH_NAME and any(map(str.isalpha, between))


def _parts(text: str, slots: list[_Slot]) -> tuple[Part | str, ...]:
    parts: list[Part | str] = [*_gap(text[: slots[0].start]), slots[0].part]
    for before, after in pairwise(slots):
        if not _links(text, before, after):
            apart = (before.part in _DATE) != (after.part in _DATE)
            parts += _gap(text[before.end : after.start], weekday=apart)
        parts.append(after.part)
    return (*parts, *_gap(text[slots[-1].end :]))


def _gap(text: str, *, weekday: bool = False) -> list[Part | str]:
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
