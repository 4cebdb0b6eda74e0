"""Whether the last editor of a page is one whom the operator trusts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from bot.model import Page
from bot.wiki.port import Wiki


@dataclass(slots=True)
class Trust:
    """Remembers, for this run, whose revisions count; each new editor costs one request.

    ``vouched`` are revisions that are known to be a trusted editor's.
    """

    wiki: Wiki
    groups: Collection[str]
    vouched: Collection[int] = frozenset()
    _known: dict[str, bool] = field(default_factory=dict)

    def learn(self, pages: Iterable[Page]) -> None:
        """Ask about the editors of several pages in one request."""
        self.learn_names(page.editor for page in pages if page.exists and page.revision not in self.vouched)

    def knows_of(self, page: Page) -> bool:
        """Whether ``of`` needs no request."""
        return not page.exists or page.revision in self.vouched or not page.editor or page.editor in self._known

    def learn_names(self, names: Iterable[str]) -> None:
        """Ask about several editors in one request; a hidden name is nobody's."""
        names = sorted({name for name in names if name} - self._known.keys())
        if names:
            users = self.wiki.users(names)
            for name in names:
                self._known[name] = name in users and bool(users[name].groups & frozenset(self.groups))

    def knows(self, name: str) -> bool:
        """Whether this editor is trusted."""
        self.learn_names([name])
        return self._known.get(name, False)

    def of(self, page: Page) -> bool:
        """Whether the page's current revision is a trusted editor's; a hidden name is nobody's."""
        return page.exists and (page.revision in self.vouched or self.knows(page.editor))

    def accepts(self, page: Page) -> bool:
        """Whether the page counts: a trusted editor's revision, or protected at a trusted level."""
        return self.of(page) or page.protection.get("edit") in self.groups
