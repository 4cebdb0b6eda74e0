"""Links to sections of pages: what is one, and which section it names."""

from __future__ import annotations

import pytest

from bot.reading.sectionlinks import section_links
from tests.builders import wiki_info


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[Project:Board#A heading]]", ("A_heading", False)),
        ("[[project:board#A_heading|label]]", ("A_heading", True)),
        ("[[ :Project:_Board #  A   heading ]]", ("A_heading", False)),
        ("[[Project:Board#A%20h%C3%A9ading]]", ("A_héading", False)),
        ("[[Project:Board#A &amp; B]]", ("A_&_B", False)),
        ("[[Project:Board#A|two [one] ''lines''\nof label]]", ("A", True)),
        ("{{quote|[[Project:Board#A]]}}", ("A", False)),
    ],
)
def test_a_link_to_a_section_is_read_as_mediawiki_reads_it(text: str, expected: tuple[str, bool]) -> None:
    (found,) = section_links(text, wiki_info())

    assert (found.title.partition(":")[2], found.anchor, found.labelled) == ("Board", *expected)
    assert text[found.start : found.end].startswith("[[")
    assert text[found.start : found.end].endswith("]]")
    assert text[found.title_end] == "#"


@pytest.mark.parametrize(
    "text",
    [
        "[[Project:Board]]",
        "[[#A]]",
        "[[Project:Board#]]",
        "[[Project:Board#A\n]]",
        "[[Project:Board#A",
        "[[Project:Board#A|label",
        "[[Project:Board#A|a [[link]] in it]]",
        "[Project:Board#A]",
        "<nowiki>[[Project:Board#A]]</nowiki>",
        "<!-- [[Project:Board#A]] -->",
        "<pre>[[Project:Board#A]]</pre>",
    ],
)
def test_what_mediawiki_makes_no_link_to_a_section_of_is_none(text: str) -> None:
    assert list(section_links(text, wiki_info())) == []


def test_thousands_of_openers_are_read_in_time_proportional_to_the_text() -> None:
    assert list(section_links("[[A#b|" * 20_000 + "[[" * 20_000, wiki_info())) == []
