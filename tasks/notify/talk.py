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


def talk_page(person: str, info: WikiInfo) -> str:
    """The title of somebody's talk page, as the wiki itself writes it."""
    return f"{info.namespaces[USER_TALK].name}:{person}"


def talk_of(person: str, snapshot: Snapshot) -> Page:
    """The page that a notice to somebody goes to: their talk page, or the one that it redirects to (once)."""
    page = snapshot.pages[talk_page(person, snapshot.info)]
    return snapshot.pages[page.redirect] if page.redirect is not None else page


def told_by_anyone(talk: str, opened: datetime, snapshot: Snapshot, templates: Iterable[str] = ()) -> bool:
    """Whether the talk page links to the board, or holds a notice template, in something written since the opening.

    What was written when is told by the first timestamp after it. What does not show (comments, nowiki) tells nobody:
    else a hidden line could keep somebody from ever being told.
    """
    found = scan(talk, tags_of(snapshot.info.extensions))
    ends = [match.end() for match in _title_pattern(snapshot.board.title, snapshot.info).finditer(talk)]
    ends += _used(found, templates, snapshot)
    shown = [end for end in ends if end - 1 not in found.hidden]
    if not shown:
        return False
    stamps = [stamp for stamp in learn(snapshot.info).find(talk) if stamp.start not in found.hidden]
    for end in shown:
        after = next((stamp for stamp in stamps if stamp.start >= end), None)
        if after is not None and after.instant >= opened - _SLACK:
            return True
    return False


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
