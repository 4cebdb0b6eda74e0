"""The scan itself: the preprocessor's loop over openers and closers, and the match of table signs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.reading.wikitext.spans import Cover, Opaque, Scan, TemplateSpan, Unclosed
from bot.reading.wikitext.tags import OPAQUE_TAGS

MAX_INDENT = 200
"""A table further in than this is text to us."""


def scan(text: str, tags: frozenset[str] = OPAQUE_TAGS) -> Scan:
    """Scan wikitext once, in time linear in its length, as MediaWiki's preprocessor does (Preprocessor_Hash).

    What never closes is plain text to MediaWiki, but for comments and ``includeonly``, which run to the end.
    """
    scanner = _Scanner(text, tags)
    scanner.run()
    hidden = Cover((span.start, span.end) for span in scanner.opaque)
    tables, open_tables = _tables(text, hidden)
    unclosed = sorted(scanner.unclosed + open_tables, key=lambda found: found.start)
    templates = sorted(scanner.templates, key=lambda span: (span.start, -span.end))
    return Scan(text, tuple(scanner.opaque), tuple(_nest(templates)), tuple(tables), tuple(unclosed))


_TABLE_SIGN = re.compile(r"\{\|(?P<open>)|\|\}(?!\})(?P<close>)")


def _tables(text: str, hidden: Cover) -> tuple[list[tuple[int, int]], list[Unclosed]]:
    """Match ``{|`` with ``|}``, both at the start of a line (Parser::handleTables)."""
    stack: list[int] = []
    found: list[tuple[int, int]] = []
    if "{|" not in text:
        return [], []
    for match in _TABLE_SIGN.finditer(text):
        at = match.start()
        before = text[max(0, at - MAX_INDENT) : at].rpartition("\n")[2]
        if before.strip(" \t:") or len(before) == MAX_INDENT or at in hidden:
            continue
        if match.lastgroup == "open":
            stack.append(at)
        elif stack:
            found.append((stack.pop(), match.end()))
    return sorted(found), [Unclosed(start, "table", swallows=True) for start in stack]


def _nest(spans: list[TemplateSpan]) -> list[TemplateSpan]:
    """Give each span its depth: 0 outside, and for each how deep it nests inside."""
    result: list[TemplateSpan] = []
    inner = [0] * len(spans)
    stack: list[int] = []
    depths: list[int] = []
    for index, span in enumerate(spans):
        while stack and spans[stack[-1]].end <= span.start:
            _fold(stack, inner)
        depths.append(len(stack))
        stack.append(index)
    while stack:
        _fold(stack, inner)
    for index, span in enumerate(spans):
        result.append(TemplateSpan(span.start, span.end, depths[index], inner[index], span.argument))
    return result


def _fold(stack: list[int], inner: list[int]) -> None:
    done = stack.pop()
    if stack:
        inner[stack[-1]] = max(inner[stack[-1]], inner[done] + 1)


@dataclass(slots=True)
class _Piece:
    """An opener that waits for its closer: its character, where it begins, how many are still unmatched."""

    char: str
    start: int
    count: int


class _Scanner:
    """The preprocessor's loop: a stack of openers; only the top one's closer is looked for."""

    def __init__(self, text: str, tags: frozenset[str]) -> None:
        self.text = text
        self.opaque: list[Opaque] = []
        self.templates: list[TemplateSpan] = []
        self.unclosed: list[Unclosed] = []
        self.stack: list[_Piece] = []
        # what the rest of the text is known not to hold, so that nothing is searched for twice
        self.never_closed: set[str] = set()
        self.no_more_tag_ends = False
        names = "|".join(sorted(tags, key=len, reverse=True))
        # Links and templates without anything nested are by far the most frequent: one token each. Every alternative
        # begins with a literal, so that the search itself runs at the speed of a character set.
        self.base = (
            r"\[\[(?:[^\[\]{}<\n]*+\]\]|(?P<links>\[*))|\{\{(?:(?P<flat>[^{}\[\]<\n]*+\}\})|(?P<braces>\{*))"
            rf"|<(?:!--(?P<comment>)|(?P<tag>(?i:{names}))(?=[\s/>]))"
        )
        self.patterns = {
            "": re.compile(self.base),
            "{": re.compile(self.base + r"|\}(?P<close>\}*)|\n(?P<equals>=)"),
            "[": re.compile(self.base + r"|\](?P<close>\]*)"),
            "\n": re.compile(self.base + r"|\n(?P<line>)"),
        }

    def run(self) -> None:
        """Read the whole text."""
        at, flat = 0, self.templates.append
        while at >= 0:
            pattern = self.patterns[self.stack[-1].char if self.stack else ""]
            start, at = at, -1
            for match in pattern.finditer(self.text, start):
                kind = match.lastgroup
                if kind == "flat":
                    flat(TemplateSpan(match.start(), match.end(), 0))
                elif kind is not None:
                    # what changes the state, or where to go on, begins a search of its own
                    at = self._take(match)
                    break
        for piece in self.stack:
            if piece.char == "{":
                self.unclosed.append(Unclosed(piece.start, "template", swallows=False))

    def _take(self, match: re.Match[str]) -> int:
        """Handle one token, tell where to go on."""
        start, end = match.span()
        match match.lastgroup:
            case "links" | "braces":
                self.stack.append(_Piece(self.text[start], start, end - start))
            case "close":
                return self._close(start, end - start)
            case "comment":
                return self._comment(start)
            case "tag":
                return self._tag(match)
            case "equals":
                return self._heading(start)
            case "line":
                # the end of a heading's line; the newline itself may begin the next heading
                self.stack.pop()
                return start
        return end

    def _heading(self, newline: int) -> int:
        """Let a heading's line inside a template hide the template's closer (one ``=`` alone is a parameter's)."""
        if self.text.startswith("==", newline + 1):
            self.stack.append(_Piece("\n", newline, 1))
        return newline + 1

    def _comment(self, start: int) -> int:
        end = self.text.find("-->", start + 4)
        if end < 0:
            self.unclosed.append(Unclosed(start, "comment", swallows=True))
            self.opaque.append(Opaque(start, len(self.text), "comment"))
            return len(self.text)
        self.opaque.append(Opaque(start, end + 3, "comment"))
        return end + 3

    def _tag(self, match: re.Match[str]) -> int:
        name = match["tag"].lower()
        opened = -1 if self.no_more_tag_ends else self.text.find(">", match.end())
        if opened < 0:
            self.no_more_tag_ends = True
            return match.end()
        if self.text[opened - 1] == "/":
            self.opaque.append(Opaque(match.start(), opened + 1, name))
            return opened + 1
        closer = None
        if name not in self.never_closed:
            closer = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(self.text, opened + 1)
        if closer is None:
            self.never_closed.add(name)
            swallows = name == "includeonly"
            self.unclosed.append(Unclosed(match.start(), name, swallows))
            if swallows:
                self.opaque.append(Opaque(match.start(), len(self.text), name))
            return len(self.text) if swallows else opened + 1
        self.opaque.append(Opaque(match.start(), closer.end(), name))
        return closer.end()

    def _close(self, at: int, found: int) -> int:
        """Match as many closers as MediaWiki would: ``]]``, ``}}}`` or ``}}``."""
        piece = self.stack[-1]
        most = 3 if piece.char == "{" else 2
        count = min(found, piece.count, most)
        if count < 2:
            return at + count
        piece.count -= count
        start = piece.start + piece.count
        if piece.char == "{":
            self.templates.append(TemplateSpan(start, at + count, 0, argument=count == 3))
        if piece.count < 2:
            self.stack.pop()
        return at + count
