"""Two texts side by side in one column: what went, what came, and enough around it to know where."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_CONTEXT = 2
# Lines that share less than this are shown as gone and come, without marking words.
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line, changed or not."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a diff: kept, gone, come, or a gap where lines were left out (``pieces`` then says how many)."""

    kind: Literal["kept", "gone", "come", "gap"]
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The line without its marks."""
        return "".join(piece.text for piece in self.pieces)


def diff(before: str, after: str) -> tuple[DiffLine, ...]:
    """The lines that differ, with two lines of context; empty for equal texts."""
    old, new = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    lines: list[DiffLine] = []
    at = 0
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        lines += _gap(group[0][1] - at)
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                lines += [DiffLine("kept", (Piece(line),)) for line in old[start:end]]
            else:
                lines += _changed(old[start:end], new[new_start:new_end])
        at = group[-1][2]
    return (*lines, *_gap(len(old) - at)) if lines else ()


def _gap(count: int) -> list[DiffLine]:
    return [DiffLine("gap", (Piece(str(count)),))] if count > 0 else []


def _changed(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    """Lines that went and came; words are marked where one line became another much like it."""
    if len(old) == len(new):
        for gone, come in zip(old, new, strict=True):
            yield from _line(gone, come)
        return
    yield from (DiffLine("gone", (Piece(line),)) for line in old)
    yield from (DiffLine("come", (Piece(line),)) for line in new)


def _line(gone: str, come: str) -> Iterator[DiffLine]:
    left, right = _WORD.findall(gone), _WORD.findall(come)
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < _ALIKE:
        yield DiffLine("gone", (Piece(gone),))
        yield DiffLine("come", (Piece(come),))
        return
    codes = matcher.get_opcodes()
    yield DiffLine("gone", tuple(Piece("".join(left[a:b]), tag != "equal") for tag, a, b, _, _ in codes if b > a))
    yield DiffLine("come", tuple(Piece("".join(right[c:d]), tag != "equal") for tag, _, _, c, d in codes if d > c))
