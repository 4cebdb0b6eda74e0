"""Boards and talk pages read as MediaWiki's parser and DiscussionTools read them, with every difference explained."""

from __future__ import annotations

import difflib
import html
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.model import Board
from bot.reading.board import Reader
from bot.reading.facts import english, wiki_info
from bot.reading.rules import Rules

BOARDS = Path(__file__).parent / "corpus" / "boards"
SHARED = Path(os.environ.get("CLERK_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
ORIGINAL = SHARED / "talk-pages" / "original"
CONVERTED = SHARED / "talk-pages" / "converted"

REACHED = 0.995

HIDDEN_PARAMETER = "stands in a parameter of a template that the wiki asked did not have, so it was not shown"
BOXES = "stands between box templates that the wiki asked did not have: one paragraph there, blocks where they exist"
SHORT_MONTH = "a month in its short form, which people write and the wiki itself does not"
EXPLAINED = {
    ("article-694061598", "Hiding"): SHORT_MONTH,
    ("article-694061598", "Tverbeek"): SHORT_MONTH,
    ("article-694061598", "Light show"): HIDDEN_PARAMETER,
    ("article-694061598", "Curly Turkey"): "one level deeper, as the comment around it begins in such a parameter",
    ("reply-link-test-data", "Galobtter"): HIDDEN_PARAMETER,
    ("reply-link-test-data", "SoWhy"): BOXES,
    ("wiki-558617879", "Mir Almaat 1 S1"): HIDDEN_PARAMETER,
    ("wiki-558617879", "Bilby"): HIDDEN_PARAMETER,
    ("wiki-558617879", "Jim.henderson"): HIDDEN_PARAMETER,
    ("wiki-692684350", "Staszek Lem"): HIDDEN_PARAMETER,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A heading or comment as compared: what it says, and a comment's id, which follows from its neighbours."""

    words: str
    author: str
    id: str


def expected_lines(expected: dict[str, Any]) -> list[Line]:
    lines: list[Line] = []
    for thread in expected["threads"]:
        if thread["level"] is not None:
            lines.append(Line(f"heading {thread['level']} {thread['heading']}", "", ""))
        for comment in thread["comments"]:
            words = f"comment {comment['author']} {comment['timestamp']} {comment['level']}"
            lines.append(Line(words, comment["author"], comment["id"]))
    return lines


def our_lines(board: Board) -> list[Line]:
    comments = [*board.lead_comments, *(comment for thread in board.threads for comment in thread.comments)]
    comments.sort(key=lambda comment: comment.end)
    found = [(heading.start, Line(f"heading {heading.level} {heading.text}", "", "")) for heading in board.headings]
    for comment in comments:
        words = f"comment {comment.author} {comment.instant:%Y-%m-%dT%H:%M:%SZ} {comment.level}"
        found.append((comment.end, Line(words, comment.author, comment.id)))
    return [line for _, line in sorted(found, key=lambda entry: entry[0])]


@cache
def reader(info_file: Path) -> Reader:
    return Reader(wiki_info(json.loads(info_file.read_text(encoding="utf-8"))))


def read(page: Path, info_file: Path) -> tuple[Board, dict[str, Any]]:
    one = reader(info_file)
    with page.open(encoding="utf-8", newline="") as file:
        board = one.board(page.stem, 1, file.read(), Rules())
    return board, json.loads(page.with_suffix(".expected.json").read_text(encoding="utf-8"))


def differences(expected: list[Line], ours: list[Line]) -> Iterator[tuple[str, Line]]:
    theirs, own = [line.words for line in expected], [line.words for line in ours]
    matcher = difflib.SequenceMatcher(None, theirs, own, autojunk=False)
    for _, a, b, c, d in matcher.get_opcodes():
        if theirs[a:b] != own[c:d]:
            yield from (("not found", line) for line in expected[a:b])
            yield from (("not expected", line) for line in ours[c:d])


def section_lines(expected: dict[str, Any]) -> list[tuple[int, str]]:
    return [
        (section["level"], html.unescape(re.sub(r"<[^>]*>", "", section["line"])).strip())
        for section in expected["sections"]
    ]


PAGES = [(page, page.with_suffix(".info.json")) for page in sorted(BOARDS.glob("*.wiki"))]
REAL_PAGES = [(page, ORIGINAL / "info.json") for page in sorted(ORIGINAL.glob("*.wiki"))]
needs_pages = pytest.mark.skipif(not REAL_PAGES, reason=f"no talk pages at {ORIGINAL}; CLERK_SHARED_DATA names them")


@pytest.mark.parametrize(("page", "info"), PAGES + REAL_PAGES, ids=lambda path: path.stem)
def test_headings_are_the_parsers_own_list(page: Path, info: Path) -> None:
    board, expected = read(page, info)

    assert [(heading.level, heading.text) for heading in board.headings] == section_lines(expected)


@pytest.mark.parametrize(("page", "info"), PAGES, ids=lambda path: path.stem)
def test_a_board_reads_as_in_discussiontools_ids_included(page: Path, info: Path) -> None:
    board, expected = read(page, info)

    assert our_lines(board) == expected_lines(expected)


@needs_pages
def test_real_talk_pages_read_as_in_discussiontools_but_for_what_is_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    comments, identical, ids, unexplained = 0, 0, 0, []
    with capsys.disabled():
        print()
        for page, info in REAL_PAGES:
            board, expected = read(page, info)
            wanted, ours = expected_lines(expected), our_lines(board)
            total = sum(line.author != "" for line in wanted)
            missed = 0
            for what, line in differences(wanted, ours):
                missed += what == "not found" and line.author != ""
                why = EXPLAINED.get((page.stem, line.author), "")
                print(f"  {page.stem}: {what}: {line.words}: {why or 'UNEXPLAINED'}")
                if not why:
                    unexplained.append(line)
            comments += total
            identical += total - missed
            ids += len({line.id for line in wanted if line.author} & {line.id for line in ours})
        print(f"  talk pages: {identical} of {comments} comments as DiscussionTools has them, {ids} with the same id")

    assert unexplained == []
    assert identical >= REACHED * comments


def test_the_boards_hold_the_comments_that_discussiontools_finds(capsys: pytest.CaptureFixture[str]) -> None:
    comments = identical = 0
    for page, info in PAGES:
        board, expected = read(page, info)
        ours = {(line.words, line.id) for line in our_lines(board)}
        wanted = [line for line in expected_lines(expected) if line.author]
        comments += len(wanted)
        identical += sum((line.words, line.id) in ours for line in wanted)
    with capsys.disabled():
        print(
            f"\n  boards: {identical} of {comments} comments with author, instant, level and id in {len(PAGES)} wikis"
        )

    assert comments > 300
    assert identical >= REACHED * comments


CONVERTED_EXPLAINED = {
    "reflist-oldparser": "external links to the server the page was saved from",
    "timestamp-format-switch": "external links to the server the page was saved from",
    "span-about-group": "a template behind a signature on the same line, a comment of its own only in Parsoid's HTML",
}
CASES = [
    page
    for page in sorted(CONVERTED.glob("*.wikitext"))
    if json.loads(page.with_suffix(".expected.json").read_text(encoding="utf-8"))["wiki"] == "enwiki"
]


@pytest.mark.skipif(not CASES, reason=f"no talk pages at {CONVERTED}; CLERK_SHARED_DATA names them")
def test_discussiontools_own_english_cases_are_found() -> None:
    one, missing = Reader(english()), {}
    for page in CASES:
        expected = json.loads(page.with_suffix(".expected.json").read_text(encoding="utf-8"))["expected"]
        with page.open(encoding="utf-8", newline="") as file:
            board = one.board(page.stem, 1, file.read(), Rules())
        comments = [*board.lead_comments, *(comment for thread in board.threads for comment in thread.comments)]
        ours = {(comment.author, f"{comment.instant:%Y-%m-%dT%H:%M:%SZ}") for comment in comments}
        wanted = {(comment["author"], comment["timestamp"]) for comment in expected if comment["visible"]}
        if wanted - ours:
            missing[page.stem] = wanted - ours

    assert set(missing) <= set(CONVERTED_EXPLAINED), missing
