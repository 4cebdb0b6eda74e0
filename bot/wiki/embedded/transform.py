"""The pre-save transform: what MediaWiki does to a text on its way into the database (``Parser::preSaveTransform``).

Templates and a few words are substituted, then tildes are signed, then links with an empty label get one. Comments,
nowiki, pre and other opaque tags are left as they are; an opening tag without its end is text like any other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import unquote

# What PHP's rtrim takes off.
WHITE_SPACE = " \t\n\r\0\x0b"
# MediaWiki expands templates at most this deep (Manual:$wgMaxTemplateDepth); deeper ones stay as written.
MAX_DEPTH = 40
_OPAQUE = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(nowiki|pre|gallery|indicator|langconvert|syntaxhighlight|source)(?=[\s/>])[^>]*?(?:/>|(?<!/)>.*?</\1\s*>)",
    re.DOTALL | re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MARKER = re.compile("\0([0-9]+)\0")
_BRACES = re.compile(r"\{\{\{|\{\{|\}\}\}|\}\}|\[\[|\]\]|\|")
_PARAMETER = re.compile(r"\{\{\{([^{}|]*)(?:\|([^{}]*))?\}\}\}")
_LEGAL = r"[^\[\]{}|<>#\n\x00]"
_SPACE_NAME = r"[^\[\]{}|<>#\n\x00:!-,./;=?@\\^`~]"
_PIPES = (
    re.compile(rf"\[\[(:?{_SPACE_NAME}+:|:|)({_LEGAL}+?)( ?\({_LEGAL}+\))\|\]\]"),
    re.compile(rf"\[\[(:?{_SPACE_NAME}+:|:|)({_LEGAL}+?)( ?（{_LEGAL}+）)\|\]\]"),
    re.compile(rf"\[\[(:?{_SPACE_NAME}+:|:|)({_LEGAL}+?)( ?\({_LEGAL}+\)|)((?:, |，|، ){_LEGAL}+|)\|\]\]"),
)
_REVERSE = re.compile(rf"\[\[\|({_LEGAL}+)\]\]")
_TARGET = re.compile(r"\[\[([^\[\]{}|<>\n]+)(?:\||\]\])")
_CONTEXT = re.compile(rf"({_SPACE_NAME}+:|){_LEGAL}+?( \({_LEGAL}+\)|, {_LEGAL}+|)$")


@dataclass(frozen=True, slots=True)
class Hand:
    """Who saves what where: signature and timestamp to put, the page's names, and how to get a template.

    ``template`` answers a name with the template's title and text, None where there is none.
    """

    signature: str
    timestamp: str
    page_name: str
    full_page_name: str
    user: str
    template: Callable[[str], tuple[str, str] | None]
    subst: tuple[str, ...] = ("SUBST:", "SAFESUBST:")


def transform(text: str, hand: Hand) -> str:
    """The text as it is saved."""
    work = _Work(hand)
    text = work.substitute(work.mask(clean(text)), 0)
    if "~~~" in text:
        signed = {5: hand.timestamp, 4: f"{hand.signature} {hand.timestamp}", 3: hand.signature}
        text = re.sub("~{3,5}", lambda tildes: signed[len(tildes[0])], text)
    return work.unmask(_pipe_trick(text, hand.page_name)).rstrip(WHITE_SPACE)


def links_in(text: str) -> Iterator[str]:
    """The targets of a text's links as written, fragments and all; none from comments, nowiki and the like."""
    for found in _TARGET.finditer(_OPAQUE.sub("", text)):
        yield unquote(found[1]) if "%" in found[1] else found[1]


def clean(text: str) -> str:
    """Text as the API takes it in: Unicode form C, LF, no control characters, no white space at the end."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("\ufffd", text).rstrip(WHITE_SPACE)


def _pipe_trick(text: str, page_name: str) -> str:
    """Gives ``[[Help:Page (context)|]]`` its label and ``[[|name]]`` the context of the page it stands on."""
    if "|]]" in text:
        text = _PIPES[0].sub(r"[[\1\2\3|\2]]", text)
        text = _PIPES[1].sub(r"[[\1\2\3|\2]]", text)
        text = _PIPES[2].sub(r"[[\1\2\3\4|\2]]", text)
    if "[[|" in text:
        context = _CONTEXT.match(page_name)
        before, after = (context[1], context[2]) if context else ("", "")
        plain = not (before or after)
        text = _REVERSE.sub(lambda link: f"[[{link[1]}]]" if plain else f"[[{before}{link[1]}{after}|{link[1]}]]", text)
    return text


@dataclass(slots=True)
class _Work:
    """One transform on its way; ``kept`` holds the opaque spans that markers stand for."""

    hand: Hand
    kept: list[str] = field(default_factory=list)
    calling: list[str] = field(default_factory=list)

    def mask(self, text: str) -> str:
        return _OPAQUE.sub(self._keep, text)

    def _keep(self, match: re.Match[str]) -> str:
        self.kept.append(match[0])
        return f"\0{len(self.kept) - 1}\0"

    def unmask(self, text: str) -> str:
        return _MARKER.sub(lambda marker: self.kept[int(marker[1])], text)

    def _without_comments(self, text: str) -> str:
        return _MARKER.sub(lambda mark: "" if self.kept[int(mark[1])].startswith("<!--") else mark[0], text)

    def substitute(self, text: str, depth: int) -> str:
        """Expands every ``{{subst:…}}``, wherever it stands; all other braces stay."""
        opener = re.compile(rf"\{{\{{(?=\s*(?:{'|'.join(map(re.escape, self.hand.subst))}))", re.IGNORECASE)
        pieces: list[str] = []
        at = 0
        while found := opener.search(text, at):
            bars = _parts(text, found.end())
            if bars is None:
                pieces.append(text[at : found.end()])
                at = found.end()
                continue
            pieces += [
                text[at : found.start()],
                self._call(text[found.start() : bars[-1] + 2], bars, found.start(), depth),
            ]
            at = bars[-1] + 2
        return "".join([*pieces, text[at:]])

    def _call(self, source: str, bars: list[int], offset: int, depth: int) -> str:
        cuts = [2, *(bar - offset + 1 for bar in bars)]
        parts = [self.substitute(source[a : b - 1], depth) for a, b in pairwise(cuts)]
        name = self._without_comments(parts[0].partition(":")[2]).strip()
        found = self._body(name)
        if found is None or depth >= MAX_DEPTH:
            return "{{" + "|".join(parts) + "}}"
        title, body = found
        if title in self.calling:
            return f'<span class="error">Template loop detected: [[{title}]]</span>'
        self.calling.append(title)
        filled = self._fill(body, _arguments([self._without_comments(part) for part in parts[1:]]))
        expanded = self.substitute(filled, depth + 1)
        self.calling.pop()
        return expanded

    def _body(self, name: str) -> tuple[str, str] | None:
        words = {
            "PAGENAME": self.hand.page_name,
            "FULLPAGENAME": self.hand.full_page_name,
            "REVISIONUSER": self.hand.user,
            "!": "|",
        }
        if name in words:
            return name, words[name]
        found = self.hand.template(name)
        return None if found is None else (found[0], self._included(found[1]))

    def _included(self, text: str) -> str:
        """A template's text as its callers see it."""
        text = self.mask(text)
        only = re.findall(r"<onlyinclude>(.*?)</onlyinclude>", text, re.DOTALL)
        if only:
            text = "".join(only)
        text = re.sub(r"<noinclude>.*?(?:</noinclude>|\Z)", "", text, flags=re.DOTALL)
        return re.sub(r"</?includeonly>", "", text)

    def _fill(self, text: str, arguments: Mapping[str, str]) -> str:
        """Puts arguments in the place of parameters, inner ones first; without argument and default they stay."""

        def value(match: re.Match[str]) -> str:
            given = arguments.get(match[1].strip(), match[2])
            # A marker keeps what is filled in from being read as a parameter again.
            self.kept.append(match[0] if given is None else given)
            return f"\1{len(self.kept) - 1}\1"

        count = 1
        while count:
            text, count = _PARAMETER.subn(value, text)
        marker = re.compile("\1([0-9]+)\1")
        while "\1" in text:
            text = marker.sub(lambda mark: self.kept[int(mark[1])], text)
        return text


def _arguments(parts: list[str]) -> dict[str, str]:
    """Arguments by name; those without one are numbered, and keep their white space."""
    arguments: dict[str, str] = {}
    number = 0
    for part in parts:
        name, equals, value = part.partition("=")
        if equals:
            arguments[name.strip()] = value.strip()
        else:
            number += 1
            arguments[str(number)] = part
    return arguments


def _parts(text: str, start: int) -> list[int] | None:
    """The offsets of the bars at the top level of a call, and of its closing braces; None where it is not closed."""
    stack: list[str] = []
    bars: list[int] = []
    at = start
    while found := _BRACES.search(text, at):
        brace, at = found[0], found.end()
        if brace in {"{{{", "{{", "[["}:
            stack.append(brace)
        elif brace == "|":
            if not stack:
                bars.append(found.start())
        elif brace == "]]":
            if stack and stack[-1] == "[[":
                stack.pop()
        else:
            if not stack:
                return [*bars, found.start()]
            if stack[-1] == "[[":
                # An open link swallows the braces, as it does in MediaWiki.
                continue
            if brace == "}}}" and stack[-1] != "{{{":
                at -= 1
            stack.pop()
    return None
