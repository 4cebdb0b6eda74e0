"""Cuts a board into lead, threads and tail: which headings begin a thread, where it ends, what stays on the board."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.model import CATEGORY, TEMPLATE, Comment, Heading, Thread, WikiInfo
from bot.reading.wikitext import Scan

_LINK = re.compile(r"\[\[[ _]*(?P<prefix>[^\[\]{}|:\n]+?)[ _]*:(?P<rest>[^\[\]{}|\n]+)(?:\|[^\[\]{}\n]*)?\]\]")
_INTERWIKI = re.compile(r"[a-z][a-z-]{1,11}")
_SWITCH = re.compile(
    r"__[^\W_]+__|\{\{[ \t]*DEFAULTSORT:[^{}\n]*\}\}|</?(?:noinclude|onlyinclude|includeonly)[ \t]*/?>"
)
_TRANSCLUSION = re.compile(r"\{\{[ \t\n]*(?P<name>[^{}|\n]+?)[ \t\n]*(?:\||\}\})")


@dataclass(frozen=True, slots=True)
class Span:
    """Where a thread stands, and its heading (None on list-style boards)."""

    start: int
    end: int
    heading: Heading | None


def sections(headings: Sequence[Heading], level: int, tail: int) -> tuple[Span, ...]:
    """Cut at headings of the level; shallower ones end a thread and belong to none, deeper ones stay inside."""
    spans: list[Span] = []
    begun: Heading | None = None
    for heading in headings:
        if heading.level > level:
            continue
        if begun is not None:
            spans.append(Span(begun.start, heading.start, begun))
        begun = heading if heading.level == level else None
    if begun is not None:
        spans.append(Span(begun.start, max(tail, begun.end), begun))
    return tuple(spans)


def find_tail(scan: Scan, info: WikiInfo, floor: int, dated: Callable[[str], bool]) -> int:
    """Where the board's tail begins: the lines at its end that only hold categories, interwiki links and markers.

    ``floor`` is where the last heading ends: the tail does not reach before it. A comment that holds a timestamp
    (``dated`` tells) is a pin of its thread, not a marker. Without such lines the tail is empty.
    """
    text, tail, end = scan.text, len(scan.text), len(scan.text)
    comments = {span.end: span.start for span in scan.opaque if span.name == "comment"}
    if scan.unclosed and scan.unclosed[-1].name == "comment":
        return tail
    while end > floor:
        start = _line_start(text, end, comments)
        if start < floor:
            break
        line = text[start:end]
        if line.strip():
            if not _belongs_to_page(line, info, dated):
                break
            tail = start
        end = start
    return tail


def _line_start(text: str, end: int, comments: dict[int, int]) -> int:
    """Where the line that ends at an offset begins; a line break within a comment does not part lines."""
    at = end - 1 if text[end - 1] == "\n" else end
    while at > 0 and text[at - 1] != "\n":
        at = comments.get(at, at - 1)
    return at


def _belongs_to_page(line: str, info: WikiInfo, dated: Callable[[str], bool]) -> bool:
    rest = line
    while "<!--" in rest:
        start = rest.index("<!--")
        end = rest.find("-->", start + 4)
        if end < 0 or dated(rest[start:end]):
            return False
        rest = rest[:start] + rest[end + 3 :]
    rest = _LINK.sub(lambda link: "" if _is_page_link(link, info) else "x", _SWITCH.sub("", rest))
    return not rest.strip()


def _is_page_link(link: re.Match[str], info: WikiInfo) -> bool:
    """Tell whether a link files the page or leads to it in another language, rather than being text."""
    namespace = namespace_of(link["prefix"], info)
    if namespace is None:
        return _INTERWIKI.fullmatch(link["prefix"]) is not None and "|" not in link.group()
    return namespace == CATEGORY


def namespace_of(prefix: str, info: WikiInfo) -> int | None:
    """The number of a namespace by any of its names, None where the wiki has none of that name."""
    wanted = " ".join(prefix.replace("_", " ").split()).casefold()
    for number, namespace in info.namespaces.items():
        if any(name and name.replace("_", " ").casefold() == wanted for name in namespace.names):
            return number
    return None


def is_transcluded(scan: Scan, span: Span, info: WikiInfo) -> bool:
    """Tell whether a thread holds nothing but another page (``{{/Case}}``, ``{{Project:Cases/1}}``)."""
    start = span.heading.end if span.heading is not None else span.start
    at = start
    while at < span.end and scan.text[at] in " \t\n":
        at += 1
    match = _TRANSCLUSION.match(scan.text, at, span.end)
    if match is None or scan.text[scan.outer_templates.end_of(at) : span.end].strip() or at not in scan.outer_templates:
        return False
    name = match["name"]
    prefix, colon, _ = name.partition(":")
    if name.startswith("/"):
        return True
    if not colon:
        return False
    return not prefix or namespace_of(prefix, info) not in (None, TEMPLATE)


def build(
    scan: Scan, spans: Sequence[Span], headings: Sequence[Heading], comments: Sequence[Comment], info: WikiInfo
) -> tuple[tuple[Thread, ...], tuple[Comment, ...]]:
    """Give each thread its comments and sub-headings; what lies in no thread comes back as the second value.

    A comment belongs where its signature stands. Identities are filled in later.
    """
    ends = [comment.end for comment in comments]
    heads = [heading.start for heading in headings]
    threads: list[Thread] = []
    outside: list[Comment] = []
    done = 0
    for span in spans:
        low, high = bisect_left(ends, span.start + 1), bisect_left(ends, span.end + 1)
        outside.extend(comments[done:low])
        own = comments[low:high]
        done = high
        inner = headings[bisect_left(heads, span.start) : bisect_left(heads, span.end)]
        threads.append(
            Thread(
                span.heading,
                span.start,
                span.end,
                "",
                tuple(own),
                tuple(heading for heading in inner if heading is not span.heading),
                transcluded=not own and is_transcluded(scan, span, info),
            )
        )
    outside.extend(comments[done:])
    return tuple(threads), tuple(outside)
