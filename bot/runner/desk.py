"""Everything a run has in hand about one wiki: what was read, and how a task's needs are answered."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.guard import normal_title
from bot.journal import WikiJournal
from bot.model import Account, Board, Page, PageAction, Revision, User, WikiInfo
from bot.plan import Fact, LinkSearch, Need
from bot.reading.board import Reader
from bot.reading.rights import Signature
from bot.reading.rules import Rules
from bot.runner.openings import Openings
from bot.runner.origins import Histories, line_origins, thread_origins
from bot.runner.proofs import Proofs
from bot.runner.shelf import Shelf
from bot.wiki.port import Reading, Wiki

# Kind of fact of no board: the redirects that lead to a page, as JSON; how long they are believed.
_REDIRECTS = "redirects"
# A page of more bytes is not kept for other boards' sake.
_LARGE = 64_000
_REDIRECTS_LAST = timedelta(days=1)


@dataclass(slots=True)
class Desk:
    """Pages, users and histories read in this run. They serve planning only: nothing is saved from here (law 8).

    ``shadow`` holds, in a dry run, the texts that pages would have after the edits planned so far.
    """

    wiki: Wiki
    journal: WikiJournal
    info: WikiInfo
    account: Account
    now: datetime
    pages: dict[str, Page] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    redirects: dict[str, tuple[str, ...]] = field(default_factory=dict)
    origins: dict[tuple[str, int], dict[str, Revision | None]] = field(default_factory=dict)
    actions: dict[str, PageAction | None] = field(default_factory=dict)
    lines: dict[tuple[str, int, str], Revision | None] = field(default_factory=dict)
    linking: dict[LinkSearch, tuple[Page, ...]] = field(default_factory=dict)
    shadow: dict[str, str] = field(default_factory=dict)
    normals: dict[str, str] = field(default_factory=dict)
    boards: dict[tuple[str, int, str], Board] = field(default_factory=dict)
    shelf: Shelf = field(init=False)
    proofs: Proofs = field(init=False)
    openings: Openings = field(init=False)
    histories: Histories = field(init=False)
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Reader(self.info)
        self.proofs = Proofs(self.wiki, self.journal)
        self.openings = Openings(self.journal)
        self.histories = Histories(self.wiki)
        self.shelf = Shelf(self.journal, self.reader)

    def read(self, titles: Collection[str]) -> Reading:
        """Read pages anew, in one request where the API permits it, and keep them for planning."""
        reading = self.wiki.read(sorted(titles), text=True)
        self.now = reading.now
        self.pages.update(reading.pages)
        return reading

    def page(self, title: str) -> Page:
        """Give a page as last read in this run, in a dry run with the edits planned so far."""
        page = self.pages[title]
        shadow = self.shadow.get(self._normal(page.title))
        if shadow is None:
            return page
        return Page(page.title, page.revision, shadow, page.instant, page.editor, size=len(shadow.encode()))

    def pages_now(self) -> Mapping[str, Page]:
        """Give every page in hand as ``page`` would; it does not follow what is read later."""
        if not self.shadow:
            return dict(self.pages)
        return {title: self.page(title) for title in self.pages}

    def shade(self, title: str, text: str) -> None:
        """Let a page have this text for the rest of a dry run."""
        self.shadow[self._normal(title)] = text

    def _normal(self, title: str) -> str:
        """Write a title as the wiki does; the same few are asked for again and again."""
        if title not in self.normals:
            self.normals[title] = normal_title(self.info, title)
        return self.normals[title]

    def forget(self, titles: Iterable[str]) -> None:
        """Let go of pages that changed, under whatever title they were asked for."""
        gone = {self._normal(title) for title in titles}
        for asked, page in list(self.pages.items()):
            if self._normal(asked) in gone or page.title in gone:
                del self.pages[asked]

    def release(self, boards: Iterable[str]) -> None:
        """Let go of boards and of every large page; small pages that many boards ask for stay in hand."""
        done = set(boards)
        for asked in [asked for asked, page in self.pages.items() if asked in done or page.size > _LARGE]:
            del self.pages[asked]
        self.boards.clear()
        self.shelf.clear()
        self.histories = Histories(self.wiki)

    def board(self, title: str, rules: Rules) -> Board:
        """Read the board from the page in hand; the same text is read once."""
        page = self.page(title)
        text = page.text or ""
        key = (title, page.revision, text)
        if key not in self.boards:
            self.boards[key] = self.shelf.board(title, page.revision, text, rules)
        return self.boards[key]

    def missing(self, need: Need, board: Board) -> Need:
        """Give what of a need is not in hand."""
        return Need(
            frozenset(need.pages - self.pages.keys()),
            frozenset(need.users - self.users.keys()),
            frozenset(need.origins - self.origins_of(board).keys()),
            frozenset(need.redirects - self.redirects.keys()),
            frozenset(need.actions - self.actions.keys()),
            frozenset(need.lines - self.lines_now().keys()),
            frozenset(need.linking - self.linking.keys()),
            frozenset(need.edits - self.edits_of(board).keys()),
            frozenset(need.openings - self.openings.of(board).keys()),
        )

    def gather(self, needs: Iterable[tuple[Board, Need]]) -> None:
        """Answer the needs of any number of boards and tasks together."""
        needs = list(needs)
        together = Need()
        for board, need in needs:
            together |= self.missing(need, board)
        if together.pages:
            self.read(together.pages)
        if together.users:
            self.users.update(self.wiki.users(sorted(together.users)))
        if together.redirects:
            self.redirects_to(together.redirects)
        if together.actions:
            self.actions.update(self.wiki.page_actions(sorted(together.actions)))
        self._find_lines(together.lines)
        for one in together.linking:
            self.linking[one] = self.wiki.linking(one.title, namespaces=one.namespaces, limit=one.limit)
        self._find_edits(needs)
        self._find_origins(needs)

    def _find_edits(self, needs: Iterable[tuple[Board, Need]]) -> None:
        for board, need in needs:
            wanted = need.edits - self.edits_of(board).keys()
            if wanted:
                self.proofs.find(board, wanted, self.histories, self.users, self.now)

    def edits_of(self, board: Board) -> Mapping[Signature, bool | None]:
        """Give what is known of signatures on a board: whether the signer edited it then."""
        return self.proofs.of(board)

    def _find_origins(self, needs: Iterable[tuple[Board, Need]]) -> None:
        wanted: dict[tuple[str, int], tuple[Board, set[str]]] = {}
        for board, need in needs:
            wanted.setdefault((board.title, board.revision), (board, set()))[1].update(need.origins)
        for key, (board, asked) in wanted.items():
            known = self.origins.setdefault(key, {})
            threads = asked - known.keys()
            if threads:
                found = thread_origins(self.histories, board, threads)
                known.update({one: found.get(one) for one in threads})
        for board, need in needs:
            if need.openings - self.openings.of(board).keys():
                self.openings.find(board, need.openings, self.histories, self.now)

    def _find_lines(self, wanted: Iterable[tuple[str, str]]) -> None:
        by_page: dict[str, set[str]] = {}
        for title, line in wanted:
            by_page.setdefault(title, set()).add(line)
        for title, lines in by_page.items():
            number = self.pages[title].revision
            found = line_origins(self.wiki, self.pages[title].title, lines)
            self.lines.update({(title, number, line): found[line] for line in lines})

    def lines_now(self) -> Mapping[tuple[str, str], Revision | None]:
        """Give who brought lines to pages, of those pages that are in hand as they were when that was found."""
        return {
            (title, line): revision
            for (title, number, line), revision in self.lines.items()
            if title in self.pages and self.pages[title].revision == number
        }

    def redirects_to(self, titles: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Give the redirects that lead to pages, as the journal keeps them for a day; the others are asked for."""
        wanted = set(titles) - self.redirects.keys()
        if wanted:
            kept = self.journal.facts("", since=self.now - _REDIRECTS_LAST)
            for title in wanted:
                known = kept.get((_REDIRECTS, self.journal.hash_of(title)))
                if known is not None:
                    self.redirects[title] = tuple(json.loads(known))
        unknown = sorted(wanted - self.redirects.keys())
        if unknown:
            found = self.wiki.redirects(unknown)
            self.redirects.update(found)
            facts = [Fact(_REDIRECTS, title, json.dumps(found[title])) for title in unknown]
            self.journal.remember("", facts, self.now)
        return {title: self.redirects[title] for title in titles}

    def origins_of(self, board: Board) -> Mapping[str, Revision | None]:
        """Give the opening revisions found for a board's threads."""
        return self.origins.get((board.title, board.revision), {})
