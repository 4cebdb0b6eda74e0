"""Wikis that can only be looked at: one made of texts in hand, and one laid over another; neither ever saves."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.model import Account, Contribution, Page, PageAction, Revision, User
from bot.wiki.port import Reading, Refused, Saved, Wiki, Write

BOT = "Boardclerk"
"""The name that the bot goes by where nobody is logged in."""

_EDITS = 1000


@dataclass(slots=True)
class Texts:
    """A wiki that consists of a few texts, the facts of a wiki, and an instant.

    Nothing is known of people here, so everybody is an established member of all ``groups``. Histories are empty.
    """

    name: str
    answer: Mapping[str, Any]
    now: datetime
    pages: Mapping[str, Page]
    groups: frozenset[str] = frozenset()

    def facts(self) -> Mapping[str, Any]:
        """The facts as they stood in the file."""
        return self.answer

    def account(self) -> Account:
        """The bot, as it would sign."""
        return Account(BOT)

    def read(self, titles: Collection[str], *, text: bool = True) -> Reading:
        """The texts in hand; every other page does not exist."""
        found = {title: self.pages.get(title, Page(title)) for title in titles}
        return Reading(self.now, found if text else {title: replace(page, text=None) for title, page in found.items()})

    def revisions(self, ids: Collection[int]) -> Mapping[int, Page]:
        """The texts in hand, by the numbers that they carry."""
        return {page.revision: page for page in self.pages.values() if page.revision in ids}

    def users(self, names: Collection[str]) -> Mapping[str, User]:
        """Every account is established and a member of all groups; an IP address is no account."""
        known = User("", groups=self.groups, edits=_EDITS)
        return {
            name: User(name, registered=False) if _is_address(name) else replace(known, name=name) for name in names
        }

    def history(
        self, title: str, *, since: datetime | None = None, text: bool = False, limit: int | None = None
    ) -> Iterator[Revision]:
        """Nothing is known of who wrote what."""
        del title, since, text, limit
        return iter(())

    def contributions(self, *, since: datetime | None = None, limit: int | None = None) -> Iterator[Contribution]:
        """Nobody has none."""
        del since, limit
        return iter(())

    def redirects(self, titles: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """There are none."""
        return dict.fromkeys(titles, ())

    def page_actions(self, titles: Collection[str]) -> Mapping[str, PageAction | None]:
        """Nothing is known of any."""
        return dict.fromkeys(titles)

    def linking(self, title: str, *, namespaces: Collection[int], limit: int) -> tuple[Page, ...]:
        """Nothing is known of other pages."""
        del title, namespaces, limit
        return ()

    def save(self, write: Write) -> Saved:
        """Refuses."""
        raise Refused("rights", f"{write.title} is only looked at")

    def close(self) -> None:
        """Holds nothing open."""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_network(name, strict=False)
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class Overlay:
    """Another wiki, with some pages as they are given here instead of as they stand there; it refuses to save."""

    under: Wiki
    pages: Mapping[str, Page]
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.under.name

    def facts(self) -> Mapping[str, Any]:
        """As the wiki underneath."""
        return self.under.facts()

    def account(self) -> Account:
        """The account logged in underneath, or else the bot as it would sign."""
        account = self.under.account()
        return account if account.name else Account(BOT, account.groups, account.rights)

    def read(self, titles: Collection[str], *, text: bool = True) -> Reading:
        """The pages given here; the others, and the clock, from underneath."""
        reading = self.under.read([title for title in titles if title not in self.pages], text=text)
        return Reading(reading.now, {**reading.pages, **{one: self.pages[one] for one in titles if one in self.pages}})

    def revisions(self, ids: Collection[int]) -> Mapping[int, Page]:
        """As the wiki underneath."""
        return self.under.revisions(ids)

    def users(self, names: Collection[str]) -> Mapping[str, User]:
        """As the wiki underneath."""
        return self.under.users(names)

    def history(
        self, title: str, *, since: datetime | None = None, text: bool = False, limit: int | None = None
    ) -> Iterator[Revision]:
        """As the wiki underneath."""
        return self.under.history(title, since=since, text=text, limit=limit)

    def contributions(self, *, since: datetime | None = None, limit: int | None = None) -> Iterator[Contribution]:
        """As the wiki underneath."""
        return self.under.contributions(since=since, limit=limit)

    def redirects(self, titles: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """As the wiki underneath."""
        return self.under.redirects(titles)

    def page_actions(self, titles: Collection[str]) -> Mapping[str, PageAction | None]:
        """As the wiki underneath."""
        return self.under.page_actions(titles)

    def linking(self, title: str, *, namespaces: Collection[int], limit: int) -> tuple[Page, ...]:
        """As the wiki underneath."""
        return self.under.linking(title, namespaces=namespaces, limit=limit)

    def save(self, write: Write) -> Saved:
        """Refuses."""
        raise Refused("rights", f"{write.title} is only looked at")

    def close(self) -> None:
        """Lets go of the wiki underneath."""
        self.under.close()
