"""Comments begin, end, sign and nest as DiscussionTools has them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import Comment
from bot.reading.board import Reader
from bot.reading.facts import english
from bot.reading.rules import Rules

TIME = "12:00, 1 May 2024 (UTC)"
LATER = "13:00, 1 May 2024 (UTC)"
ANA = f"[[User:Ana|Ana]] ([[User talk:Ana|talk]]) {TIME}"
BO = f"[[User:Bo|Bo]] ([[User talk:Bo|talk]]) {LATER}"

READER = Reader(english())


def comments(body: str, rules: Rules | None = None) -> tuple[Comment, ...]:
    return READER.board("Project:Board", 1, f"== A ==\n{body}", rules or Rules()).threads[0].comments


def read(body: str, rules: Rules | None = None) -> list[tuple[str, int]]:
    return [(comment.author, comment.level) for comment in comments(body, rules)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"a {ANA}\n\nb {BO}", [("Ana", 1), ("Bo", 1)]),
        (f"a {ANA}\n:b {BO}", [("Ana", 1), ("Bo", 2)]),
        (f"a {ANA}\n*:*b {BO}", [("Ana", 1), ("Bo", 4)]),
        (f":unsigned\n::a {ANA}", [("Ana", 2)]),
        (f"unsigned\n::a {ANA}", [("Ana", 1)]),
        (f":<div>a {ANA}</div>\n:b {BO}", [("Ana", 2), ("Bo", 2)]),
        (f"<ul><li>a {ANA}</li><li>b {BO}</li></ul>", [("Ana", 2), ("Bo", 2)]),
        (f"{{|\n| a {ANA}\n| b {BO}\n|}}", [("Ana", 1), ("Bo", 1)]),
        (f"{{|\n| a {ANA} || b {BO}\n|}}", [("Ana", 1), ("Bo", 1)]),
        (f":{{|\n| a {ANA}\n|}}\nb {BO}", [("Ana", 2), ("Bo", 1)]),
        (f"<small>a {ANA}</small>\n----\nb {BO}", [("Ana", 1), ("Bo", 1)]),
    ],
)
def test_levels_count_the_lists_around_both_ends(body: str, expected: list[tuple[str, int]]) -> None:
    assert read(body) == expected


def test_a_second_signature_in_the_same_paragraph_is_no_second_comment() -> None:
    assert read(f"a {ANA} p.s. {BO}") == [("Ana", 1)]
    assert read(f"a {ANA}\nb {BO}") == [("Ana", 1)]


def test_after_a_line_break_tag_a_signature_counts_again() -> None:
    assert read(f"a {ANA}<br>b {BO}") == [("Ana", 1), ("Bo", 1)]


def test_comment_only_lines_do_not_part_a_paragraph() -> None:
    assert read(f"a {ANA}\n<!-- c -->\nb {BO}") == [("Ana", 1)]
    assert read(f"a {ANA}\n<!-- c -->:b {BO}") == [("Ana", 1), ("Bo", 2)]


@pytest.mark.parametrize(
    "body",
    [
        f"<!-- a {ANA} -->",
        f"<nowiki>a {ANA}</nowiki>",
        f"<pre>a {ANA}</pre>",
        f"a {TIME}",
        f"[[User:Ana]]\n\na {TIME}",
        f"[[User:Ana]]\n* a {TIME}",
        f"<blockquote>a {ANA}</blockquote>",
        f"a <q>b {ANA}</q>",
        f"[[User:Ana]] a '''b''' {'c' * 100} ''d'' {TIME}",
        f'<div class="mw-notalk">a {ANA}</div>',
        f"; a {ANA}",
        f"[[User:Ana]] {{{{unknown|who|{TIME}}}}}",
    ],
)
def test_what_is_no_signature_makes_no_comment(body: str) -> None:
    assert read(body) == []


@pytest.mark.parametrize(
    "body",
    [
        f"a [[User talk:Ana|{TIME}]]",
        f"a [[User:Ana]] ''said at'' {'c' * 100} {TIME}",
        f"a [[User:Ana|{'c' * 99}]] {TIME}",
        f"a {{{{small|[[User:Ana]] {TIME}}}}}",
        f"a [[User:Ana]] {{{{small|{TIME}}}}}",
        f"a [[User:Ana]]<!-- c --> {TIME}",
        f"a [[Special:Contributions/Ana]] [[Help:X]] '''[[User talk:Ana|<small>t</small>]]''' {TIME}",
        f"a [[user:ana]]&nbsp;{TIME}",
    ],
)
def test_signatures_are_met_in_many_shapes(body: str) -> None:
    assert read(body) == [("Ana", 1)]


def test_the_nearest_link_names_the_author() -> None:
    assert read(f"as [[User:Bo]] said. {ANA}") == [("Ana", 1)]


def test_an_unclosed_quotation_ends_with_its_thread() -> None:
    board = READER.board("Project:Board", 1, f"== A ==\n<blockquote>a\n== B ==\nb {BO}", Rules())

    assert [comment.author for comment in board.threads[1].comments] == ["Bo"]


def test_offsets_name_the_content_the_first_link_and_the_timestamps_end() -> None:
    body = f"a {ANA}\n:<small>so b {BO}</small> and more"
    text = f"== A ==\n{body}"

    first, second = comments(body)

    assert text[first.start : first.end] == f"a {ANA}"
    assert text[first.signature : first.end] == ANA
    assert text[second.start : second.end] == f"so b {BO}"


@pytest.mark.parametrize(
    "sign",
    [
        f"{{{{unsigned|Ana|{TIME}}}}}",
        "{{Unsigned|ana|12:00, 1 May 2024}}",
        f"{{{{unsigned2|{TIME}|Ana}}}}",
        f"{{{{unsigned|1=Ana|2={TIME}}}}}",
    ],
)
def test_templates_that_the_rules_name_sign_for_others(sign: str) -> None:
    rules = replace(Rules(), unsigned_templates=("unsigned", "unsigned2"))

    assert read(f"a {sign}\n:b {BO}", rules) == [("Ana", 1), ("Bo", 2)]
    assert read(f"a {sign}\n:b {BO}") == [("Bo", 1)]


def test_redirects_of_such_a_template_sign_too() -> None:
    rules = Rules(unsigned_templates=("Unsigned",), aliases={"Unsigned": ("Not signed",)})

    assert read(f"a {{{{not signed|Ana|{TIME}}}}}", rules) == [("Ana", 1)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"unsigned\n=== sub ===\n::a {ANA}", [("Ana", 3)]),
        (f"__NOTOC__\n[[Category:X]]\n:a {ANA}", [("Ana", 2)]),
        (f"<gallery>\nFile:x.png|y\n</gallery>\n**a {ANA}", [("Ana", 2)]),
        (f": {{|\n|+ cap {ANA}\n! h {BO} !! i\n|}}", [("Ana", 2), ("Bo", 2)]),
        (f";<div>a {ANA}</div>\n:b {BO}", [("Ana", 1), ("Bo", 2)]),
        (f"a {ANA}\nb {BO}</div>", [("Ana", 1), ("Bo", 1)]),
        (f"<p>a</p>b {ANA}\nc {BO}", [("Ana", 1)]),
        (f";a\n:b {ANA}", [("Ana", 1)]),
        (f";a\n\n:b {ANA}", [("Ana", 2)]),
    ],
)
def test_odd_shapes_read_as_asked_of_discussiontools(body: str, expected: list[tuple[str, int]]) -> None:
    assert read(body) == expected
