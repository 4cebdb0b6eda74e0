"""One linear scan of wikitext: comments, nowiki and other opaque tags, templates, tables, and what is left unclosed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import mwparserfromhell

MAX_TEMPLATE_CHARS = 10_000
"""mwparserfromhell's time grows faster than its input: what is longer than this is never given to it."""

MAX_TEMPLATE_DEPTH = 20
"""And neither is what holds templates nested deeper than this."""

MAX_INDENT = 200
"""A table further in than this is text to us."""

OPAQUE_TAGS = frozenset(
    {
        "nowiki",
        "pre",
        "gallery",
        "source",
        "syntaxhighlight",
        "math",
        "chem",
        "ce",
        "score",
        "timeline",
        "hiero",
        "graph",
    }
    | {"templatedata", "templatestyles", "ref", "references", "imagemap", "inputbox", "categorytree", "mapframe"}
    | {"maplink", "charinsert", "includeonly"}
)
"""Tags whose content the preprocessor sets aside unread (Manual:Tag extensions): no heading, no template in there."""

NEEDS_EXTENSION = {
    "source": "SyntaxHighlight",
    "syntaxhighlight": "SyntaxHighlight",
    "math": "Math",
    "chem": "Math",
    "ce": "Math",
    "score": "Score",
    "timeline": "EasyTimeline",
    "hiero": "WikiHiero",
    "graph": "Graph",
    "templatedata": "TemplateData",
    "templatestyles": "TemplateStyles",
    "ref": "Cite",
    "references": "Cite",
    "imagemap": "ImageMap",
    "inputbox": "InputBox",
    "categorytree": "CategoryTree",
    "mapframe": "Kartographer",
    "maplink": "Kartographer",
    "charinsert": "CharInsert",
}


@dataclass(frozen=True, slots=True)
class Opaque:
    """A span that MediaWiki does not read as wikitext: a comment (``name`` is "comment") or a tag by its name."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class TemplateSpan:
    """A balanced ``{{…}}`` or ``{{{…}}}``; ``depth`` is 0 at top level, ``inner`` how deep templates nest inside."""

    start: int
    end: int
    depth: int
    inner: int = 0
    argument: bool = False


@dataclass(frozen=True, slots=True)
class Unclosed:
    """Something opened and never closed: where, and what ("comment", "nowiki", "table", "template" …).

    ``swallows`` is true where MediaWiki lets it run to the page's end, false where it shows the opener as text.
    """

    start: int
    name: str
    swallows: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a template: its name ("1", "2" … where it has none) and value, both stripped."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Template:
    """A template as written: its name without namespace prefix handling, underscores as spaces, and its parameters."""

    name: str
    params: tuple[Parameter, ...]

    def get(self, name: str, default: str = "") -> str:
        """Return the value of a parameter; the last one counts where a name stands twice, as in MediaWiki."""
        return next((p.value for p in reversed(self.params) if p.name == name), default)


class Cover:
    """Disjoint spans in order, asked for the one that covers an offset (binary search)."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        """Merge what overlaps or lies inside another span."""
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def end_of(self, offset: int) -> int:
        """Return the end of the span that covers the offset, or -1."""
        found = bisect_right(self._starts, offset) - 1
        return self._ends[found] if found >= 0 and offset < self._ends[found] else -1

    def start_of(self, offset: int) -> int:
        """Return the start of the span that covers the offset, or -1."""
        found = bisect_right(self._starts, offset) - 1
        return self._starts[found] if found >= 0 and offset < self._ends[found] else -1

    def __contains__(self, offset: int) -> bool:
        return self.end_of(offset) >= 0

    def spans(self) -> list[tuple[int, int]]:
        """List all spans in order."""
        return list(zip(self._starts, self._ends, strict=True))

    def between(self, start: int, end: int) -> list[tuple[int, int]]:
        """List the spans that begin in ``start <= offset < end``."""
        low = bisect_right(self._starts, start - 1)
        high = bisect_right(self._starts, end - 1)
        return list(zip(self._starts[low:high], self._ends[low:high], strict=True))


@dataclass(frozen=True)
class Scan:
    """What the scan found, each list in order of its starts. Offsets are in characters."""

    text: str
    opaque: tuple[Opaque, ...]
    templates: tuple[TemplateSpan, ...]
    tables: tuple[tuple[int, int], ...]
    unclosed: tuple[Unclosed, ...]

    @cached_property
    def hidden(self) -> Cover:
        """Comments and opaque tags."""
        return Cover((span.start, span.end) for span in self.opaque)

    @cached_property
    def outer_templates(self) -> Cover:
        """Templates at top level."""
        return Cover((span.start, span.end) for span in self.templates if span.depth == 0)

    @cached_property
    def masked(self) -> Cover:
        """Both together: where no heading or line begins."""
        spans = [(span.start, span.end) for span in self.opaque]
        return Cover(spans + [(span.start, span.end) for span in self.templates if span.depth == 0])


def tags_of(extensions: frozenset[str]) -> frozenset[str]:
    """Name the opaque tags of a wiki with these extensions (all where none is known)."""
    if not extensions:
        return OPAQUE_TAGS
    folded = {name.replace(" ", "").casefold() for name in extensions}

    def there(tag: str) -> bool:
        need = NEEDS_EXTENSION.get(tag)
        return need is None or any(name.startswith(need.casefold()) for name in folded)

    return frozenset(tag for tag in OPAQUE_TAGS if there(tag))


def template(text: str, span: TemplateSpan) -> Template | None:
    """Read one template; None where it is an argument, too long or too deep (then it stays opaque)."""
    if span.argument or span.end - span.start > MAX_TEMPLATE_CHARS or span.inner > MAX_TEMPLATE_DEPTH:
        return None
    nodes = mwparserfromhell.parse(text[span.start : span.end], skip_style_tags=True).nodes
    if not nodes or not isinstance(nodes[0], mwparserfromhell.nodes.Template):
        return None
    node = nodes[0]
    name = " ".join(_without_comments(str(node.name)).replace("_", " ").split())
    return Template(
        name,
        tuple(Parameter(_without_comments(str(param.name)).strip(), str(param.value).strip()) for param in node.params),
    )


def _without_comments(text: str) -> str:
    return re.sub(r"<!--.*?(?:-->|\Z)", "", text, flags=re.DOTALL)


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
        at, end = 0, len(self.text)
        while at < end:
            pattern = self.patterns[self.stack[-1].char if self.stack else ""]
            match = pattern.search(self.text, at)
            if match is None:
                break
            at = self._take(match)
        for piece in self.stack:
            if piece.char == "{":
                self.unclosed.append(Unclosed(piece.start, "template", swallows=False))

    def _take(self, match: re.Match[str]) -> int:
        """Handle one token, tell where to go on."""
        start, end = match.span()
        match match.lastgroup:
            case "flat":
                self.templates.append(TemplateSpan(start, end, 0))
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
        if name in self.never_closed:
            return match.end()
        opened = -1 if self.no_more_tag_ends else self.text.find(">", match.end())
        if opened < 0:
            self.no_more_tag_ends = True
            return match.end()
        if self.text[opened - 1] == "/":
            self.opaque.append(Opaque(match.start(), opened + 1, name))
            return opened + 1
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
