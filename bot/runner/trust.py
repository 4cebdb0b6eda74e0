"""Whether the last editor of a page is one whom the operator trusts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from bot.model import Page
from bot.wiki.port import Wiki


@dataclass(slots=True)
class Trust:
    """Remembers, for this run, whose revisions count; each new editor costs one request."""

    wiki: Wiki
    groups: Collection[str]
    _known: dict[str, bool] = field(default_factory=dict)

    def learn(self, pages: Iterable[Page]) -> None:
        """Ask about the editors of several pages in one request."""
        names = sorted({page.editor for page in pages if page.exists and page.editor} - self._known.keys())
        if names:
            users = self.wiki.users(names)
            for name in names:
                self._known[name] = name in users and bool(users[name].groups & frozenset(self.groups))

    def of(self, page: Page) -> bool:
        """Whether the page's current revision is a trusted editor's; a hidden name is nobody's."""
        if not page.exists or not page.editor:
            return False
        self.learn([page])
        return self._known[page.editor]

    def accepts(self, page: Page) -> bool:
        """Whether the page counts: a trusted editor's revision, or protected at a trusted level."""
        return self.of(page) or page.protection.get("edit") in self.groups
