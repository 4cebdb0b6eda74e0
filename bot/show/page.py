"""One self-contained HTML page that tells what happened: pages, diffs, and a reason for every thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from jinja2 import Environment, PackageLoader, select_autoescape

from bot.show.diff import DiffLine, diff

Kind = Literal["board", "archive", "talk", "summary", "other"]


@dataclass(frozen=True, slots=True)
class PageShown:
    """A wiki page before and after; equal texts mean that nothing happened to it."""

    wiki: str
    title: str
    kind: Kind
    before: str
    after: str

    @property
    def diff(self) -> tuple[DiffLine, ...]:
        """What differs, line by line."""
        return diff(self.before, self.after)

    @property
    def anchor(self) -> str:
        """The name of this page's place in the HTML."""
        return "page-" + "".join(letter if letter.isalnum() else "-" for letter in f"{self.wiki}-{self.title}")


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of what happened: when, who did it (a person, the bot), what; and what an edit of the bot changed."""

    when: str
    who: str
    what: str
    by_bot: bool = False
    before: str = ""
    after: str = ""

    @property
    def diff(self) -> tuple[DiffLine, ...]:
        """What the edit changed, line by line."""
        return diff(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a thread was or was not acted on."""

    board: str
    thread: str
    task: str
    verdict: str
    found: str
    wanted: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """All that one HTML page shows."""

    title: str
    intro: str
    pages: tuple[PageShown, ...]
    reasons: tuple[Reason, ...]
    happenings: tuple[Happening, ...] = ()
    language: str = "en"

    def of(self, kind: Kind) -> Iterable[PageShown]:
        """The pages of one kind, in order."""
        return (page for page in self.pages if page.kind == kind)


_SECTIONS: tuple[tuple[Kind, str], ...] = (
    ("board", "Boards"),
    ("archive", "Archives"),
    ("talk", "Notices on talk pages"),
    ("summary", "What is waiting"),
    ("other", "Other pages"),
)


def render(story: Story) -> str:
    """The page: no script, no outside resource, readable in light and dark and on paper."""
    loader = PackageLoader("bot.show")
    environment = Environment(loader=loader, autoescape=select_autoescape(default=True), trim_blocks=True)
    return environment.get_template("story.html").render(story=story, sections=_SECTIONS)
