"""The three-way merge: its laws, and its verdicts held against diff3, which MediaWiki asks."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.wiki.merge import WHITE_SPACE, merge
from tests import sizes
from tests.test_wiki_contract import MERGES

DIFF3 = shutil.which("diff3")
texts = st.lists(st.sampled_from(["a", "b", "c", "", "== d ==", "é"]), max_size=8).map("\n".join)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [case[1:] for case in MERGES if "\r" not in case[2]],
    ids=[case[0] for case in MERGES if "\r" not in case[2]],
)
def test_the_contracts_table_is_kept(base: str, ours: str, theirs: str, merged: str | None) -> None:
    assert merge(base, ours, theirs) == merged


@given(texts, texts)
@settings(derandomize=True)
def test_a_side_that_changed_nothing_yields_to_the_other(base: str, other: str) -> None:
    assert merge(base, base, other) == other.rstrip(WHITE_SPACE)
    assert merge(base, other, base) == other.rstrip(WHITE_SPACE)
    assert merge(base, other, other) == other.rstrip(WHITE_SPACE)


@given(texts, texts, texts)
@settings(derandomize=True)
def test_the_order_of_the_sides_does_not_matter(base: str, ours: str, theirs: str) -> None:
    assert merge(base, ours, theirs) == merge(base, theirs, ours)


def _lines(text: str) -> Counter[str]:
    return Counter(text.split("\n"))


@given(texts, texts, texts)
@settings(derandomize=True)
def test_a_merge_loses_no_line_that_a_side_added_and_invents_none(base: str, ours: str, theirs: str) -> None:
    merged = merge(base, ours, theirs)

    if merged is not None:
        words = {line for line in merged.split("\n") if line}
        assert words <= _lines(ours).keys() | _lines(theirs).keys()
        for side in (ours, theirs):
            new = {line for line in side.split("\n") if line} - _lines(base).keys()
            assert new <= words


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 31))
@settings(derandomize=True)
def test_changes_merge_where_an_unchanged_line_lies_between(one: int, other: int, count: int) -> None:
    lines = [f"line {number}" for number in range(count)]
    one, other = one % count, other % count
    ours, theirs = lines[:], lines[:]
    ours[one], theirs[other] = "ours", "theirs"

    merged = merge("\n".join(lines), "\n".join(ours), "\n".join(theirs))

    assert (merged is not None) == (abs(one - other) > 1)
    if merged is not None:
        assert merged.split("\n") == [
            "ours" if number == one else "theirs" if number == other else line for number, line in enumerate(lines)
        ]


def test_other_line_separators_are_no_line_ends() -> None:
    assert merge("a\u2028b\x0cc\nd\ne", "A\u2028b\x0cc\nd\ne", "a\u2028b\x0cc\nd\nE") == "A\u2028b\x0cc\nd\nE"


def test_a_board_of_a_thousand_threads_is_merged() -> None:
    lines = [
        line for number in range(1000) for line in (f"== Thread {number} ==", f"words {number}", "", ": reply", "")
    ]
    ours, theirs = lines[:], [*lines, "== New ==", "words"]
    del ours[2500:2505]
    theirs[100] = "another heading"
    expected = theirs[:2500] + theirs[2505:]

    assert merge("\n".join(lines), "\n".join(ours), "\n".join(theirs)) == "\n".join(expected)


def diff3(folder: Path, base: str, ours: str, theirs: str) -> str | None:
    """What MediaWiki makes of diff3's answers (``wfMerge``)."""
    assert DIFF3
    names = []
    for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
        (folder / name).write_text(text.rstrip(WHITE_SPACE) + "\n", encoding="utf-8")
        names.append(str(folder / name))
    overlaps = subprocess.run([DIFF3, "-a", "--overlap-only", *names], capture_output=True, check=False)
    merged = subprocess.run([DIFF3, "-a", "-e", "--merge", *names], capture_output=True, check=False)
    return None if overlaps.stdout else merged.stdout.decode().rstrip(WHITE_SPACE)


def _threads(dice: random.Random) -> list[str]:
    lines = ["Lead", ""]
    for number in range(dice.randint(3, 8)):
        lines += [f"== Thread {number} ==", f"words {dice.random()}", "", f": reply {dice.random()}", ""]
    return lines


def _worked_on(lines: list[str], dice: random.Random) -> list[str]:
    """What happens to a board: a thread is added, cut, answered or marked, or a line goes."""
    lines = lines[:]
    heading = dice.choice([place for place, line in enumerate(lines) if line.startswith("==")])
    match dice.randrange(5):
        case 0:
            lines += ["== New ==", f"words {dice.random()}", ""]
        case 1 if sum(line.startswith("==") for line in lines) > 1:
            del lines[heading : heading + 5]
        case 2:
            lines.insert(min(heading + 4, len(lines)), f":: answer {dice.random()}")
        case 3:
            lines[heading + 1 : heading + 1] = ["{{resolved}}", ""]
        case _:
            del lines[heading + 1]
    return lines


def _cases(kind: str, count: int) -> list[tuple[str, str, str]]:
    dice = random.Random(20261122)
    cases = []
    for _ in range(count):
        if kind == "boards":
            base = _threads(dice)
            ours, theirs = _worked_on(base, dice), _worked_on(base, dice)
        else:
            base, ours, theirs = ([dice.choice(["a", "b", "c", "d", ""]) for _ in range(9)] for _ in range(3))
            ours = base[:3] + ours[: dice.randrange(4)] + base[dice.randint(3, 6) :]
            theirs = base[: dice.randint(2, 7)] + theirs[: dice.randrange(4)] + base[7:]
        cases.append(("\n".join(base), "\n".join(ours), "\n".join(theirs)))
    return cases


@pytest.mark.skipif(DIFF3 is None, reason="diff3 (package diffutils) is not installed")
@pytest.mark.parametrize(("kind", "agreed"), [("boards", 0.99), ("noise", 0.97)])
def test_the_verdict_is_diff3s(tmp_path: Path, kind: str, agreed: float) -> None:
    cases = _cases(kind, sizes.cases(100, 2000))

    verdicts = [(diff3(tmp_path, *case), merge(*case)) for case in cases]

    # Repeated lines can be aligned in several ways, and diff and difflib do not always choose alike.
    assert sum((theirs is None) == (mine is None) for theirs, mine in verdicts) >= agreed * len(cases)
    both = [(theirs, mine) for theirs, mine in verdicts if theirs is not None and mine is not None]
    assert len(both) > len(cases) // 5
    assert sum(theirs == mine for theirs, mine in both) >= agreed * len(both)
