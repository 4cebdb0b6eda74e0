"""Links that name an author: in every alias, in every spelling, and none that names nobody."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import USER, USER_TALK, WikiInfo
from bot.reading.authors import SPECIAL, AuthorLink, AuthorLinks, normal_title, normal_user
from bot.reading.facts import english, wiki_info
from tests.sizes import cases

CORPUS = Path(__file__).parent / "corpus" / "signatures.jsonl.gz"


@cache
def corpus() -> dict[str, dict[str, Any]]:
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        return {row["lang"]: row for row in map(json.loads, lines)}


def facts(lang: str) -> WikiInfo:
    return wiki_info(corpus()[lang])


def authors(text: str, info: WikiInfo | None = None) -> list[str]:
    return [link.author for link in AuthorLinks(info or english()).find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "[[User:Zoë K]]",
        "[[User:Zoë K|Z]]",
        "[[user:zoë_K|Z]]",
        "[[ USER : Zoë__K |Z]]",
        "[[:User:Zoë K|Z]]",
        "[[User talk:Zoë K|talk]]",
        "[[User_talk:Zoë K#Top|talk]]",
        "[[user TALK:Zoë K|'''[talk]''']]",
        "[[Special:Contributions/Zoë K|edits]]",
        "[[special:contribs/zoë_K]]",
        "[[Special:Contributions/Zoë K#x]]",
        "[[User:Zo%C3%AB%20K|Z]]",
        "[[User:Zo&euml; K|Z]]",
        "[[User&#58;Zoë K|Z]]",
        "[[User%3AZoë K]]",
        "[[User:Zoe\u0308 K]]",
        "[[\u200eUser:Zoë\u00a0K\u200e|Z]]",
        "[https://wiki.example/index.php/User:Zo%C3%AB_K Z]",
        "[//other.example/w/index.php?title=User_talk:Zo%C3%AB_K&action=edit talk]",
        "[https://other.example/?title=Special:Contributions/Zoë_K edits]",
        "https://wiki.example/index.php/User:Zoë_K#top",
    ],
)
def test_a_link_names_its_author_in_any_spelling(text: str) -> None:
    assert authors(f"hello {text} there") == ["Zoë K"]


@pytest.mark.parametrize(
    "text",
    [
        "[[User:X/sandbox|X]]",
        "[[User:X%2Fsandbox|X]]",
        "[[User talk:X/Archive 1]]",
        "[[Special:Contributions/2001:db8::/32]]",
        "[[Special:Contributions]]",
        "[[Special:Log/X]]",
        "[[de:User:X|X]]",
        "[[:w:de:User:X|X]]",
        "[[User]]",
        "[[User:]]",
        "[[User:#top]]",
        "[[X]]",
        "[[Project:User:X]]",
        "[[::User:X]]",
        "[[User:{{PAGENAME}}|X]]",
        "[[User:X|never closed",
        "[[User:X|a [[link]] inside]",
        "[[User:a<b]]",
        "[[User:a~~~b]]",
        "[[User:a%5Bb]]",
        "[[User:a&#10;b]]",
        "[[User:../x]]",
        f"[[User:{'x' * 256}]]",
        "[User:X X]",
        "[https://wiki.example/index.php/User:X/sub X]",
        "[https://wiki.example/elsewhere/User:X X]",
        "[https://wiki.example/index.php?title=Main_Page User:X]",
        "//wiki.example/index.php/User:X",
        "http://[::1/?title=User:X",
    ],
)
def test_what_names_nobody_is_passed_over(text: str) -> None:
    assert authors(text) == []


def test_the_inner_of_two_nested_links_counts() -> None:
    assert authors("[[User:Outer|a [[User:Inner|b]] c]]") == ["Inner"]


def test_offsets_span_the_whole_link() -> None:
    text = "— [[User:X|<b>X</b>]] ([https://a.example/?title=User:Y y]) https://a.example/?title=User:Z, 12:00"
    found = list(AuthorLinks(english()).find(text))
    assert [text[link.start : link.end] for link in found[:2]] == [
        "[[User:X|<b>X</b>]]",
        "[https://a.example/?title=User:Y y]",
    ]
    assert [link.author for link in found[:2]] == ["X", "Y"]


def test_links_are_looked_for_between_offsets_only() -> None:
    text = "[[User:A]] [[User:B|b]] [[User:C]]"
    links = AuthorLinks(english())
    assert list(links.find(text, 11, 23)) == [AuthorLink(11, 23, "B")]
    assert list(links.find(text, 11, 22)) == []
    assert list(links.find(text, 12, 34)) == [AuthorLink(24, 34, "C")]


def test_the_article_path_is_the_wikis_own() -> None:
    info = replace(english(), article_path="/wiki/$1")
    assert authors("[https://a.example/wiki/User:X_Y x]", info) == ["X Y"]
    assert authors("[https://a.example/index.php/User:X_Y x]", info) == []


def test_every_namespace_name_and_alias_of_every_language_is_known() -> None:
    for lang in corpus():
        info = facts(lang)
        for space in (USER, USER_TALK):
            for name in info.namespaces[space].names:
                assert authors(f"[[{name}:Ana María|x]] [[{name.upper().replace(' ', '_')}:ana María]]", info) in (
                    ["Ana María", "Ana María"],
                    # Capitals that do not come back in lower case (ı, ẖ): only the name as the wiki has it.
                    ["Ana María"],
                ), (lang, name)


def test_every_alias_of_the_contributions_page_is_known() -> None:
    for lang in corpus():
        info = facts(lang)
        special = info.namespaces[SPECIAL]
        for alias in info.special_pages["Contributions"]:
            for name in special.names:
                assert authors(f"[[{name}:{alias}/Ana María|x]]", info) == ["Ana María"], (lang, alias)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("zoë_k", "Zoë k"),
        ("  Zoë   K ", "Zoë K"),
        ("User:zoë", "Zoë"),
        ("user talk:zoë", "Zoë"),
        ("ßa", "ßa"),
        ("ǆabc", "Ǆabc"),
        ("2001:db8::1", "2001:DB8:0:0:0:0:0:1"),
        ("::1", "0:0:0:0:0:0:0:1"),
        ("2001:0db8:0000:0000:0000:0000:0000:000f", "2001:DB8:0:0:0:0:0:F"),
        ("192.168.001.010", "192.168.1.10"),
        ("192.168.0.0", "192.168.0.0"),
        ("~2026-12345-6", "~2026-12345-6"),
        ("", ""),
        ("a|b", ""),
        ("a#b", ""),
    ],
)
def test_a_user_name_gets_its_normal_form(written: str, normal: str) -> None:
    assert normal_user(english(), written) == normal


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("project:incidents_board", "Project:Incidents board"),
        ("Image:x.png", "File:X.png"),
        (" :template:atop", "Template:Atop"),
        ("main page#top", "Main page"),
        ("user:2001:db8::1", "User:2001:DB8:0:0:0:0:0:1"),
        ("AC/DC", "AC/DC"),
        ("De:x", "De:x"),
        ("Template:", ""),
        ("a[b", ""),
        ("", ""),
    ],
)
def test_a_title_gets_its_normal_form(written: str, normal: str) -> None:
    assert normal_title(english(), written) == normal


def test_titles_keep_their_first_letter_where_the_wiki_does_but_users_never() -> None:
    info = replace(english(), first_letter=False)
    assert normal_title(info, "template:atop") == "Template:atop"
    assert normal_title(info, "user:zoë") == "User:Zoë"
    assert authors("[[User:zoë]]", info) == ["Zoë"]


def test_titles_take_the_local_namespace() -> None:
    assert normal_title(facts("de"), "user_talk:x") == "Benutzer Diskussion:X"


@settings(derandomize=True, max_examples=cases(300, 20_000), deadline=None)
@given(name=st.text(min_size=1, max_size=30))
def test_a_normal_name_is_its_own_normal_form(name: str) -> None:
    once = normal_user(english(), name)
    if once and ":" not in once:
        assert normal_user(english(), once) == once
        assert normal_title(english(), f"User:{once}") == f"User:{once}"


_PIECES = [
    "[[",
    "]]",
    "|",
    "User:",
    "User talk:",
    "x",
    "/",
    "#",
    "%",
    "%4",
    "&#",
    "&amp;",
    "https://",
    "//",
    "?title=",
    "[",
]
_MORE = ["]", "\n", "{{", "Special:Contributions/", "::1", "\ud800", "\x00", "&#1114112;", "%FF", " ", "_", "\u200e"]


@settings(derandomize=True, max_examples=cases(400, 20_000), deadline=None)
@given(text=st.lists(st.sampled_from([*_PIECES, *_MORE]) | st.text(max_size=5), max_size=50).map("".join))
def test_no_text_is_an_error_and_links_lie_in_order(text: str) -> None:
    for link in (found := list(AuthorLinks(english()).find(text))):
        assert 0 <= link.start < link.end <= len(text)
        assert link.author
        assert "/" not in link.author
    assert found == sorted(found, key=lambda link: link.start)


def calls(work: Callable[[], object]) -> int:
    """How many Python and C functions a piece of work calls: a clock that is the same on every machine."""
    count = 0

    def tick(_frame: FrameType, _event: str, _arg: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(tick)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("piece", ["[[User:X|", "[[User:X]]", "[[", "]]", "[https://a/?title=User:X ", "//", "[[User:"])
def test_work_grows_with_the_text(piece: str) -> None:
    links = AuthorLinks(english())
    small, large = (calls(partial(list, links.find(piece * size))) for size in (500, 1000))
    assert large <= 2 * small + 100
