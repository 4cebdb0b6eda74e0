"""Headings are found and shown as MediaWiki does."""

from __future__ import annotations

import pytest

from bot.reading.facts import english
from bot.reading.headings import find_headings, shown
from bot.reading.wikitext import scan


def headings(text: str) -> list[tuple[int, str]]:
    return [(heading.level, heading.text) for heading in find_headings(scan(text), english())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("== a ==", [(2, "a")]),
        ("= a =\n====== f ======", [(1, "a"), (6, "f")]),
        ("=== a ==", [(2, "= a")]),
        ("== a ===", [(2, "a =")]),
        ("======= a =======", [(6, "= a =")]),
        ("==", []),
        ("===", [(1, "=")]),
        ("=====", [(2, "=")]),
        ("== a == b", []),
        (" == a ==", []),
        ("x== a ==", []),
        ("== a", []),
        ("== a == \t", [(2, "a")]),
        ("== a = b ==", [(2, "a = b")]),
        ("==a==\n==b==", [(2, "a"), (2, "b")]),
    ],
)
def test_levels_follow_the_shorter_run_of_signs(text: str, expected: list[tuple[int, str]]) -> None:
    assert headings(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<!--\n== a ==\n-->",
        "<nowiki>\n== a ==\n</nowiki>",
        "<pre>\n== a ==\n</pre>",
        "{{box|\n== a ==\n}}",
        "<!--\n== a ==",
        "x<!-- c -->== a ==",
    ],
)
def test_what_is_set_aside_makes_no_heading(text: str) -> None:
    assert headings(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "== a ==<!-- c -->",
        "== a <!-- c --> ==",
        "<!-- c -->== a ==",
        "== a ==<!-- c\n --> <!-- d -->",
        "== a <!--\n--> ==",
    ],
)
def test_comments_around_a_heading_do_not_matter(text: str) -> None:
    assert headings(text) == [(2, "a")]


def test_an_unclosed_template_or_link_hides_no_heading() -> None:
    assert headings("{{box|\n== a ==\n[[b\n== c ==\n") == [(2, "a"), (2, "c")]


def test_a_heading_spans_its_line_with_the_comments_before_it() -> None:
    text = "lead\n<!-- c -->== a ==<!-- d -->\nbody"

    (heading,) = find_headings(scan(text), english())

    assert text[heading.start : heading.end] == "<!-- c -->== a ==<!-- d -->"


@pytest.mark.parametrize(
    ("wikitext", "expected"),
    [
        ("''a'' '''b'''", "a b"),
        ("[[User:A]] and [[User:B|Bea]]", "User:A and Bea"),
        ("[[:File:x.png]] [[File:x.png|thumb|y]]z[[Category:c]]", "File:x.png z"),
        ("[https://x.example y z] it's", "y z it's"),
        ("<small>a</small> &amp; <nowiki>[[b]]</nowiki>", "a & [[b]]"),
        ("{{u|Ana}} again", "Ana again"),
        ("a < b > c", "a < b > c"),
        ("Why ?", "Why\N{NO-BREAK SPACE}?"),
        ("a__TOC__", "a"),
    ],
)
def test_markup_is_reduced_to_what_a_reader_sees(wikitext: str, expected: str) -> None:
    assert shown(wikitext, english()) == expected


@pytest.mark.parametrize(
    ("piece", "end"),
    [
        ("[//x\t", ""),
        ("[https://x.example/a ", ""),
        ("<nowiki>", ""),
        ("<nowiki>", "<nowiki/>"),
        ("<nowiki>a</nowiki", ""),
    ],
)
def test_half_a_megabyte_of_what_never_ends_in_a_heading_is_read_at_once(piece: str, end: str) -> None:
    # where each opener was followed to the end of the text this took half an hour
    found = headings(f"== {piece * (500_000 // len(piece))}{end} ==\n")

    assert [level for level, _ in found] == [2]
