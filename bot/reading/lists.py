"""List-style boards: a list item that begins with a report template is a thread, its deeper items are the replies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.model import Heading, WikiInfo
from bot.reading.rules import Rules
from bot.reading.templatenames import TemplateNames
from bot.reading.wikitext import Scan

_LINE = re.compile(r"([*#:;]*)[ \t]*")
# Bold, small and the like may stand between the bullet and the template.
_DECORATION = re.compile(r"(?:'{2,5}|<(?:small|big|b|i|span)\b[^<>\n]{0,200}>|[ \t])*")


@dataclass(frozen=True, slots=True)
class Item:
    """The span of one report with its replies, ending behind the last line's newline; the list depth it stands at."""

    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class _Line:
    """One line as MediaWiki's list parser sees it: newlines within comments, tags and templates do not end it."""

    start: int
    end: int
    prefix: str
    blank: bool
    reports: bool


def list_threads(text: str, scan: Scan, headings: Sequence[Heading], rules: Rules, info: WikiInfo) -> tuple[Item, ...]:
    """Find the reports of a list-style board in page order.

    A report goes on over deeper items, over lines that are only indented, and over items of its own depth that do not
    begin a report (an answer with too few bullets). It ends before the next report, a heading, a shallower item or a
    line that is no list item; a blank line ends it unless a reply to it follows. Headings, instructions and everything
    between stay on the board.
    """
    found: list[Item] = []
    current: Item | None = None
    for line in _lines(text, scan, headings, rules, info):
        if line.reports:
            current = Item(line.start, line.end, len(line.prefix))
            found.append(current)
        elif current is not None and _goes_on(line, current):
            # blank lines are taken in only together with the reply behind them
            current = found[-1] = Item(current.start, line.end, current.depth)
        elif not line.blank:
            current = None
    return tuple(found)


def _goes_on(line: _Line, item: Item) -> bool:
    """Whether a line that begins no report belongs to the report above it."""
    if not line.prefix:
        return False
    if line.start > item.end and len(line.prefix) <= item.depth and not line.prefix.startswith(":"):
        return False
    return len(line.prefix) >= item.depth or line.prefix.startswith(":")


def _lines(text: str, scan: Scan, headings: Sequence[Heading], rules: Rules, info: WikiInfo) -> Iterator[_Line]:
    """The page's lines; a heading's is a line without prefix."""
    names = TemplateNames(info, rules.aliases)
    table = names.table(rules.report_templates)
    reports = {used.span.start for used in names.used(scan) if used.name in table}
    at_heading = {heading.start for heading in headings}
    masked = scan.masked
    at = 0
    while at < len(text):
        end = _line_end(text, scan, at)
        if at in at_heading:
            yield _Line(at, end, "", blank=False, reports=False)
        elif (hidden := masked.end_of(at)) > at and scan.hidden.end_of(at) > at:
            # a line that begins with a comment: the list markers may stand behind it, but boards put notes there
            yield _Line(at, end, "", blank=not text[hidden:end].strip(), reports=False)
        else:
            match = _LINE.match(text, at, end)
            prefix = match[1] if match else ""
            begins = _DECORATION.match(text, at + len(prefix), end)
            first = begins.end() if begins else at
            yield _Line(at, end, prefix, not text[at:end].strip(), bool(prefix) and first in reports)
        at = end


def _line_end(text: str, scan: Scan, start: int) -> int:
    """The offset behind the newline that ends the line at ``start``."""
    at = start
    while True:
        newline = text.find("\n", at)
        if newline < 0:
            return len(text)
        covered = scan.masked.end_of(newline)
        if covered < 0:
            return newline + 1
        at = covered
