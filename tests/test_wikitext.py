"""The scan finds what MediaWiki's preprocessor sets aside or takes as templates, in linear time."""

from __future__ import annotations

import sys
from itertools import pairwise
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.wikitext import Cover, Parameter, Scan, scan, tags_of, template
from tests.pieces import joined
from tests.sizes import cases


def templates(text: str) -> list[tuple[str, int]]:
    return [(text[span.start : span.end], span.depth) for span in scan(text).templates]


def opaque(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.name) for span in scan(text).opaque]


def unclosed(text: str) -> list[tuple[str, int, bool]]:
    return [(found.name, found.start, found.swallows) for found in scan(text).unclosed]


def test_templates_nest_and_arguments_are_told_apart() -> None:
    text = "{{a|{{b}}|{{{c}}}}}"

    found = scan(text).templates

    assert templates(text) == [(text, 0), ("{{b}}", 1), ("{{{c}}}", 1)]
    assert [span.argument for span in found] == [False, False, True]
    assert [span.inner for span in found] == [1, 0, 0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{{{a}}}}", ["{{{a}}}"]),
        ("{{{{{a}}}}}", ["{{{{{a}}}}}", "{{{a}}}"]),
        ("{{a}}}", ["{{a}}"]),
        ("{a}} {{b}", []),
        ("{{a|\n== b }}\n}}", ["{{a|\n== b }}\n}}"]),
        ("{{a|\n=b}}", ["{{a|\n=b}}"]),
        ("<code>[[</code> {{a}} {{b|[[x]]}}", ["{{a}}", "{{b|[[x]]}}"]),
    ],
)
def test_braces_match_as_in_the_preprocessor(text: str, expected: list[str]) -> None:
    assert [found for found, _ in templates(text)] == expected


def test_an_unclosed_link_keeps_the_template_around_it_open_but_not_others() -> None:
    text = "{{a|[[b}} {{c}}"

    assert templates(text) == [("{{c}}", 0)]
    assert unclosed(text) == [("template", 0, False)]


def test_comments_and_tags_hide_braces() -> None:
    text = "<!-- {{ --><nowiki>{{</nowiki><PRE x=1>[[</pre ><ref name=a />{{a|<!--}}-->}}"

    assert [name for _, name in opaque(text)] == ["comment", "nowiki", "pre", "ref", "comment"]
    assert templates(text) == [("{{a|<!--}}-->}}", 0)]


def test_an_unclosed_comment_swallows_the_rest() -> None:
    text = "a <!-- b {{c}}"

    assert opaque(text) == [("<!-- b {{c}}", "comment")]
    assert unclosed(text) == [("comment", 2, True)]
    assert templates(text) == []


def test_an_unclosed_nowiki_is_shown_as_text() -> None:
    assert unclosed("<nowiki>{{a}}") == [("nowiki", 0, False)]
    assert templates("<nowiki>{{a}}") == [("{{a}}", 0)]


def test_tables_match_at_line_starts_only() -> None:
    text = "x {| no |}\n{| a\n|-\n:{|\n|}\n| {{b}}\n|}\n"

    assert [text[start:end].count("{|") for start, end in scan(text).tables] == [2, 1]
    assert unclosed("{|\n| a\n") == [("table", 0, True)]


def test_tags_of_extensions_that_a_wiki_lacks_are_text() -> None:
    tags = tags_of(frozenset({"Cite", "Echo"}))

    assert "ref" in tags
    assert "nowiki" in tags
    assert "math" not in tags
    assert scan("<math>{{a}}</math>", tags).templates


def test_a_template_is_read_with_its_parameters() -> None:
    text = "{{ Vandal<!-- x -->_one |[[a|b]]| who = me {{c|d}} |who=you}}"

    read = template(text, scan(text).templates[0])

    assert read is not None
    assert read.name == "Vandal one"
    assert read.params == (Parameter("1", "[[a|b]]"), Parameter("who", "me {{c|d}}"), Parameter("who", "you"))
    assert read.get("who") == "you"
    assert read.get("absent", "-") == "-"


def test_large_and_deep_templates_stay_opaque() -> None:
    large = "{{a|" + "x" * 10_000 + "}}"
    deep = "{{a|" * 30 + "}}" * 30

    assert template(large, scan(large).templates[0]) is None
    assert template(deep, scan(deep).templates[0]) is None
    assert template(deep, scan(deep).templates[-1]) is not None


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)).map(lambda pair: (pair[0], sum(pair)))),
    st.integers(0, 70),
)
@settings(derandomize=True, deadline=None)
def test_a_cover_holds_exactly_the_offsets_of_its_spans(spans: list[tuple[int, int]], offset: int) -> None:
    cover = Cover(spans)

    assert (offset in cover) == any(start <= offset < end for start, end in spans)


PIECES = ["{{", "}}", "{", "}", "[[", "]]", "|", "=", "\n", "\n==", "a", "<!--", "-->", "<nowiki>", "</nowiki>", "<pre"]
PIECES += [">", "/>", "{|", "|}", "\n{|", "\n|}", "<ref>", "</ref >", "<includeonly>"]


@given(joined(PIECES, 40))
@settings(max_examples=cases(1_000, 10_000), derandomize=True, deadline=None)
def test_spans_are_in_order_inside_the_text_and_nest(text: str) -> None:
    found = scan(text)

    for spans in (found.opaque, found.templates):
        starts = [span.start for span in spans]
        assert starts == sorted(starts)
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start or other.end <= one.end for one, other in pairwise(found.templates))
    assert all(text[span.start : span.start + 2] == "{{" for span in found.templates)
    assert all(text[span.end - 2 : span.end] == "}}" for span in found.templates)


def steps(text: str) -> int:
    """Count the lines of our own code that one scan runs: no clock, so the same on every machine."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        if "wikitext" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # typeshed wants a type that calls itself
    try:
        scan(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "opener", ["{{", "[[", "{{a|", "<!--", "<nowiki>", "<pre ", "\n{|", "{{[[", "\n=={{", "<pre >"]
)
def test_steps_grow_with_the_length_only(opener: str) -> None:
    few, many = steps(opener * 200), steps(opener * 2_000)

    assert many < 11 * few + 500


def test_scans_compare_by_value() -> None:
    assert scan("{{a}}") == scan("{{a}}")
    assert isinstance(scan(""), Scan)
