"""A board of which most is known reads exactly as one never seen."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.model import Thread
from bot.reading.board import Reader
from bot.reading.facts import english
from bot.reading.rules import Rules
from bot.reading.warm import Learned
from tests.pieces import joined
from tests.randomboards import RULES, BusyBoard
from tests.sizes import cases
from tests.test_board import LIST, PIECES, SIGNED

READER = Reader(english())
TITLE = "Project:Board"
BREAKS = ["\n== A ==\n", "\n== B ==\n", "\n= C =\n", "\n=== D ===\n", f"\n{SIGNED}\n", "\n"]
# As many breaks as all the other pieces together.
TEXTS = joined([*PIECES, *BREAKS * (len(PIECES) // len(BREAKS))], 50)
EDITS = st.tuples(st.integers(0, 400), st.integers(0, 60), st.sampled_from([*PIECES, *BREAKS, ""]))


def edited(text: str, edit: tuple[int, int, str]) -> str:
    at, length, added = edit
    return text[:at] + added + text[at + length :]


@given(TEXTS, EDITS, st.sampled_from([RULES, LIST, Rules(level=1), Rules(level=3)]))
@example("\n== A ==\n{{\n== B ==\n}}", (0, 0, ""), RULES)
@example("\n== A ==\n{{atop}}\n== B ==\n{{abot}}\n== C ==\n{{atop}}\n== D ==\n{{abot}}\n", (0, 0, ""), RULES)
@example("\n== A ==\n[[User:Bo|\n== B ==\n]] 12:00, 1 May 2024 (UTC)", (0, 0, ""), RULES)
@example("\n== A ==\n<pre \n== B ==\n>", (0, 0, ""), RULES)
@settings(max_examples=cases(3_000, 30_000), derandomize=True, deadline=None)
def test_whatever_is_known_a_board_reads_the_same(text: str, edit: tuple[int, int, str], rules: Rules) -> None:
    now = edited(text, edit)
    _, learned = READER.again(TITLE, 1, text, rules)

    assert READER.again(TITLE, 2, now, rules, learned)[0] == READER.board(TITLE, 2, now, rules)


@pytest.mark.parametrize("seed", range(4))
def test_a_busy_board_reads_the_same_through_many_edits(seed: int) -> None:
    dice, text = random.Random(seed), BusyBoard(seed).board(30_000)
    learned: Learned | None = None
    for _ in range(40):
        start = dice.randrange(len(text))
        moved = text[(at := dice.randrange(len(text))) : at + dice.randrange(80)]
        text = edited(text, (start, dice.choice([0, 0, 1, 40]), dice.choice([moved, "x", *PIECES])))
        warm, learned = READER.again(TITLE, 1, text, RULES, learned)

        assert warm == READER.board(TITLE, 1, text, RULES)


def read_anew(before: str, after: str, rules: Rules = RULES) -> list[str]:
    """The pieces of a text that were read again although the one before it was known."""
    found: list[str] = []

    class Watched(Reader):
        def piece(self, text: str, *arguments: object, **named: object) -> object:  # type: ignore[override]  # a spy
            found.append(text)
            return super().piece(text, *arguments, **named)  # type: ignore[arg-type]  # handed on as they came

    watched = Watched(english())
    _, learned = watched.again(TITLE, 1, before, rules)
    found.clear()
    watched.again(TITLE, 2, after, rules, learned)
    return found


def test_only_the_thread_that_changed_is_read_again() -> None:
    before = "lead\n" + "".join(f"== {name} ==\n{name} {SIGNED}\n" for name in "ABCD")
    after = before.replace("B [[", "Bo [[")

    assert read_anew(before, after) == [f"== B ==\nBo {SIGNED}\n"]
    assert read_anew(before, before) == []


def test_other_rules_learn_anew() -> None:
    text = f"== A ==\na {SIGNED}\n{{{{done}}}}\n== B ==\nb\n"
    _, learned = READER.again(TITLE, 1, text, Rules())
    told = READER.again(TITLE, 1, text, Rules(closing=("done",)), learned)[0]

    assert [bool(thread.marks) for thread in told.threads] == [True, False]


def test_threads_in_one_box_are_read_together() -> None:
    text = f"== A ==\n{{{{atop}}}}\n{SIGNED}\n== B ==\nb\n{{{{abot}}}}\n== C ==\nc\n== D ==\nd\n"
    changed = text.replace("b\n{", "bo\n{")

    ties: list[Thread] = [*READER.again(TITLE, 1, text, RULES)[0].threads]
    assert [thread.tied for thread in ties] == [0, 0, None, None]
    assert [piece[:7] for piece in read_anew(text, changed)] == ["== B ==", "== A =="]


def test_what_is_learned_does_not_outlive_its_text() -> None:
    first = "".join(f"== {name} ==\n{SIGNED}\n" for name in "ABCD")
    _, learned = READER.again(TITLE, 1, first, RULES)
    _, later = READER.again(TITLE, 2, "== A ==\n", RULES, learned)

    assert (len(learned.parts), len(later.parts)) == (4, 1)


def test_threads_whose_bytes_stayed_are_the_same_objects_wherever_they_stand() -> None:
    before = "lead\n" + "".join(f"== {name} ==\n{name} {SIGNED}\n" for name in "ABCDE")
    after = before.replace("lead", "longer lead").replace("B [[", "Bo [[")
    first = READER.learn(before, RULES)
    second = READER.learn(after, RULES, first)

    assert [one is other for one, other in zip(first.threads, second.threads, strict=True)] == [1, 0, 1, 1, 1]


@given(TEXTS, st.lists(EDITS, max_size=4), st.sampled_from([RULES, LIST]))
@settings(max_examples=cases(400, 20_000), derandomize=True, deadline=None)
def test_a_thread_that_stays_the_same_object_has_the_same_bytes_and_identity(
    text: str, edits: list[tuple[int, int, str]], rules: Rules
) -> None:
    learned: Learned | None = None
    before: dict[int, str] = {}
    for now in [text, *(text := edited(text, edit) for edit in edits)]:
        board, learned = READER.again(TITLE, 1, now, rules, kept := learned)
        here = {id(one): board.wikitext(other) for one, other in zip(learned.threads, board.threads, strict=True)}

        assert [one.identity for one in learned.threads] == [one.identity for one in board.threads]
        assert all(before[one] == here[one] for one in before.keys() & here.keys())
        # what was learned before is held until here, so that no new object takes an old one's number
        del kept
        before = here
