"""Diffs as people see them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.show.diff import diff

TEXTS = st.lists(st.sampled_from(["one", "two", "three words here", "three words there", ""]), max_size=12).map(
    "\n".join
)


def test_equal_texts_have_no_diff() -> None:
    assert diff("one\ntwo", "one\ntwo") == ()


def test_changed_words_are_marked_in_lines_that_are_much_alike() -> None:
    gone, come = diff("a line of text", "a line of words")

    assert [(piece.text, piece.changed) for piece in gone.pieces] == [("a line of ", False), ("text", True)]
    assert [(piece.text, piece.changed) for piece in come.pieces] == [("a line of ", False), ("words", True)]


def test_lines_left_out_are_counted() -> None:
    before = "\n".join(str(number) for number in range(20))

    lines = diff(before, before.replace("10", "ten"))

    assert [(line.kind, line.text) for line in lines if line.kind != "kept"] == [
        ("gap", "8"),
        ("gone", "10"),
        ("come", "ten"),
        ("gap", "7"),
    ]


@given(TEXTS, TEXTS)
def test_a_diff_holds_every_line_that_went_or_came(before: str, after: str) -> None:
    lines = diff(before, after)
    left_out = sum(int(line.text) for line in lines if line.kind == "gap")
    shown_old = [line for line in lines if line.kind in ("kept", "gone")]
    shown_new = [line for line in lines if line.kind in ("kept", "come")]

    if lines:
        assert len(shown_old) + left_out == len(before.splitlines())
        assert len(shown_new) + left_out == len(after.splitlines())
    else:
        assert before.splitlines() == after.splitlines()
