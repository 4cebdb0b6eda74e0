"""What the contract test needs of a wiki besides the port: the hands of other people, on both adapters alike."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import pytest

from bot.messages import Gender
from bot.wiki.embedded import EmbeddedWiki
from bot.wiki.port import Wiki


class Editor(Protocol):
    """One person at work. Every edit returns the id of the page's revision afterwards."""

    def edit(
        self,
        title: str,
        text: str | None = None,
        *,
        section: str | None = None,
        append: str | None = None,
        summary: str = "",
        minor: bool = False,
    ) -> int:
        """Saves the whole page, or adds a section under a heading, or puts text at the page's end.

        ``section`` is the heading of a new section whose text is ``append``; the last write wins.
        """


class Administration(Protocol):
    """What administrators and other people do to a wiki during a test."""

    def add_user(self, name: str, groups: Collection[str] = ()) -> None:
        """Makes an account with these groups; the account must not exist yet."""

    def as_user(self, name: str) -> Editor:
        """The hands of an existing account."""

    def protect(self, title: str, level: str) -> None:
        """Lets only ``level`` ("sysop", "autoconfirmed") edit or create the page; "" lifts the protection."""

    def set_gender(self, name: str, gender: Gender) -> None:
        """Lets somebody say how they want to be spoken of."""

    def block(self, name: str, *, pages: Collection[str] = (), no_talk: bool = False) -> None:
        """Blocks an account for good, from everything or from some existing pages only."""

    def unblock(self, name: str) -> None:
        """Ends a block."""

    def delete(self, title: str) -> None:
        """Deletes a page."""

    def hide(self, revision: int) -> None:
        """Hides text, editor and summary of a revision that is not the current one."""

    def move(self, title: str, to: str) -> None:
        """Moves a page and leaves a redirect."""

    def run_jobs(self) -> None:
        """Runs what the wiki put off (the tags of reverted edits, for one)."""

    def flags(self, revision: int) -> tuple[bool, bool]:
        """Whether a recent revision was marked as minor, and as a bot's."""


@dataclass(slots=True)
class WikiPair:
    """A wiki with the bot logged in (account ``bot``, group bot) and the people around it."""

    wiki: Wiki
    admin: Administration
    bot: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    prefix: str = ""

    def title(self, word: str = "Board") -> str:
        """A title that no other test uses."""
        return f"Project:{word} {self.prefix}{next(self.numbers)}"

    def person(self, word: str = "Alba", groups: Collection[str] = ()) -> str:
        """A new account that no other test uses."""
        name = f"{word} {self.prefix}{next(self.numbers)}"
        self.admin.add_user(name, groups)
        return name


def embedded_pair() -> WikiPair:
    """The embedded wiki, in memory, with the bot's account."""
    wiki = EmbeddedWiki(bot="Boardclerk", max_page_bytes=64 * 1024)
    wiki.advance(timedelta(hours=1))
    return WikiPair(wiki, wiki, "Boardclerk")


ADAPTERS = ["embedded", pytest.param("live", marks=pytest.mark.wiki)]
"""Parameters for a fixture that gives each adapter in turn by ``pair_of``."""


def pair_of(request: pytest.FixtureRequest) -> WikiPair:
    """The adapter that the parameter names. The fixture ``live_pair`` gives the one on a real MediaWiki."""
    if request.param == "embedded":
        return embedded_pair()
    pair = request.getfixturevalue("live_pair")
    assert isinstance(pair, WikiPair)
    return pair
