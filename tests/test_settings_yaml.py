"""The strict reader: what a scalar is, where everything stands, and that no page whatever breaks it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.facts import english
from bot.settings.nodes import Document, Entry, Listing, Node, Scalar, Section
from bot.settings.schema import SettingsReading, read_settings
from bot.settings.yaml import read_document
from tests.pieces import mixed
from tests.settings_examples import HOSTILE, TASKS, hostile_page
from tests.sizes import cases

CORPUS = sorted((Path(__file__).parent / "corpus" / "settings").glob("*.txt"))
SEEDS = [path.read_bytes().decode("utf-8") for path in CORPUS if path.stat().st_size < 5000]
GOOD = (Path(__file__).parent / "corpus" / "settings-good.txt").read_text(encoding="utf-8")
INGREDIENTS = [
    *"\t\n\r \u00a0\u2028\u200f\ufeff\x00\x07'\"#&*!|>%@`,?:-[]{}<=~^\\/١٢x",
    "{{x}}", "[[y]]", "- ", ": ", "  ", "\n    ", "--- \n", "...\n", "<<: *a", "&a ", "!!python/object:os.system ",
    "|\n  ", "“", "：", "*\n", "? ", "<pre>", "</pre>", '<syntaxhighlight lang="yaml">\n', "</syntaxhighlight>", "\r\n",
    "null", "true", "archive:\n", "boards:\n", "defaults:\n", "preset: ", "mode: live\n", "[" * 60, "{" * 60, "- " * 60,
    "a" * 6000, "\ud800",
]  # fmt: skip


def value_of(text: str) -> str | bool | None:
    """Give what ``key: TEXT`` says."""
    document = read_document(f"key: {text}\n")
    assert not document.flaws
    return scalar(document, "key").value


def scalar(document: Document, key: str) -> Scalar:
    """Give the value of a key at the top of a document."""
    entry = document.root.entry(key) if document.root else None
    assert entry is not None
    assert isinstance(entry.value, Scalar)
    return entry.value


@pytest.mark.parametrize(
    "text",
    ["no", "yes", "on", "off", "No", "NO", "y", "~", "null", "True", "FALSE", "12:30", "08:00", "010", "0x1F", "1e3",
     ".inf", ".nan", "2026-01-01", "2026-01-01 12:00:00", "1_000", "4", "-1", "=", "24 h", "Project:Incidents", "http://x"],
)  # fmt: skip
def test_a_scalar_is_the_text_that_stands_there(text: str) -> None:
    assert value_of(text) == text


def test_only_true_and_false_are_more_than_text_and_only_without_quotes() -> None:
    assert value_of("true") is True
    assert value_of("false") is False
    assert value_of('"true"') == "true"
    assert value_of("") is None
    assert value_of('""') == ""


def test_on_as_a_key_is_the_word_on() -> None:
    document = read_document("on: 1\nno: 2\n")
    assert document.root is not None
    assert [entry.key for entry in document.root.entries] == ["on", "no"]


def test_every_key_and_value_knows_where_it_stands() -> None:
    document = read_document('a: 1\n"b c":\n  - x\n  -   "y"\nd: {e: f}\n')
    assert document.root is not None
    first, second, third = document.root.entries
    assert (first.line, first.column, first.value.line, first.value.column) == (1, 1, 1, 4)
    assert (second.key, second.line, second.column) == ("b c", 2, 1)
    assert isinstance(second.value, Listing)
    assert [(item.line, item.column) for item in second.value.items] == [(3, 5), (4, 7)]
    assert isinstance(third.value, Section)
    inner = third.value.entries[0]
    assert (inner.line, inner.column, inner.value.line, inner.value.column) == (5, 5, 5, 8)


def test_text_of_several_lines_is_taken_as_it_stands() -> None:
    document = read_document('text: |\n  {{a}}: [[b]]\n  * c: d: e\n    "f\nother: 1\n')
    assert not document.flaws
    assert scalar(document, "text").text == '{{a}}: [[b]]\n* c: d: e\n  "f\n'
    assert scalar(document, "other").text == "1"


def test_comments_may_hold_anything() -> None:
    document = read_document("# {{a}}: [[b]] “\na: 1  # c: d: e {{f}}\n   # \tx\nb: 2\n")
    assert not document.flaws
    assert scalar(document, "a").text == "1"


def test_quoted_keys_may_hold_anything() -> None:
    document = read_document("\"A: b # {{c}}\": 1\n'it''s': 2\nProject:X: 3\n")
    assert document.root is not None
    assert not document.flaws
    assert [entry.key for entry in document.root.entries] == ["A: b # {{c}}", "it's", "Project:X"]


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm() -> None:
    document = read_document("\ufeffa: 1\r\nb:\r\n  c: 2\r\n")
    assert not document.flaws
    assert document == read_document("a: 1\nb:\n  c: 2\n")


def test_tabs_between_key_value_and_comment_do_no_harm() -> None:
    document = read_document("a:\t1\t# one\n")
    assert not document.flaws
    assert scalar(document, "a").text == "1"


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ('<syntaxhighlight lang="yaml">', "</syntaxhighlight>"),
        ("<SyntaxHighlight lang=YAML line copy>", "</SyntaxHighlight >"),
        ("<source lang='yaml'>", "</source>"),
        ("<syntaxhighlight>", "</syntaxhighlight>"),
        ("<pre>", "</pre>"),
        ('<pre class="settings">', "</pre>"),
    ],
)
def test_settings_may_stand_in_highlighting_with_text_around(opening: str, closing: str) -> None:
    document = read_document(f"Intro: {{{{x}}}}\n\n{opening}\na: 1\nb: 2\n{closing}\n[[Category:X]]\n")
    assert not document.flaws
    assert document.marked
    assert scalar(document, "b").line == 5


def test_columns_count_from_the_page_even_where_the_settings_begin_in_the_middle_of_a_line() -> None:
    document = read_document("<pre>a: 1\nb: 2\n</pre>")
    assert (scalar(document, "a").line, scalar(document, "a").column) == (1, 9)
    assert (scalar(document, "b").line, scalar(document, "b").column) == (2, 4)


def test_a_tag_in_a_value_opens_no_block() -> None:
    assert scalar(read_document('a: "<pre>"\nb: 2\n'), "b").text == "2"


def test_nesting_is_refused_beyond_the_limit_before_it_costs_anything() -> None:
    for page in ("a: " + "[ " * 2000, "- " * 2000, "a: " + "{b: " * 1000):
        document = read_document(page)
        assert any("deep" in flaw.message for flaw in document.flaws)


def test_all_mistakes_are_told_at_once() -> None:
    document = read_document("a: {{x}}\nb: “y”\nc: 1\nc: 2\nd: z: 1\n")
    assert [flaw.line for flaw in document.flaws] == [1, 2, 4, 5]
    assert not document.fatal


def test_a_repeated_key_counts_neither_way() -> None:
    document = read_document("c: 1\nd: 2\nc: 3\n")
    assert not scalar(document, "c").sound
    assert scalar(document, "d").sound


plain_words = st.text(alphabet="abc XYZ(){}[]:#-'\"\\|>&*!%@`?,äß漢", max_size=12)
keys = plain_words.filter(str.strip)
trees = st.recursive(
    plain_words,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(keys, inner, min_size=1, max_size=3),
    max_leaves=12,
)


def written(tree: object) -> str:
    """Write a tree as YAML in braces and brackets, every text in single quotes."""
    match tree:
        case str():
            return "'" + tree.replace("'", "''") + "'"
        case list():
            return "[ " + ", ".join(written(item) for item in tree) + "]"
        case dict():
            return "{" + ", ".join(f"{written(key)}: {written(item)}" for key, item in tree.items()) + "}"
    raise TypeError


def read_back(node: Node) -> object:
    """Give a node as the tree it was written from."""
    match node:
        case Scalar():
            return node.text
        case Listing():
            return [read_back(item) for item in node.items]
        case Section():
            return {entry.key: read_back(entry.value) for entry in node.entries}


@given(trees)
@settings(max_examples=cases(200, 2000), derandomize=True, deadline=None)
def test_whatever_stands_in_quotes_is_read_back(tree: object) -> None:
    document = read_document(f"key: {written(tree)}\n")
    assert document.root is not None
    if any("deep" in flaw.message for flaw in document.flaws):
        return
    assert not document.flaws
    entry = document.root.entry("key")
    assert isinstance(entry, Entry)
    assert read_back(entry.value) == tree


def mutated(drawn: tuple[str, list[int], str]) -> str:
    """Take a page, good or bad, and cut, double, move and insert pieces, each as a number says."""
    page, numbers, words = drawn
    for number in numbers:
        rest, deed = divmod(number, 4)
        rest, length = divmod(rest, 13)
        rest, which = divmod(rest, 2 * len(INGREDIENTS))
        at = rest % (len(page) + 1)
        to = min(len(page), at + length)
        start = which % (len(words) + 1)
        piece = INGREDIENTS[which] if which < len(INGREDIENTS) else words[start : start + length % 6]
        match deed:
            case 0:
                page = page[:at] + page[to:]
            case 1:
                page = page[:at] + piece + page[at:]
            case 2:
                page = page[:to] + page[at:]
            case _:
                page = page[to:] + page[:at]
    return page


MUTATED = st.tuples(
    st.sampled_from([GOOD, GOOD, *SEEDS]), st.lists(st.integers(0, 2**48), max_size=6), st.text(max_size=30)
).map(mutated)


def check(page: str, reading: SettingsReading) -> None:
    """Hold a reading to its promises: a result or problems, each problem at a place on the page and in words."""
    assert reading.settings is not None or reading.problems
    lines = page.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    places = [(problem.line, problem.column) for problem in reading.problems]
    assert places == sorted(places)
    for problem in reading.problems:
        assert 1 <= problem.line <= len(lines)
        assert problem.column >= 1
        assert problem.message.strip()


@given(MUTATED)
@settings(max_examples=cases(6000, 60_000), derandomize=True, deadline=None)
def test_mutated_pages_are_read_or_answered_at_the_right_place(page: str) -> None:
    check(page, read_settings(page, english(), TASKS))


@given(mixed(INGREDIENTS, 30, 8))
@settings(max_examples=cases(4000, 40_000), derandomize=True, deadline=None)
def test_random_pages_are_read_or_answered_at_the_right_place(page: str) -> None:
    check(page, read_settings(page, english(), TASKS))


@given(MUTATED)
@settings(max_examples=cases(200, 2000), derandomize=True, deadline=None)
def test_reading_twice_says_the_same(page: str) -> None:
    assert read_settings(page, english(), TASKS) == read_settings(page, english(), TASKS)


@pytest.mark.parametrize("piece", HOSTILE, ids=[f"{number}" for number in range(len(HOSTILE))])
def test_64_kb_of_anything_are_answered_with_a_bounded_number_of_problems(piece: str) -> None:
    reading = read_settings(hostile_page(piece), english(), TASKS)
    assert reading.settings is None
    assert 1 <= len(reading.problems) <= 101


def steps(page: str) -> int:
    """How many functions are called while a page is read: a measure of work that knows no clock."""
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_settings(page, english(), TASKS)
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("piece", HOSTILE, ids=[f"{number}" for number in range(len(HOSTILE))])
def test_the_work_grows_no_faster_than_the_page(piece: str) -> None:
    few, many = (steps(hostile_page(piece, size)) for size in (4_000, 32_000))

    assert many < 12 * few + 2_000
