"""The parties of a thread: who reported, whom the report names as concerned (witnesses and victims too), what pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.model import USER, USER_TALK, Comment, Thread, WikiInfo
from bot.reading.authors import AuthorLinks, normal_title, normal_user
from bot.reading.rules import Rules
from bot.reading.templatenames import TemplateNames, Used
from bot.reading.wikitext import Cover, Scan, template

_NO_NAME = re.compile(r"[#<>\[\]|{}/\x00-\x1f]")
"""What no user name holds (Manual:$wgInvalidUsernameCharacters, Manual:Page title)."""

_LINK = re.compile(r"\[\[[ _]*:?([^\[\]{}|<>\n]+)[|\]]")
_NESTING = re.compile(r"[\[{<]")
_NOWHERE = Cover(())

MAX_NAME = 255
"""Bytes of a page title, so of a name."""


def subject_table(names: TemplateNames, rules: Rules) -> dict[str, str]:
    """The templates that name somebody, by normal name."""
    return names.table(rules.subject_templates)


class Parties:
    """Reads whom a board's threads name."""

    __slots__ = ("_in_headings", "_info", "_links", "_pages_in_headings", "_reporter_words", "_scan", "_users")

    def __init__(self, scan: Scan, info: WikiInfo, rules: Rules, links: AuthorLinks) -> None:
        """Read names from this page under these rules."""
        self._scan = scan
        self._info = info
        self._links = links
        self._in_headings = rules.subjects_in_headings
        self._pages_in_headings = rules.pages_in_headings
        words = "|".join(re.escape(word.strip()) for word in rules.reporter_words if word.strip())
        self._reporter_words = re.compile(words, re.IGNORECASE) if words else None
        self._users = frozenset(name for name, number in info.namespace_numbers.items() if number in (USER, USER_TALK))

    def subjects(
        self, thread: Thread, opening: Comment | None, reporter: str, templates: Sequence[Used]
    ) -> tuple[str, ...]:
        """Whom the thread names, in page order, without repeats and without the reporter.

        Names count in the heading, in the opening comment and in what the reporter wrote later. What others write names
        nobody: else anybody could make a party of the admin who is about to close, or have a crowd told.
        """
        if not templates and not self._in_headings:
            return ()
        found: dict[str, None] = {}
        heading_end = thread.heading.end if thread.heading is not None else thread.start
        reporter_from = self._reporter_words_at(thread.start, heading_end)
        if self._in_headings and thread.heading is not None:
            found.update(dict.fromkeys(self._in_heading(thread.heading.start, reporter_from)))
        reporting = self._reporters_words(thread, opening, reporter) if templates else _NOWHERE
        for used in templates:
            at = used.span.start
            if not (at < reporter_from if at < heading_end else at in reporting):
                continue
            name = self.name(self._written(used, "user"))
            if name:
                found[name] = None
        found.pop(reporter, None)
        return tuple(found)

    def pages(
        self, thread: Thread, opening: Comment | None, reporter: str, templates: Sequence[Used]
    ) -> tuple[str, ...]:
        """The pages that the thread names, in page order and without repeats; they count where names count."""
        found: dict[str, None] = {}
        heading_end = thread.heading.end if thread.heading is not None else thread.start
        if self._pages_in_headings and thread.heading is not None:
            found.update(dict.fromkeys(self._pages_linked(thread.heading.start, heading_end)))
        reporting = self._reporters_words(thread, opening, reporter) if templates else _NOWHERE
        for used in templates:
            if used.span.start < heading_end or used.span.start in reporting:
                found[normal_title(self._info, self._written(used, "page"))] = None
        found.pop("", None)
        return tuple(found)

    def _pages_linked(self, start: int, end: int) -> Iterator[str]:
        """The pages that a heading links, users aside."""
        for match in _LINK.finditer(self._scan.text, start, end):
            if match.start() not in self._scan.hidden and not self._links.author(match[1]):
                yield normal_title(self._info, match[1])

    def _reporters_words(self, thread: Thread, opening: Comment | None, reporter: str) -> Cover:
        """The spans that the reporter wrote; all of a thread that nobody signed."""
        if opening is None:
            return Cover([(thread.start, thread.end)])
        own = [(comment.start, comment.end) for comment in thread.comments if comment.author == reporter]
        # what stands above the first signature is the opening's, list items and unsigned lines too
        first = (thread.start, opening.end) if opening is thread.comments[0] else (opening.start, opening.end)
        return Cover([first, *own])

    def _in_heading(self, start: int, end: int) -> Iterator[str]:
        """The users that a heading links."""
        for link in self._links.find(self._scan.text, start, end):
            if link.start not in self._scan.hidden:
                yield link.author

    def _reporter_words_at(self, start: int, end: int) -> int:
        """Where "reported by" stands in a heading (names from there on are the reporter's), or its end."""
        found = self._reporter_words.search(self._scan.text, start, end) if self._reporter_words is not None else None
        return found.start() if found else end

    def _written(self, used: Used, other: str) -> str:
        """What stands in a template's first parameter, or in the one called otherwise; "" where neither is there."""
        written = self._scan.text[used.span.start + 2 : used.span.end - 2]
        if not _NESTING.search(written):
            # nearly all of them: nothing stands in it that a parser would be needed for
            positional, named = _parameters(written)
            return named.get("1", positional) or named.get(other, "")
        read = template(self._scan.text, used.span)
        return (read.get("1") or read.get(other)) if read is not None else ""

    def name(self, written: str) -> str:
        """A name as the wiki has it, with or without its namespace; "" where no account can bear it."""
        prefix, colon, rest = written.partition(":")
        if colon and " ".join(prefix.replace("_", " ").split()).lower() in self._users:
            written = rest
        written = written.strip().strip("_")
        if not written or len(written.encode("utf-8", "surrogatepass")) > MAX_NAME or _NO_NAME.search(written):
            return ""
        return normal_user(self._info, written)


def _parameters(written: str) -> tuple[str, dict[str, str]]:
    """The first parameter without a name, and those with one, of a template in which nothing is nested."""
    positional: str | None = None
    named: dict[str, str] = {}
    for part in written.split("|")[1:]:
        name, equals, value = part.partition("=")
        if equals:
            named[name.strip()] = value.strip()
        elif positional is None:
            positional = part.strip()
    return positional or "", named
