"""Ids are DiscussionTools' own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Comment, Heading, WikiInfo
from bot.reading.board import Reader
from bot.reading.facts import english
from bot.reading.ids import anchors, numbered, parts, stems, timestamp_part
from bot.reading.rules import Rules

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def comment(author: str, at: int, *, level: int = 1, instant: datetime = NOON) -> Comment:
    return Comment(author, instant, level, at, at, at + 1)


def heading(text: str, at: int, level: int = 2) -> Heading:
    return Heading(text, level, at, at + 1)


def assign(headings: list[Heading], comments: list[Comment], info: WikiInfo) -> list[str]:
    """The ids of a page's comments, in page order."""
    marks = parts(headings)
    found = stems(headings, comments, info)
    return numbered(one.text if one.heading < 0 else f"{one.text}-{marks[one.heading]}" for one in found)


def test_old_and_new_timestamps_have_their_shapes() -> None:
    assert timestamp_part(datetime(2022, 7, 11, 23, 59, tzinfo=UTC)) == "2022-07-11T23:59:00.000Z"
    assert timestamp_part(datetime(2022, 7, 12, 0, 0, tzinfo=UTC)) == "20220712000000"


def test_the_shape_changes_at_the_wikis_own_midnight() -> None:
    info = replace(english(), time_zone="Europe/Berlin")
    late = datetime(2022, 7, 11, 22, 30, tzinfo=UTC)

    ids = assign([heading("A", 0)], [comment("Ana", 5, instant=late)], info)

    assert ids == ["c-Ana-20220711223000-A"]


def test_ids_name_author_instant_and_parent() -> None:
    ids = assign(
        [heading("A case", 0)],
        [comment("Ana María", 5), comment("Bo", 10, level=2), comment("Cy", 15, level=4), comment("Di", 20, level=2)],
        english(),
    )

    assert ids == [
        "c-Ana_María-20240501120000-A_case",
        "c-Bo-20240501120000-Ana_María-20240501120000",
        "c-Cy-20240501120000-Bo-20240501120000",
        "c-Di-20240501120000-Ana_María-20240501120000",
    ]


def test_equal_ids_are_numbered() -> None:
    ids = assign([heading("A", 0)], [comment("Ana", 5), comment("Ana", 10), comment("Ana", 15)], english())

    assert [each.removeprefix("c-Ana-20240501120000-A") for each in ids] == ["", "-1", "-2"]


def test_comments_before_the_first_heading_have_no_parent() -> None:
    assert assign([heading("A", 9)], [comment("Ana", 5)], english()) == ["c-Ana-20240501120000"]


def test_repeated_headings_are_numbered_whatever_their_case() -> None:
    assert anchors([heading("A b", 0), heading("a B", 1), heading("A b 2", 2), heading("A b", 3)]) == (
        "A_b",
        "a_B_2",
        "A_b_2_2",
        "A_b_3",
    )


def test_long_names_are_cut_between_characters() -> None:
    ids = assign([heading("x" * 79 + "é", 0)], [comment("Ana", 5)], english())

    assert ids == ["c-Ana-20240501120000-" + "x" * 79]


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 5), st.booleans()), max_size=30))
@settings(derandomize=True, deadline=None)
def test_no_two_ids_are_equal(drawn: list[tuple[str, int, bool]]) -> None:
    headings = [heading(author, 10 * at) for at, (author, _, head) in enumerate(drawn) if head]
    comments = [comment(author, 10 * at, level=level) for at, (author, level, head) in enumerate(drawn) if not head]

    ids = assign(headings, comments, english())

    assert len(set(ids)) == len(comments)


def test_half_a_surrogate_pair_in_a_heading_is_no_error() -> None:
    board = Reader(english()).board(
        "Project:Board", 1, "== a \ud800 b ==\n[[User:Ana]] 12:00, 1 May 2024 (UTC)\n", Rules()
    )

    assert [comment.id for comment in board.threads[0].comments] == ["c-Ana-20240501120000-a_?_b"]
