"""Finds the headings that MediaWiki would make of a text, and says how it shows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

from bot.model import CATEGORY, Heading, WikiInfo
from bot.reading.wikitext import Scan

FILE = 6

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_NOWIKI = re.compile(r"<nowiki(?:\s[^<>]*)?>(.*?)</nowiki\s*>|<nowiki\s*/>", re.IGNORECASE | re.DOTALL)
_NOWIKI_END = re.compile(r"</nowiki\s*>", re.IGNORECASE)
_NOWIKI_EMPTY = re.compile(r"<nowiki\s*/>()", re.IGNORECASE)
_LINK = re.compile(r"\[\[(?P<target>[^\[\]{}|\n]*)(?:\|(?P<label>(?:[^\[\]]|\[(?!\[)|\](?!\]))*))?\]\]")
_EXTERNAL = re.compile(
    r"\[(?:(?:https?|ftps?|irc|news|git|svn|ssh|sip):)?//[^\s\[\]<>\"]+(?:[ \t]+(?P<label>[^\]\n]*))?\]"
)
_QUOTES = re.compile(r"'{2,5}")
_TEMPLATE = re.compile(r"\{\{[^{}|]*+(?:\|(?P<first>[^{}|=]*+))?[^{}]*+\}\}")
_SWITCH = re.compile(r"__[A-Z]+__")
# Sanitizer::armorFrenchSpaces puts a no-break space before these signs and after opening guillemets.
_FRENCH = re.compile(r"(?<=\S) (?=[?:;!%»›](?!\w))|(?<=[«‹]) ")
# Every sign that one of the expressions above, an entity or a mark of ours begins with: most headings hold none.
_MARKUP = re.compile(r"[\x00<>\[\]{}'_&?:;!%»›«‹]")
_ROUNDS = 20


def find_headings(scan: Scan, info: WikiInfo) -> tuple[Heading, ...]:
    """Find the headings in order of the text (Parser::handleHeadings).

    A heading is a line that, without its comments, begins and ends with ``=``; not in opaque tags or templates.
    ``end`` is the end of the line without its line break.
    """
    text, found, done = scan.text, [], 0
    comment_starts = {span.end: span.start for span in scan.opaque if span.name == "comment"}
    for at in _candidates(text):
        if at < done or at in scan.masked:
            continue
        start = at
        while start in comment_starts:
            start = comment_starts[start]
        if start and text[start - 1] != "\n":
            continue
        end = done = logical_line_end(scan, at)
        if heading := _heading(scan, (start, at, end), info):
            found.append(heading)
    return tuple(found)


def _candidates(text: str) -> Iterator[int]:
    """Give every ``=`` that begins a line or follows a comment."""
    found = [0] if text.startswith("=") else []
    for sign in ("\n=", "-->="):
        # a plain search is ten times as fast as an expression for both
        at = text.find(sign)
        while at >= 0:
            found.append(at + len(sign) - 1)
            at = text.find(sign, at + 1)
    found.sort()
    yield from found


def logical_line_end(scan: Scan, offset: int) -> int:
    """Where the line at an offset ends: at the first line break that no comment, tag or template holds."""
    text = scan.text
    while True:
        end = text.find("\n", offset)
        if end < 0:
            return len(text)
        offset = scan.masked.end_of(end)
        if offset < 0:
            return end


def _heading(scan: Scan, line: tuple[int, int, int], info: WikiInfo) -> Heading | None:
    start, at, end = line
    written = without_comments(scan, at, end).rstrip()
    signs = len(written) - len(written.lstrip("="))
    if signs == len(written):
        level = min(6, (signs - 1) // 2) if signs >= 3 else 0
    else:
        level = min(6, signs, len(written) - len(written.rstrip("=")))
    if level == 0:
        return None
    return Heading(shown(written[level:-level], info), level, start, end)


def without_comments(scan: Scan, start: int, end: int) -> str:
    """Cut the comments out of a span of the text."""
    text = scan.text
    if text.find("<!--", start, end) < 0:
        return text[start:end]
    parts, at = [], start
    for low, high in scan.hidden.between(start, end):
        if text.startswith("<!--", low):
            parts.append(text[at:low])
            at = min(high, end)
    parts.append(text[at:end])
    return "".join(parts)


def shown(wikitext: str, info: WikiInfo) -> str:
    """Reduce markup and links to the text a reader sees.

    Of a template, whose output stands on another page, the first unnamed parameter is taken.
    """
    if _MARKUP.search(wikitext) is None:
        return wikitext.strip()
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[1] or "")
        return f"\x00{len(kept) - 1}\x00"

    text = wikitext.replace("\x00", "")
    if "<" in text:
        # beyond the last end none ends: thousands that begin there would each be followed to the end of the text
        last = max((match.end() for match in _NOWIKI_END.finditer(text)), default=0)
        text = _NOWIKI.sub(keep, text[:last]) + _NOWIKI_EMPTY.sub(keep, text[last:])
    if "{{" in text:
        text = _repeat(_TEMPLATE, lambda match: match["first"] or "", text)
    if "[" in text:
        text = _repeat(_LINK, lambda match: _link_text(match, info), text)
        text = "\n".join(_without_addresses(line) for line in text.split("\n"))
    if "<" in text:
        text = _TAG.sub("", text)
    text = _SWITCH.sub("", _QUOTES.sub("", text))
    if kept:
        text = re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], text)
    return _FRENCH.sub("\N{NO-BREAK SPACE}", unescape(text)).strip()


def _without_addresses(line: str) -> str:
    """Put labels in place of bracketed addresses in a line.

    Beyond the last bracket none can end: of thousands that begin there each would be followed to the end of the line.
    """
    end = line.rfind("]") + 1
    return _EXTERNAL.sub(lambda match: match["label"] or "", line[:end]) + line[end:]


def _repeat(pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], text: str) -> str:
    for _ in range(_ROUNDS):
        text, changes = pattern.subn(replace, text)
        if not changes:
            break
    return text


def _link_text(match: re.Match[str], info: WikiInfo) -> str:
    target = match["target"].strip()
    space, colon, _ = target.partition(":")
    if colon and space and _is_namespace(space, info, FILE, CATEGORY):
        return ""
    if match["label"]:
        return match["label"]
    return target.removeprefix(":").strip()


def _is_namespace(name: str, info: WikiInfo, *numbers: int) -> bool:
    wanted = " ".join(name.replace("_", " ").split()).casefold()
    return any(
        wanted == known.replace("_", " ").casefold()
        for number in numbers
        if number in info.namespaces
        for known in info.namespaces[number].names
    )
