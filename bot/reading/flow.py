"""Splits wikitext into the blocks a reader sees (list items, paragraphs, cells), each with its depth in lists."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from bot.model import Heading
from bot.reading.wikitext import Scan

_BLOCK_TAGS = (
    "div|p|table|tbody|thead|tfoot|caption|th|tr|td|ul|ol|li|dl|dt|dd|h[1-6]|hgroup|article|aside|nav|section|footer|"
    "header|figure|figcaption|fieldset|details|blockquote|hr|center|pre|poem|br|cite|q|"
    "syntaxhighlight|source|gallery|timeline|score|templatedata|inputbox|imagemap"
)
_LINE = (
    r"(?:(?P<list>[*#:;]+)|(?P<blank>[ \t\r]*+(?=\n|\Z))|(?P<table>[ \t]*+(?:\{\||\||!))|(?P<close>[ \t]*+\}\})"
    r"|(?P<rule>----)|(?P<head>=)|(?P<space>[ \t])|(?P<text>))"
)
_FIRST = re.compile(_LINE)
_TOKEN = re.compile(
    rf"\n{_LINE}|<(?P<end>/?)(?P<tag>(?i:{_BLOCK_TAGS}))(?=[\s/>])[^<>]*+>|\|\|(?P<cell>)|!!(?P<cells>)"
)
_TABLE_LINE = re.compile(r"[ \t]*(\{\||\|\}|\|-|\|\+|\||!)")
_TERM = re.compile(
    r"\[\[[^\[\]\n]*+\]\]|\[[^\[\]\n]*+\]|\b(?i:https?|ftps?|ircs?)://[^\s<>\[\]\"]*[^\s<>\[\]\",;.:!?]"
    r"|<(?P<end>/?)(?!(?:br|hr|img|wbr)\b)[a-zA-Z][^<>\n]*?(?P<void>/?)>|(?P<colon>:)|\n"
)
_NO_TALK = re.compile(r"\bclass\s*=[^<>]*\bmw-notalk\b", re.IGNORECASE)


@dataclass(slots=True)
class Flow:
    """The blocks of a text in order, as parallel lists (a board of 900 KB has tens of thousands).

    ``levels`` is the number of list items around a block; ``hard`` says that it begins a new block rather than after a
    ``<br>`` in the same one; ``quoted`` that signatures in it do not count (``blockquote``, ``cite``, ``q``, headings);
    ``empty`` that it is no part of a comment (headings, rules, table attributes, ``;`` lines used as headings).
    ``heads`` are the numbers of the blocks that are headings.
    """

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    hard: list[bool] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)
    empty: list[bool] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)

    def at(self, offset: int) -> int:
        """Number the block that holds an offset (or the one before it, between blocks)."""
        return max(0, bisect_right(self.starts, offset) - 1)


def split(scan: Scan, headings: tuple[Heading, ...]) -> Flow:
    """Split a text into blocks, in one pass (BlockLevelPass and handleTables, as far as they part or nest blocks)."""
    return _Splitter(scan, headings).run()


class _Splitter:
    """The state of the pass: the kind of line it is in, open tables, open HTML lists and quotations."""

    def __init__(self, scan: Scan, headings: tuple[Heading, ...]) -> None:
        self.scan = scan
        self.text = scan.text
        self.flow = Flow()
        self.mode = ""
        self.line_level = 0
        self.tables: list[int] = []
        # what nothing closes is a table up to the end of the page
        self.table_starts = {start for start, _ in scan.tables}
        self.table_starts |= {found.start for found in scan.unclosed if found.name == "table"}
        self.html_lists: list[bool] = []
        self.html_level = 0
        self.html_lists_before = 0
        self.quotes = 0
        self.divs: list[bool] = []
        self.headings = {heading.start: heading.end for heading in headings}
        self.alone = _templates_alone(scan)
        self.alone_end = -1
        self.skip_to = 0
        self.joined = -1

    def run(self) -> Flow:
        text, hidden = self.text, self.scan.hidden.spans()
        index, count = 0, len(hidden)
        first = _FIRST.match(text, 0)
        if first:
            self._line(first, first.lastgroup or "text", 0)
        for match in _TOKEN.finditer(text):
            at = match.start()
            if at < self.skip_to:
                continue
            while index < count and hidden[index][1] <= at:
                index += 1
            if index < count and hidden[index][0] <= at:
                if hidden[index][0] == at:
                    self._box(at, hidden[index][1])
                continue
            kind = match.lastgroup
            if kind == "tag":
                self._tag(match["tag"].lower(), bool(match["end"]), at, match.end())
            elif kind in ("cell", "cells"):
                if self.tables and self.mode == "cell":
                    self._open(at, match.end(), hard=True)
            else:
                self._line(match, kind or "text", at)
        if self.flow.starts:
            self.flow.ends.append(len(text))
        return self.flow

    def _level(self) -> int:
        return (self.tables[-1] if self.tables else 0) + self.line_level + self.html_level

    def _open(self, at: int, start: int, *, hard: bool, empty: bool = False) -> None:
        """End the current block at an offset and begin the next one."""
        flow = self.flow
        if flow.starts:
            flow.ends.append(at)
        flow.starts.append(start)
        flow.levels.append(self._level())
        flow.hard.append(hard)
        flow.quoted.append(self.quotes > 0)
        flow.empty.append(empty)

    def _line(self, match: re.Match[str], kind: str, at: int) -> None:
        """Begin a line, and a block where the line before it does not go on."""
        start = match.start(kind)
        if kind == "text" and self.text.startswith("<!--", start):
            kind, match, start = self._past_comments(match, kind, start)
            if start < 0:
                return
        before = self._leave()
        if kind == "close" or (kind == "table" and not self._in_table(start)):
            kind = "text"
            if start in self.scan.masked:
                return
        forced = 0 < self.alone_end <= at
        self.alone_end = -1 if forced else self.alone_end
        match kind:
            case "head":
                self._head(start, at, before, forced)
            case "list":
                self._list(match, start, at)
            case "table":
                self._table(start, at)
            case "blank" if before == "blank":
                pass
            case "rule" | "blank":
                self.mode, self.line_level = "blank", 0
                self._open(at, match.end(), hard=True, empty=kind == "rule")
            case _:
                self._plain(kind, start, at, before if not forced else "")

    def _leave(self) -> str:
        """Leave the line before, and with a list item the HTML lists opened in it; tell what it was."""
        if self.mode == "list":
            while len(self.html_lists) > self.html_lists_before:
                self.html_level -= self.html_lists.pop()
        return self.mode

    def _past_comments(self, match: re.Match[str], kind: str, start: int) -> tuple[str, re.Match[str], int]:
        """Read a line that begins with comments as if they were not there; one of nothing else is no line (-1)."""
        at = start
        while self.text.startswith("<!--", at):
            end = self.scan.hidden.end_of(at)
            if end < 0:
                break
            at = end
        again = _FIRST.match(self.text, at)
        if again is None:
            return kind, match, start
        if again.lastgroup == "blank":
            return kind, match, -1
        found = again.lastgroup or "text"
        if found == "head":
            return found, again, start
        return found, again, again.start(found)

    def _in_table(self, start: int) -> bool:
        line = _TABLE_LINE.match(self.text, start)
        if line is None:
            return False
        return bool(self.tables) or line[1] == "{|"

    def _head(self, start: int, at: int, before: str, forced: bool) -> None:
        end = self.headings.get(start)
        if end is None:
            self._plain("text", start, at, "" if forced else before)
            return
        # an unclosed list or quotation of one thread is not let reach into the next
        self.quotes, self.line_level, self.html_level, self.html_lists, self.divs = 1, 0, 0, [], []
        self.flow.heads.append(len(self.flow.starts))
        self._open(at, start, hard=True, empty=True)
        self.quotes, self.mode, self.skip_to = 0, "head", end

    def _list(self, match: re.Match[str], start: int, at: int) -> None:
        prefix = match["list"]
        self.mode, self.html_lists_before = "list", len(self.html_lists)
        self.line_level = len(prefix) - prefix.count(";")
        table = _TABLE_LINE.match(self.text, match.end())
        if table and table.start(1) in self.table_starts:
            self.tables.append(self._level())
            self.mode, self.line_level = "cell", 0
            self._open(at, table.end(), hard=True, empty=True)
            return
        if prefix.endswith(";"):
            self._term(prefix, start, at)
        else:
            self._open(at, match.end(), hard=True)

    def _term(self, prefix: str, start: int, at: int) -> None:
        """Part a ``;`` line at its first colon outside links, a timestamp's too (BlockLevelPass::findColonNoLinks)."""
        end = start + len(prefix)
        colon = self._colon(end)
        self._open(at, end, hard=True, empty=prefix == ";" and colon < 0 and self._fake_heading(start, end))
        if colon >= 0:
            self.line_level += 1
            self._open(colon, colon + 1, hard=True)
            self.skip_to = colon + 1

    def _colon(self, start: int) -> int:
        depth = 0
        for token in _TERM.finditer(self.text, start):
            if token.group() == "\n":
                break
            if token["colon"] and depth == 0:
                return token.start()
            if token["end"] is not None:
                depth = max(0, depth - 1) if token["end"] else depth + (not token["void"])
        return -1

    def _fake_heading(self, start: int, end: int) -> bool:
        """Tell whether a ``;`` line is a list of one term: DiscussionTools takes it for a heading (T265964)."""
        stop = self.text.find("\n", end)
        stop = len(self.text) if stop < 0 else stop
        alone_before = start < 2 or self.text[self.text.rfind("\n", 0, start - 1) + 1] not in ";:"
        return alone_before and self.text[stop + 1 : stop + 2] not in (";", ":")

    def _table(self, start: int, at: int) -> None:
        line = _TABLE_LINE.match(self.text, start)
        sign = line[1] if line else "|"
        end = line.end() if line else start
        self.line_level = 0
        if sign == "{|":
            if line and line.start(1) in self.table_starts:
                self.tables.append(self._level())
            self.mode = "cell"
        elif sign == "|}":
            self.line_level, self.mode = 0, "block"
            self.tables.pop()
        else:
            self.mode = "cell"
        self._open(at, end, hard=True, empty=sign in ("{|", "|-"))

    def _plain(self, kind: str, start: int, at: int, before: str) -> None:
        """Go on with a paragraph, or begin one."""
        self.line_level = 0
        alone = self.alone.get(start)
        if alone is None and before == kind:
            self.joined = start
            return
        self.mode = kind
        # behind a paragraph such a template may well show nothing of its own, and be part of it
        self._open(at, start, hard=True, empty=alone is not None and before == kind)
        self.alone_end = self.alone_end if alone is None else alone

    def _tag(self, tag: str, closing: bool, at: int, end: int) -> None:
        if tag in ("cite", "q", "blockquote"):
            self.quotes = max(0, self.quotes + (-1 if closing else 1))
        elif tag == "div":
            self._div(closing, at, end)
        elif tag in ("ul", "ol", "dl"):
            if not closing:
                self.html_lists.append(False)
            elif self.html_lists:
                self.html_level -= self.html_lists.pop()
        elif tag in ("li", "dd", "dt") and self.html_lists:
            self.html_level -= self.html_lists.pop()
            self.html_lists.append(not closing and tag != "dt")
            self.html_level += self.html_lists[-1]
        hard = tag not in ("br", "cite", "q")
        if hard and self.joined > self.flow.starts[-1]:
            # a line with a block's tag in it is no part of the paragraph before it
            self._open(self.joined - 1, self.joined, hard=True)
        if hard and self.mode not in ("list", "cell"):
            self.mode = "text" if tag == "p" and closing else "block"
        self._open(at, end, hard=hard)

    def _div(self, closing: bool, at: int, end: int) -> None:
        """Let nothing in a ``div`` of class ``mw-notalk`` count (DiscussionTools: help for template authors)."""
        if not closing:
            self.divs.append(_NO_TALK.search(self.text, at, end) is not None)
            self.quotes += self.divs[-1]
        elif self.divs:
            self.quotes = max(0, self.quotes - self.divs.pop())

    def _box(self, start: int, end: int) -> None:
        """Let a tag whose content is set aside (``pre``, ``gallery``) be a block of its own."""
        gallery = self.text.startswith("gallery", start + 1)
        self.line_level += gallery
        self._open(start, start, hard=True)
        self.line_level -= gallery
        if self.mode not in ("list", "cell"):
            self.mode = "block"
        self._open(end, end, hard=True)
        self.skip_to = end


def _templates_alone(scan: Scan) -> dict[int, int]:
    """Templates that stand on lines of their own: most of these make a block (a box, a banner)."""
    text, found = scan.text, {}
    for span in scan.templates:
        if span.depth == 0 and (span.start == 0 or text[span.start - 1] == "\n"):
            line = text.find("\n", span.end)
            if not text[span.end : line if line >= 0 else None].strip():
                found[span.start] = span.end
    return found
