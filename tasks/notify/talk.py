"""Talk pages as evidence: where somebody's is, and whether they were told there already."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.model import USER_TALK, Page, WikiInfo
from bot.plan import Snapshot
from bot.reading.signatures import learn
from bot.reading.templatenames import TemplateNames
from bot.reading.wikitext import Scan, scan, tags_of

_SLACK = timedelta(minutes=1)
_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)\b([^<>]*)>")
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def talk_page(person: str, info: WikiInfo) -> str:
    """The title of somebody's talk page, as the wiki itself writes it."""
    return f"{info.namespaces[USER_TALK].name}:{person}"


def talk_of(person: str, snapshot: Snapshot) -> Page:
    """The page that a notice to somebody goes to: their talk page, or the one that it redirects to (once)."""
    page = snapshot.pages[talk_page(person, snapshot.info)]
    return snapshot.pages[page.redirect] if page.redirect is not None else page


def told_by_anyone(talk: str, opened: datetime, snapshot: Snapshot, templates: Iterable[str] = ()) -> bool:
    """Whether the talk page links to the board, or holds a notice template, in something written since the opening.

    What was written when is told by the first timestamp after it. What does not show (comments, nowiki, an element that
    its style takes out of sight) tells nobody: else a hidden line could keep somebody from ever being told.
    """
    found = scan(talk, tags_of(snapshot.info.extensions))
    ends = [match.end() for match in _title_pattern(snapshot.board.title, snapshot.info).finditer(talk)]
    ends += _used(found, templates, snapshot)
    unseen = _unseen(talk) if ends else ()
    shown = [end for end in ends if end - 1 not in found.hidden and not any(low <= end <= high for low, high in unseen)]
    if not shown:
        return False
    stamps = [stamp for stamp in learn(snapshot.info).find(talk) if stamp.start not in found.hidden]
    for end in shown:
        after = next((stamp for stamp in stamps if stamp.start >= end), None)
        if after is not None and after.instant >= opened - _SLACK:
            return True
    return False


def _unseen(text: str) -> list[tuple[int, int]]:
    """Where elements stand that their style takes out of sight; one without an end hides all that follows."""
    spans: list[tuple[int, int]] = []
    at = 0
    while (tag := _TAG.search(text, at)) is not None:
        at = tag.end()
        if _INVISIBLE.search(_without_comments(tag[2])):
            at = _end_of(tag[1], text, at)
            spans.append((tag.start(), at))
    return spans


def _without_comments(style: str) -> str:
    """A tag's attributes without what CSS takes for comments (Sanitizer::normalizeCss)."""
    first, *rest = style.split("/*")
    return first + "".join(part.partition("*/")[2] for part in rest)


def _end_of(name: str, text: str, at: int) -> int:
    """Where an element ends whose tag ends at an offset; others of its name may stand inside it."""
    depth = 1
    for tag in re.compile(rf"<(/?){name}\b[^<>]*>", re.I).finditer(text, at):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    return len(text)


def _used(found: Scan, templates: Iterable[str], snapshot: Snapshot) -> list[int]:
    names = TemplateNames(snapshot.info, snapshot.rules.aliases)
    known = names.table(templates)
    return [used.span.end for used in names.used(found) if used.name in known] if known else []


def _title_pattern(title: str, info: WikiInfo) -> re.Pattern[str]:
    """The title as people write it in a link: namespace in any alias, underscores or spaces, a leading colon."""
    prefix, colon, rest = title.partition(":")
    names: tuple[str, ...] = ()
    if colon:
        names = next((space.names for space in info.namespaces.values() if prefix in space.names), (prefix,))
    else:
        rest = title
    words = r"[ _]+".join(re.escape(word) for word in rest.replace("_", " ").split())
    if info.first_letter and rest:
        words = f"(?i:{re.escape(rest[0])}){words[len(re.escape(rest[0])) :]}"
    spelt = "|".join(r"[ _]+".join(re.escape(word) for word in name.split()) for name in names)
    first = rf"(?i:{spelt})[ _]*:[ _]*" if spelt else ""
    return re.compile(rf"\[\[[ _]*:?[ _]*{first}{words}[ _]*(?:[#|\]])")
