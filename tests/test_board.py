"""A board is cut into lead, threads and tail, byte for byte, whatever its text."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.model import Board
from bot.reading.board import Reader
from bot.reading.facts import english
from bot.reading.rules import Rules
from tests.pieces import joined, mixed
from tests.randomboards import BusyBoard
from tests.sizes import cases

SIGNED = "[[User:Ana|Ana]] 12:00, 1 May 2024 (UTC)"
READER = Reader(english())
RULES = Rules(
    closing=("resolved",),
    pairs={"atop": "abot"},
    pins=("pin",),
    subject_templates=("userlinks",),
    unsigned_templates=("unsigned",),
    closing_headings=("(erl.)",),
    heading_field="Result",
)
LIST = replace(RULES, style="list", report_templates=("vandal",))


def board(text: str, rules: Rules = RULES) -> Board:
    return READER.board("Project:Board", 7, text, rules)


def parts(text: str, rules: Rules = RULES) -> tuple[str, list[str], str]:
    """Give lead, threads and tail, after checking that they join to the text."""
    read = board(text, rules)
    joined, at = "", 0
    for thread in read.threads:
        assert at <= thread.start < thread.end <= len(text)
        joined += text[at : thread.start] + read.wikitext(thread)
        at = thread.end
    assert at <= read.tail_start <= len(text)
    joined += text[at : read.tail_start] + text[read.tail_start :]
    assert joined == text
    lead = text[: read.threads[0].start] if read.threads else text[: read.tail_start]
    return lead, [read.wikitext(thread) for thread in read.threads], text[read.tail_start :]


def test_threads_run_from_heading_to_heading() -> None:
    text = f"lead\n== A ==\na {SIGNED}\n=== sub ===\nb\n== B ==\nc\n"

    assert parts(text) == ("lead\n", [f"== A ==\na {SIGNED}\n=== sub ===\nb\n", "== B ==\nc\n"], "")
    assert [heading.text for heading in board(text).threads[0].subheadings] == ["sub"]
    assert [heading.text for heading in board(text).headings] == ["A", "sub", "B"]


def test_shallower_headings_end_a_thread_and_belong_to_none() -> None:
    text = f"== A ==\na\n= Part =\nb {SIGNED}\n== B ==\nc\n"
    read = board(text)

    assert [read.wikitext(thread) for thread in read.threads] == ["== A ==\na\n", "== B ==\nc\n"]
    assert [comment.author for comment in read.lead_comments] == ["Ana"]


def test_the_level_is_the_boards_own() -> None:
    text = "= A =\n== B ==\n=== C ===\nc\n=== D ===\n"

    assert parts(text, replace(RULES, level=3))[1] == ["=== C ===\nc\n", "=== D ===\n"]
    assert parts(text, replace(RULES, level=1))[1] == [text]


@pytest.mark.parametrize(
    "tail",
    [
        "[[Category:Boards]]\n",
        "[[category: boards|x]] [[Category:B]]\n\n[[de:Projekt:Vandalismus]]\n",
        "<!-- place new threads above this line -->\n",
        "<!-- new threads\nabove this line -->",
        "__NOTOC__\n{{DEFAULTSORT:Boards}}\n",
        "<noinclude>[[Category:Boards]]</noinclude>\n",
    ],
)
def test_categories_interwiki_links_and_markers_at_the_end_stay(tail: str) -> None:
    text = f"== A ==\na {SIGNED}\n\n{tail}"

    assert parts(text) == ("", [f"== A ==\na {SIGNED}\n\n"], tail)


@pytest.mark.parametrize(
    "end",
    [
        "{{abot}}\n",
        "[[User:Bo]]\n",
        "see [[Category:Boards]]\n",
        "[[:Category:Boards]]\n",
        "<!-- [[User:DoNotArchiveUntil]] 12:00, 1 May 2034 (UTC) -->\n",
        "[[wikt|x:y]]\n",
        "<!-- unclosed\n",
        "\n\n",
    ],
)
def test_what_belongs_to_the_last_thread_goes_with_it(end: str) -> None:
    text = f"== A ==\na {SIGNED}\n{end}"

    assert parts(text) == ("", [text], "")


def test_a_tail_never_takes_a_heading() -> None:
    assert parts("== A ==\n<!-- c -->\n") == ("", ["== A ==\n"], "<!-- c -->\n")
    assert parts("<!-- c -->== A ==") == ("", ["<!-- c -->== A =="], "")


def test_a_list_style_board_has_a_thread_per_item() -> None:
    text = f"lead\n* {{{{vandal|X}}}} a {SIGNED}\n** b {SIGNED}\n* {{{{vandal|Y}}}} c {SIGNED}\n\n[[Category:B]]\n"
    lead, threads, _ = parts(text, LIST)

    assert lead == "lead\n"
    assert [thread[:14] for thread in threads] == ["* {{vandal|X}}", "* {{vandal|Y}}"]
    assert [len(thread.comments) for thread in board(text, LIST).threads] == [2, 1]


@pytest.mark.parametrize(
    ("body", "expected"),
    [("{{/Case 1}}", True), ("{{Project:Cases/1}}", True), ("{{:Cases}}", True), ("{{resolved}}", False), ("", False)],
)
def test_a_thread_that_holds_another_page_is_transcluded(body: str, expected: bool) -> None:
    (thread,) = board(f"== A ==\n{body}\n").threads

    assert thread.transcluded is expected


def test_the_page_is_named_in_the_board() -> None:
    read = board("")

    assert (read.title, read.revision, read.text, read.threads, read.tail_start) == ("Project:Board", 7, "", (), 0)


PIECES = [
    *("\n== A ==\n", "\n= B =\n", "\n=== C ===\n", "==", "=", "\n", " ", ":", "*", ";", "#", "----", "a", "\r", "\t"),
    *("{{", "}}", "{{{", "}}}", "|", "[[", "]]", "[", "]", "<!--", "-->", "<nowiki>", "</nowiki>", "<pre>", "</pre>"),
    *("{|", "|}", "|-", "!!", "||", "<div>", "</div>", "<br>", "<ul><li>", "</ul>", "<blockquote>", "</blockquote>"),
    *("{{atop}}", "{{abot}}", "{{resolved}}", "{{unsigned|Ana|12:00, 1 May 2024}}", "{{* {{vandal|X}}", "<ref", ">"),
    *(SIGNED, "12:00, 1 May 2024 (UTC)", "[[User:Bo", "[[Category:C]]", "[[de:X]]", "(UTC)", "{{pin|", "{{vandal|X}}"),
    *("\x00", "\u200f", "\ud800", "İ", "𝒳", "é", "&nbsp;", "''", "</", "https://example.org/wiki/User:Cy", "__TOC__"),
]
TEXTS = st.one_of(
    joined(PIECES, 60),
    st.text(max_size=200),
    mixed(PIECES, 40, 5),
)


@given(TEXTS, st.sampled_from([RULES, LIST, Rules(level=1), Rules(level=3)]))
@example("{|\n" * 3 + "== A ==\n|}", RULES)
@settings(max_examples=cases(10_000, 100_000), derandomize=True, deadline=None)
def test_lead_threads_and_tail_join_to_the_text(text: str, rules: Rules) -> None:
    parts(text, rules)


@given(TEXTS)
@settings(max_examples=cases(300, 3_000), derandomize=True, deadline=None)
def test_comments_lie_in_order_in_their_threads(text: str) -> None:
    read = board(text)

    for thread in read.threads:
        for comment in thread.comments:
            assert thread.start <= comment.start <= comment.signature < comment.end <= thread.end
        ends = [comment.end for comment in thread.comments]
        assert ends == sorted(ends)


def steps(text: str) -> int:
    """Count the calls and lines of our own code that reading a board runs."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        if "reading" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # typeshed wants a type that calls itself
    try:
        board(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "{{",
            "[[",
            "{{a|",
            "<!--",
            "<pre ",
            "\n{|\n|",
            "{{[[",
            "<ul><li>",
            "<br>",
            "12:00, 1 May 2024 (UTC) ",
            SIGNED,
        ),
        *(f"{SIGNED}\n\n", "[[User:Ana", "== A ==\n", "\n;a:", "<blockquote>", "{{atop}}", "<div>", "{{unsigned|"),
    ],
)
def test_steps_grow_with_the_length_only(piece: str) -> None:
    board(piece)  # what is learned once is not counted
    few, many = steps(piece * 100), steps(piece * 1_000)

    assert many < 11 * few + 2_000


@pytest.mark.parametrize("opener", ["{{", "[[", "{{a|", "{{[["])
def test_two_megabytes_of_openers_take_a_few_times_the_steps_of_a_plain_board(opener: str) -> None:
    # half a million to a million openers, against a board of words with some 4,700 comments
    assert calls(opener * (LARGE // len(opener))) < 10 * plain_calls()


LARGE = 2_000_000


@cache
def plain_calls() -> int:
    return calls(BusyBoard(1).board(LARGE))


def calls(text: str) -> int:
    """Count the calls, those into C among them, that reading a board takes."""
    count = 0

    def profile(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        board(text)
    finally:
        sys.setprofile(None)
    return count
