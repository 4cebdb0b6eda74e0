from __future__ import annotations

import pytest

from tests.boards import at, only, read, says, thread

REPORT = says("Rosa", at(9))


def test_a_sound_board_has_no_damage() -> None:
    board = read(thread("<!-- x --> <nowiki>{{</nowiki> {{u|X}}\n{|\n| cell\n|}\n", REPORT) + thread())
    assert ([each.damage for each in board.threads], board.unsafe_from) == (["", ""], None)


def test_an_unclosed_comment_swallows_what_follows_and_makes_it_unsafe() -> None:
    text = thread() + thread(REPORT, "<!-- oops\n") + thread()
    board = read(text)
    assert [each.damage for each in board.threads] == ["", "comment"]
    assert board.unsafe_from == board.threads[1].start
    assert board.threads[1].end == len(text)


def test_an_unclosed_table_makes_everything_from_its_thread_on_unsafe() -> None:
    board = read(thread() + thread("{|\n| cell\n", REPORT) + thread())
    assert [each.damage for each in board.threads] == ["", "table", ""]
    assert board.unsafe_from == board.threads[1].start


def test_a_table_that_reaches_into_another_thread_is_damage_in_both() -> None:
    board = read(thread() + thread("{|\n| cell\n", REPORT) + thread("|}\n", REPORT) + thread())
    assert [each.damage for each in board.threads] == ["", "table", "table", ""]
    assert board.unsafe_from == board.threads[1].start


@pytest.mark.parametrize(("opener", "word"), [("<nowiki>", "nowiki"), ("{{resolved|1=", "template"), ("<pre>", "pre")])
def test_what_is_plain_text_to_mediawiki_harms_its_own_thread_only(opener: str, word: str) -> None:
    board = read(thread() + thread(REPORT, f"{opener}\n") + thread())
    assert [each.damage for each in board.threads] == ["", word, ""]
    assert board.unsafe_from is None


def test_damage_above_the_threads_makes_all_of_them_unsafe() -> None:
    board = read("{|\n| lead\n" + thread() + thread())
    assert board.unsafe_from == 0
    assert [each.damage for each in board.threads] == ["", ""]


@pytest.mark.parametrize(
    ("body", "elsewhere"),
    [
        ("{{/Case 1}}\n", True),
        ("\n{{Project:Cases/1}}\n<!-- note -->\n", True),
        ("{{:Main page}}\n", True),
        ("{{/Case 1}}\n{{clear}}\n", True),
        ("{{/Case 1}}\nWords.\n", False),
        ("{{resolved}}\n", False),
        ("{{Template:X}}\n", False),
        ("{{User:ClueBot III/DoNotArchiveUntil|1924938000}}\n", False),
        ("", False),
        ("Words.\n", False),
    ],
)
def test_a_thread_of_nothing_but_a_transcluded_page_stands_elsewhere(body: str, elsewhere: bool) -> None:
    assert only(thread(body)).transcluded is elsewhere
