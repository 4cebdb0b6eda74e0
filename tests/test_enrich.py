from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Status, User
from bot.reading.board import Reader
from bot.reading.enrich import BoardWords, enrich
from bot.reading.facts import english
from bot.reading.identity import traces
from bot.reading.rights import Rights
from bot.reading.rules import People, Rules
from bot.reading.status import conclude
from bot.reading.wikitext import scan
from tests.boards import at, follow, read, says, sign, stamp, thread
from tests.pieces import mixed
from tests.sizes import cases

RULES: dict[str, Any] = {
    "closing": ("resolved", "atop"),
    "pairs": {"zu": "ende"},
    "status_templates": {"status": {"done": "resolved"}},
    "closing_headings": ("(erl.)", "/done\\.?/"),
    "progress": ("working",),
    "withdrawn": ("withdrawn",),
    "heading_field": "Result",
    "pins": ("behalten",),
    "report_templates": ("vandal",),
    "subject_templates": ("vandal", "userlinks"),
    "subjects_in_headings": True,
    "unsigned_templates": ("unsigned",),
    "aliases": {"resolved": ("fixed",), "atop": ("zu",)},
}
PIECES = [
    *("{{atop}}", "{{abot}}", "{{hat}}", "{{hab}}", "{{zu|", "{{ende}}", "{{resolved|1=", "{{fixed}}"),
    *("{{status|done}}", "{{status|", "{{working}}", "{{withdrawn}}", "{{behalten}}", "{{behalten|2031-13-45}}"),
    *("{{vandal|", "}}", "{{", "|", "{{userlinks|Vera}}", "{{User:ClueBot III/DoNotArchiveUntil|", "99999999999"),
    *("{{unsigned|Vera|", "<!--", "-->", "<nowiki>", "</nowiki>", "<blockquote>", "</blockquote>", "{|", "|}"),
    *("\n", "\n\n", "\n== ", " ==\n", "\n= ", " =\n", "(erl.)", "(Result: ", ")", "done", "reported by "),
    *("[[User:Rosa]] ", "[[User:Vera|", "]]", "[[", "* ", ":", "\n* ", "[[User:DoNotArchiveUntil]] ", "{{/Case}}"),
    *(sign("Rosa", at(9)), sign("Adam", at(11)), stamp(at(12, year=2040))),
    *("\u200e", "\x00", "Ünï", "ـ", "𝟙", "&nbsp;", "~~~~"),
]
TEXTS = mixed(PIECES, 40, 3)


@given(TEXTS, st.sampled_from(("sections", "list")))
@settings(derandomize=True, max_examples=cases(1_000, 10_000), deadline=None)
def test_no_text_is_an_error_and_what_is_read_stands_in_the_text(text: str, style: str) -> None:
    board = read(text, None, style=style, **RULES)
    names = [each.identity for each in board.threads]
    assert len(set(names)) == len(names)
    assert board.unsafe_from is None or 0 <= board.unsafe_from <= len(text)
    for each in board.threads:
        assert each.identity
        assert each.reporter not in each.subjects
        for mark in each.marks:
            assert 0 <= mark.start < mark.end <= len(text)
        if each.pin is not None:
            assert each.start <= each.pin.start < each.pin.end <= len(text)
        conclude(each, board, Rules(**RULES), Rights(), at(22))
    assert follow(board, {each.identity: traces(each) for each in board.threads}).keys() <= set(names)


CLEAN = thread(says("Rosa", at(9), "{{userlinks|Vera}}"), says("Adam", at(10), indent=":"), heading="Clean")
SYSOPS = People(groups=frozenset({"sysop"}))
ADMINS = Rules(**{**RULES, "closers": SYSOPS, "responders": SYSOPS})


@given(TEXTS.filter(lambda text: "Adam" not in text))
@settings(derandomize=True, max_examples=cases(500, 5_000), deadline=None)
def test_what_a_hostile_thread_says_closes_and_pins_no_other(text: str) -> None:
    users = {"Adam": User("Adam", groups=frozenset({"sysop"}))}
    board = Reader(english()).board("Project:Incidents", 1, f"{CLEAN}== Hostile ==\n{text}\n\n{CLEAN}", ADMINS)
    for each in board.threads:
        if each.heading is not None and each.heading.text == "Clean" and each.end - each.start == len(CLEAN):
            found = conclude(each, board, ADMINS, Rights(users))
            assert (found.status, each.pin, each.subjects) == (Status.OPEN, None, ("Vera",))


def steps(text: str, **rules: Any) -> int:
    """How many calls enriching this board takes; the reading before it is not counted."""
    given_rules = Rules(**{**RULES, **rules})
    reader = Reader(english())
    board, found = reader.board("Project:Incidents", 1, text, given_rules), scan(text)
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        enrich(board, found, BoardWords(english(), given_rules), reader.timestamps)
    finally:
        sys.setprofile(None)
    return counted


SIGNED = sign("Rosa", at(9))


@pytest.mark.parametrize(
    ("before", "unit", "after"),
    [
        ("== x ==\n", "{{resolved}}", SIGNED),
        ("== x ==\n", "{{resolved}} " + SIGNED + "\n", ""),
        ("== x ==\n{{resolved|", SIGNED, "}}"),
        ("== x ==\n{{resolved|", stamp(at(9)), "}}"),
        ("== x ==\n", "{{atop}}" + SIGNED + "{{abot}}\n", ""),
        ("", "== x ==\n{{atop}}\n" + SIGNED + "\n", "{{abot}}\n" * 100),
        ("== x ==\n", "{{atop}}{{hat}}", "{{abot}}{{hab}}" * 100),
        ("== x ==\n", "{{atop}}", "{{abot}}" * 400 + "\n\n" + SIGNED),
        ("== ", "{{userlinks|X}} reported by ", " ==\n" + SIGNED),
        ("== ", "[[User:X]] (Result: ", ") ==\n" + SIGNED),
        ("== x ==\n", "<!-- " + stamp(at(9)) + " -->", ""),
        ("== x ==\n", "<blockquote>{{resolved}}", "</blockquote>" * 100),
        ("== x ==\n", "{{/x}} <!-- -->", ""),
        ("", "== x ==\n" + SIGNED + "\n", ""),
        ("== x ==\n", "{|\n", "|}\n" * 100),
        ("== x ==\n", "{{resolved|", ""),
    ],
)
def test_reading_takes_steps_in_proportion_to_the_text(before: str, unit: str, after: str) -> None:
    few, many = (steps(before + unit * count + after) for count in (100, 400))
    assert many <= 5 * few


def test_following_takes_steps_in_proportion_to_the_board() -> None:
    def calls(count: int) -> int:
        board = read(thread(says("Rosa", at(9))) * count)
        known = {each.identity: traces(each) for each in board.threads}
        counted = 0

        def tally(frame: FrameType, event: str, argument: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        sys.setprofile(tally)
        try:
            assert len(follow(board, known)) == count
        finally:
            sys.setprofile(None)
        return counted

    assert calls(400) <= 5 * calls(100)


def test_a_board_without_threads_is_read_too() -> None:
    assert read("Nothing here.\n", None, **RULES).threads == ()
    assert read("{|\nNothing here.\n", None, **RULES).unsafe_from == 0
