"""Everything a run has in hand about one wiki: what was read, and how a task's needs are answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.guard import normal_title
from bot.journal import WikiJournal
from bot.model import Account, Board, Page, Revision, Thread, User, WikiInfo
from bot.plan import Need
from bot.reading.board import Reader
from bot.reading.rules import Rules
from bot.wiki.port import Reading, Wiki

# A signature carries the minute in which the text was previewed or saved; the save may come a little later.
_LATE = timedelta(minutes=2)
# How many revisions are looked through for the one that brought a thread.
_HISTORY = 500


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
    origins: dict[tuple[str, int, str], Revision | None] = field(default_factory=dict)
    shadow: dict[str, str] = field(default_factory=dict)
    boards: dict[tuple[str, int, str], Board] = field(default_factory=dict)
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Reader(self.info)

    def read(self, titles: Collection[str]) -> Reading:
        """Read pages anew, in one request where the API permits it, and keep them for planning."""
        reading = self.wiki.read(sorted(titles), text=True)
        self.now = reading.now
        self.pages.update(reading.pages)
        return reading

    def page(self, title: str) -> Page:
        """Give a page as last read in this run, in a dry run with the edits planned so far."""
        page = self.pages[title]
        shadow = self.shadow.get(normal_title(self.info, page.title))
        if shadow is None:
            return page
        return Page(page.title, page.revision, shadow, page.instant, page.editor, size=len(shadow.encode()))

    def shade(self, title: str, text: str) -> None:
        """Let a page have this text for the rest of a dry run."""
        self.shadow[normal_title(self.info, title)] = text

    def forget(self, titles: Iterable[str]) -> None:
        """Let go of pages that changed, under whatever title they were asked for."""
        gone = {normal_title(self.info, title) for title in titles}
        for asked, page in list(self.pages.items()):
            if normal_title(self.info, asked) in gone or page.title in gone:
                del self.pages[asked]

    def board(self, title: str, rules: Rules) -> Board:
        """Read the board from the page in hand; the same text is read once."""
        page = self.page(title)
        text = page.text or ""
        key = (title, page.revision, text)
        if key not in self.boards:
            self.boards[key] = self.reader.board(title, page.revision, text, rules)
        return self.boards[key]

    def missing(self, need: Need, board: Board) -> Need:
        """Give what of a need is not in hand."""
        return Need(
            frozenset(need.pages - self.pages.keys()),
            frozenset(need.users - self.users.keys()),
            frozenset(one for one in need.origins if (board.title, board.revision, one) not in self.origins),
            frozenset(need.redirects - self.redirects.keys()),
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
            self.redirects.update(self.wiki.redirects(sorted(together.redirects)))
        for board, need in needs:
            wanted = self.missing(Need(origins=need.origins), board).origins
            if wanted:
                found = _origins(self.wiki, board, wanted)
                self.origins.update({(board.title, board.revision, one): found.get(one) for one in wanted})

    def origins_of(self, board: Board) -> Mapping[str, Revision | None]:
        """Give the opening revisions found for a board's threads."""
        return {
            identity: revision
            for (title, number, identity), revision in self.origins.items()
            if (title, number) == (board.title, board.revision)
        }


def _origins(wiki: Wiki, board: Board, wanted: Collection[str]) -> dict[str, Revision]:
    """Find the revisions that brought threads: by author and minute, else by the text's first appearance."""
    threads = [thread for thread in board.threads if thread.identity in wanted]
    signed = [thread.opened for thread in threads if thread.opened is not None]
    whole = len(signed) < len(threads)
    since = None if whole or not signed else min(signed) - _LATE
    history = list(wiki.history(board.title, since=since, limit=_HISTORY if since is None else None))
    found: dict[str, Revision] = {}
    for thread in threads:
        revision = _signed_in(history, thread) if thread.opened else _first_with(wiki, history, board, thread)
        if revision is not None:
            found[thread.identity] = revision
    return found


def _signed_in(history: list[Revision], thread: Thread) -> Revision | None:
    opened = thread.opened
    if opened is None:
        return None
    near = [
        one
        for one in history
        if one.editor == thread.reporter and opened - timedelta(minutes=1) <= one.instant <= opened + _LATE
    ]
    # Two edits of one author within minutes: the first one at or after the signature's minute brought it.
    return min(near, key=lambda one: (one.instant < opened, one.instant), default=None)


def _first_with(wiki: Wiki, history: list[Revision], board: Board, thread: Thread) -> Revision | None:
    """Find by halving the oldest revision that holds the thread's first line; None where it is older than was read."""
    line = board.wikitext(thread).split("\n", 1)[0]
    low, high = 0, len(history) - 1
    if not history or not line.strip():
        return None
    if _holds(wiki, history[high], line):
        # The page was made with it, unless the history goes on beyond what was read.
        return history[high] if len(history) < _HISTORY else None
    # history[low] is the newest; it holds the line, history[high] does not.
    while high - low > 1:
        middle = (low + high) // 2
        if _holds(wiki, history[middle], line):
            low = middle
        else:
            high = middle
    return history[low]


def _holds(wiki: Wiki, revision: Revision, line: str) -> bool:
    page = wiki.revisions([revision.id]).get(revision.id)
    return page is not None and page.text is not None and line in page.text
