"""The wiki port on an embedded wiki: what the bot's account sees and may do, and what that would cost in requests."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, Unpack

from bot.model import Account, Contribution, Page, PageAction, Revision, User
from bot.wiki.embedded.community import SiteOptions
from bot.wiki.embedded.site import Attempt, Site
from bot.wiki.embedded.store import PageRow, RevisionRow
from bot.wiki.embedded.titles import user_name
from bot.wiki.embedded.transform import links_in
from bot.wiki.port import Barred, Reading, Saved, Write

# The API ends an answer at this size and goes on in another one (Manual:$wgAPIMaxResultSize).
MAX_ANSWER_BYTES = 8 * 1024 * 1024
T = TypeVar("T")


class EmbeddedWiki(Site):
    """The ``Wiki`` port in one SQLite file; as a ``Site`` it also has everybody else's hands, for tests and the demo.

    ``bot`` is the account that the port acts as ("" for nobody logged in); it is made with the group bot when the file
    does not know it. ``requests`` counts what a real API would have been asked, ``asked`` the same by method.

    Hooks let a test step in between: ``before_read`` gets the number of the read and the titles, ``before_save`` and
    ``after_save`` the number of the save (from 1) and the write. What they raise passes through: before the save
    nothing was saved, after it everything was. ``on_requests`` gets the number of requests that a call has cost.
    """

    def __init__(
        self,
        path: str | Path = ":memory:",
        *,
        name: str = "embedded",
        bot: str = "Boardclerk",
        groups: Collection[str] = ("bot",),
        **options: Unpack[SiteOptions],
    ) -> None:
        super().__init__(path, **options)
        self.name = name
        self.bot = user_name(bot)
        if self.bot and self.store.account(self.bot) is None:
            self.add_user(self.bot, groups)
        self.requests = 0
        self.asked: Counter[str] = Counter()
        self.reads = 0
        self.saves = 0
        self.before_read: Callable[[int, Sequence[str]], None] | None = None
        self.before_save: Callable[[int, Write], None] | None = None
        self.after_save: Callable[[int, Write], None] | None = None
        self.on_requests: Callable[[int], None] | None = None

    def facts(self) -> Mapping[str, Any]:
        """The wiki's facts: one request for them, one for the timestamp sample."""
        self._count("facts", 2)
        return self.language.facts(self.now)

    def account(self) -> Account:
        """The account the port acts as; the first read tells it beside the pages, so it costs only when asked first."""
        if not self.requests:
            self._count("account", 1)
        if not self.bot:
            return Account("", frozenset({"*"}), frozenset({"read"}))
        return Account(self.bot, self.groups_of(self.bot), self.rights_of(self.bot))

    def read(self, titles: Collection[str], *, text: bool = True) -> Reading:
        """The current revisions of pages; a title that no page can have is answered as a page that does not exist."""
        self.reads += 1
        if self.before_read:
            self.before_read(self.reads, tuple(titles))
        pages = {asked: self._page(asked, text=text) for asked in titles}
        self._count_batches("read", list(pages.values()), text=text)
        return Reading(self.now, pages)

    def revisions(self, ids: Collection[int]) -> Mapping[int, Page]:
        """Pages as of given revisions; of hidden ones neither text nor editor."""
        found: dict[int, Page] = {}
        for number in ids:
            row = self.store.revision(number)
            if row is not None:
                page = self.store.page(row.title)
                found[number] = self._as_page(row, page, text=True)
        self._count_batches("revisions", list(found.values()), text=True, asked=len(set(ids)))
        return found

    def users(self, names: Collection[str]) -> Mapping[str, User]:
        """What the wiki says of these names."""
        self._count("users", -(-len(set(names)) // self._batch))
        return {asked: self.user(asked) for asked in names}

    def history(
        self, title: str, *, since: datetime | None = None, text: bool = False, limit: int | None = None
    ) -> Iterator[Revision]:
        """A page's revisions, newest first; counted as they are taken."""
        known = self.titles.title(title)
        if known is None:
            return
        # With text the API gives a tenth of the rows (API:Revisions, rvlimit).
        size = self._batch if text else self._batch * 10

        def more(before: int, count: int) -> list[RevisionRow]:
            return self.store.history(known.full, before=before, count=count, text=text)

        for row in self._paged("history", more, size, since, limit):
            shown = text and not row.hidden
            yield Revision(
                id=row.id,
                instant=row.instant,
                editor="" if row.hidden else row.editor,
                summary="" if row.hidden else row.summary,
                size=row.size,
                text=row.text if shown else None,
                hidden=row.hidden,
                reverted=row.reverted,
            )

    def contributions(self, *, since: datetime | None = None, limit: int | None = None) -> Iterator[Contribution]:
        """The bot's own edits, newest first; those on deleted pages are gone."""

        def more(before: int, count: int) -> list[RevisionRow]:
            return self.store.contributions(self.bot, before=before, count=count)

        for row in self._paged("contributions", more, self._batch * 10, since, limit):
            summary = "" if row.hidden else row.summary
            yield Contribution(row.title, row.id, row.instant, summary, created=not row.parent, reverted=row.reverted)

    def redirects(self, titles: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """For each title, the redirects that lead to it."""
        self._count("redirects", -(-len(set(titles)) // self._batch))
        known = {asked: self.titles.title(asked) for asked in titles}
        return {asked: self.store.redirects_to(title.full) if title else () for asked, title in known.items()}

    def page_actions(self, titles: Collection[str]) -> Mapping[str, PageAction | None]:
        """Who protected or deleted pages: one request for all, one more for each that is protected or not there."""
        found: dict[str, PageAction | None] = dict.fromkeys(titles)
        for asked in titles:
            title = self.titles.title(asked)
            if title is not None:
                exists = self.store.page(title.full) is not None
                found[asked] = self.store.actions.standing(title.full, self.now, exists=exists)
        looked = sum(one is not None for one in found.values())
        self._count("page_actions", -(-len(found) // self._batch) + looked)
        return found

    def linking(self, title: str, *, namespaces: Collection[int], limit: int) -> tuple[Page, ...]:
        """Pages that link to a title, by the links in their texts; what templates would bring is not looked at."""
        known = self.titles.title(title)
        found: list[Page] = []
        for number, name in self.store.pages_in_order() if known and namespaces else ():
            if len(found) == limit:
                break
            own, row = self.titles.title(name), self.store.revision(number)
            if row is None or own is None or own.namespace not in namespaces or own == known:
                continue
            linked = map(self.titles.title, links_in(row.text))
            if self.redirect_target(row.text) is None and known in linked:
                found.append(self._page(name, text=False))
        self._count("linking", 1 + -(-len(found) // self._batch))
        return tuple(found)

    def save(self, write: Write) -> Saved:
        """Saves once."""
        if (write.text is None) == (write.section is None):
            raise ValueError("a write holds either the page's text or a new section")
        self.saves += 1
        number = self.saves
        if self.before_save:
            self.before_save(number, write)
        self._count("save", 1)
        if not self.bot:
            raise Barred("nobody is logged in")
        saved = self.attempt(
            Attempt(
                user=self.bot,
                title=write.title,
                summary=write.summary,
                text=write.text,
                section=write.section,
                heading=write.section_heading,
                base=write.base,
                minor=write.minor,
                bot=write.bot,
            )
        )
        if self.after_save:
            self.after_save(number, write)
        return saved

    def close(self) -> None:
        """Closes the file."""
        self.store.close()

    @property
    def _batch(self) -> int:
        return 500 if "apihighlimits" in self.rights_of(self.bot) else 50

    def _page(self, asked: str, *, text: bool) -> Page:
        title = self.titles.title(asked)
        if title is None:
            return Page(asked)
        page = self.store.page(title.full)
        row = self.store.revision(page.latest) if page else None
        if row is None:
            return Page(title.full, protection=self.store.actions.protection(title.full, self.now))
        return self._as_page(row, page, text=text)

    def _as_page(self, row: RevisionRow, page: PageRow | None, *, text: bool) -> Page:
        shown = text and not row.hidden
        return Page(
            title=row.title,
            revision=row.id,
            text=row.text if shown else None,
            instant=row.instant,
            editor="" if row.hidden else row.editor,
            hidden=row.hidden,
            size=row.size,
            model=page.model if page else "wikitext",
            redirect=None if row.hidden else self.redirect_target(row.text),
            protection=self.store.actions.protection(row.title, self.now),
        )

    def _paged(
        self,
        method: str,
        more: Callable[[int, int], list[RevisionRow]],
        size: int,
        since: datetime | None,
        limit: int | None,
    ) -> Iterator[RevisionRow]:
        rows = itertools.islice(self._rows(method, more, size, limit), limit)
        return itertools.takewhile(lambda row: since is None or row.instant >= since, rows)

    def _rows(
        self, method: str, more: Callable[[int, int], list[RevisionRow]], size: int, limit: int | None
    ) -> Iterator[RevisionRow]:
        before = 2**62
        count = size if limit is None else min(size, limit)
        while True:
            self._count(method, 1)
            rows = more(before, count)
            yield from rows
            if len(rows) < count:
                return
            before = rows[-1].id

    def _count(self, method: str, requests: int) -> None:
        self.requests += requests
        self.asked[method] += requests
        if self.on_requests:
            self.on_requests(requests)

    def _count_batches(self, method: str, pages: list[Page], *, text: bool, asked: int | None = None) -> None:
        """One request per batch of titles, more where the texts pass the API's limit of one answer; never none."""
        number = max(1, -(-(len(pages) if asked is None else asked) // self._batch))
        if text:
            number = max(number, sum(_answers(batch) for batch in _batches(pages, self._batch)))
        self._count(method, number)


def _batches(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _answers(pages: Sequence[Page]) -> int:
    """In how many answers the API gives these texts."""
    answers, room = 1, MAX_ANSWER_BYTES
    for page in pages:
        if page.size > room and room < MAX_ANSWER_BYTES:
            answers, room = answers + 1, MAX_ANSWER_BYTES
        room -= page.size
    return answers
