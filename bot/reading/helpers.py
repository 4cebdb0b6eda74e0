"""Who helps on a board: the accounts and pages that must be looked up before threads can be judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.model import Page, Thread, WikiInfo
from bot.reading.authors import AuthorLinks
from bot.reading.rights import people_needed
from bot.reading.rules import Rules


def accounts_needed(threads: Iterable[Thread], rules: Rules) -> frozenset[str]:
    """The names whose groups decide what became of these threads."""
    return frozenset().union(*(people_needed(thread, rules) for thread in threads))


def listings(rules: Rules) -> frozenset[str]:
    """The pages that name a board's helpers."""
    return frozenset(people.listed_on for people in (rules.closers, rules.responders)) - {""}


def listed_names(info: WikiInfo, rules: Rules, pages: Mapping[str, Page]) -> Mapping[str, frozenset[str]]:
    """Who stands on those pages, as far as they are in hand: every user whom a link there names."""
    links = AuthorLinks(info)
    names: dict[str, frozenset[str]] = {}
    for title in listings(rules):
        page = pages.get(title)
        if page is not None:
            text = page.text or ""
            names[title] = frozenset(found.author for found in links.find(text, 0, len(text)))
    return names
