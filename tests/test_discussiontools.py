"""Random boards, saved on a real MediaWiki with DiscussionTools and read by both: the same comments and ids."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.model import WikiInfo
from bot.reading.board import Reader
from bot.reading.facts import MESSAGES, SITEINFO_PROPS, wiki_info
from bot.reading.ids import assign
from bot.reading.rules import Rules
from tests.mediawiki.people import Person
from tests.mediawiki.server import ADMIN, Options, Server
from tests.sizes import cases

REACHED = 0.995
NAMES = ("Ana", "Bo Lee", "Zoë_K", "李明", "127.0.0.1", "O'Brien & Co")
SIGNATURES = (
    "[[User:{n}|{n}]] ([[User talk:{n}|talk]])",
    "[[User:{n}]]",
    "—[[User talk:{n}|who]]",
    "<small>[[User:{n}|x]]</small>",
    "[[Special:Contributions/{n}|{n}]]",
    "'''[[User:{n}|<span style=\"color:red\">a</span>]]''' <sup>[[User talk:{n}|t]]</sup>",
    "[[user:{n}]]&nbsp;",
    "[[User:{n}|{n}]] [[User:Other]]",
)
WORDS: tuple[str, ...] = ("foo bar", "<b>x</b>", "''it''", "[[Page|link]]", "<nowiki>== n ==</nowiki>", "<!-- c -->")
WORDS += ("[https://x.example y]", "a&amp;b", "{{tq|q}}", "<code>[[</code>", "<s>z</s>")
PREFIXES = ("", "", "", ":", "::", "*", "**", ":*", "#", "*:", ";", " ")
HEADINGS = (" A ", "B", "[[User:Ana]] x", "''odd'' = 1", " Same ", " Why ? ", "C <!-- n -->")


class Writer:
    """Writes random boards; every timestamp is another minute, so that comments can be told apart."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.minute = 0

    def board(self, threads: int) -> str:
        parts = []
        for number in range(threads):
            lines = [self.line(2) for _ in range(self.random.randint(1, 5))]
            parts.append("\n".join([self.heading(), *lines] if number else lines))
        return "\n".join(parts).strip()

    def heading(self) -> str:
        signs = "=" * self.random.choice([2, 2, 2, 2, 3, 3, 4, 1])
        return f"{signs}{self.random.choice(HEADINGS)}{signs}{self.random.choice(['', '', ' ', '<!-- c -->'])}"

    def words(self) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(1, 4)))

    def signed(self) -> str:
        self.minute += 1
        day, minute = divmod(self.minute, 24 * 60)
        sign = self.random.choice(SIGNATURES).format(n=self.random.choice(NAMES))
        return f"{self.words()} {sign} {minute // 60:02}:{minute % 60:02}, {day % 28 + 1} May 2024 (UTC)"

    def line(self, depth: int) -> str:
        prefix, shape = self.random.choice(PREFIXES), self.random.random()
        if depth == 0 or shape < 0.5:
            return prefix + self.signed()
        return prefix + self.random.choice(self.shapes(depth - 1))()

    def shapes(self, depth: int) -> list[Callable[[], str]]:
        return [
            self.words,
            lambda: f"{self.signed()} {self.signed()}",
            lambda: f"{self.signed()}<br>{self.signed()}",
            lambda: f"<div>{self.signed()}</div>",
            lambda: f"{self.words()} <!-- many\nlines --> {self.signed()}",
            lambda: f"\n<div>\n{self.line(depth)}\n</div>",
            lambda: f"\n{{|\n| {self.signed()}\n| {self.words()}\n|-\n| {self.line(depth)}\n|}}",
            lambda: f"\n:{{| class=x\n|+ {self.signed()}\n! h {self.signed()} !! i\n|-\n| x || {self.signed()}\n|}}",
            lambda: f"\n<blockquote>{self.signed()}</blockquote>",
            lambda: f"\n<pre>\n{self.line(depth)}\n</pre>",
            lambda: f"\n----\n<!-- {self.signed().replace('<!-- c -->', '')} -->",
            lambda: f"\n<ul><li>{self.signed()}</li><li>{self.signed()}</li></ul>",
            lambda: f"\n<gallery>\nFile:x.png|{self.words()}\n</gallery>",
            lambda: f"\n__NOTOC__\n[[Category:X]]\n{self.line(depth)}",
            lambda: f"\n\n{self.signed()}\n\n\n:{self.signed()}",
        ]


def facts(person: Person) -> WikiInfo:
    siteinfo = person.call(
        action="query",
        meta="siteinfo|allmessages",
        siprop="|".join(SITEINFO_PROPS),
        ammessages="|".join(MESSAGES),
    )
    sample = person.call(action="parse", onlypst=1, text="~~~~~", contentmodel="wikitext", curtimestamp=1)
    answer = {"time": sample["curtimestamp"], "text": sample["parse"]["text"]}
    return wiki_info({"query": siteinfo["query"], "sample": answer})


def told(items: list[dict[str, Any]], found: set[str]) -> set[str]:
    """Flatten DiscussionTools' tree; replies under a sub-heading stand in it twice."""
    for item in items:
        if item["type"] == "heading":
            if item["headingLevel"] is not None:
                found.add(f"heading {item['headingLevel']} {item['id']}")
        else:
            found.add(f"comment {item['author']} {item['timestamp']} {item['level']} {item['id']}")
        told(item["replies"], found)
    return found


def ours(reader: Reader, text: str) -> set[str]:
    board = reader.board("Talk:Board", 1, text, Rules())
    comments = [*board.lead_comments, *(comment for thread in board.threads for comment in thread.comments)]
    ids = assign(board.headings, sorted(comments, key=lambda comment: comment.end), reader.info)
    found = {f"heading {each.level} {name}" for each, name in zip(board.headings, ids.headings, strict=True)}
    return found | {f"comment {c.author} {c.instant:%Y-%m-%dT%H:%M:%SZ} {c.level} {c.id}" for c in comments}


@pytest.mark.wiki
def test_random_boards_read_as_in_discussiontools(
    mediawiki_root: Path, make_wiki: Callable[[Options], Server], capsys: pytest.CaptureFixture[str]
) -> None:
    if not (mediawiki_root / "extensions-core" / "DiscussionTools").is_dir():
        pytest.skip("this MediaWiki has no DiscussionTools: make mediawiki-1.43, MEDIAWIKI_ROOT=build/mediawiki-1.43")
    person = Person(make_wiki(Options(discussiontools=True)).api, ADMIN)
    reader, total, same, differences = Reader(facts(person)), 0, 0, []
    for seed in range(cases(6, 60)):
        text = Writer(seed).board(25)
        person.edit(f"Talk:Board {seed}", text)
        answer = person.call(action="discussiontoolspageinfo", page=f"Talk:Board {seed}", prop="threaditemshtml")
        theirs, read = told(answer["discussiontoolspageinfo"]["threaditemshtml"], set()), ours(reader, text)
        total += len(theirs)
        same += len(theirs & read)
        differences += [f"board {seed}: {'+' if each in read else '-'} {each}" for each in sorted(theirs ^ read)]
    with capsys.disabled():
        print(f"\n  DiscussionTools: {same} of {total} headings and comments the same, ids included")
        print("".join(f"    {line}\n" for line in differences), end="")

    assert total > 300
    assert same >= REACHED * total
