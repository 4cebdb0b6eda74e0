"""Archive pages: whether the bot may write there, how much more they hold, and what they are after a move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.memory import Move, MovedThread
from bot.model import Account, Page, Thread
from bot.plan import Edit, Need, Snapshot, Splice, Splices, WholeText
from bot.reading.board import Reader
from tasks.archive import target
from tasks.archive.choose import NAME, PUT_BACK, Stays
from tasks.archive.settings import ArchiveSettings
from tasks.archive.text import after, digest, joined, lasting, protection, stands_on, swallowed_end
from tasks.archive.together import Group, held_back

SPARE = 1024
"""Bytes of the wiki's page limit that are left free, as Pywikibot's archivebot does: merges need some."""

COUNTER = "archive-counter"
"""Kind of fact: the number of the archive page used last, for each series."""


@dataclass(frozen=True, slots=True)
class Filling:
    """Groups of threads for one archive page, in the board's order."""

    page: Page
    groups: tuple[Group, ...]

    @property
    def threads(self) -> tuple[Thread, ...]:
        """All threads that go there."""
        return tuple(due.thread for group in self.groups for due in group.members)


@dataclass(frozen=True, slots=True)
class Placing:
    """Where all groups go: pages in the order in which they are written, who must wait and why, numbers to remember."""

    fillings: tuple[Filling, ...]
    waiting: tuple[Stays, ...]
    counters: Mapping[str, int]


def refusal(page: Page, account: Account, what: str = "archive page") -> tuple[str, str] | None:
    """Why the bot does not write on an archive page (or index page), as found and wanted; None where it may."""
    if len(page.title.encode()) > 255:
        return f"the {what}'s title is too long", "at most 255 bytes"
    if page.redirect is not None:
        return f"the {what} is a redirect", "a page that holds the archive itself"
    if page.exists and page.model != "wikitext":
        return f"the {what} has the content model {page.model}", "wikitext"
    if page.exists and page.text is None:
        return f"the {what}'s text is hidden", "a page that can be read"
    if problem := protection(page, account):
        return f"the {what} is {problem}", "a page that the bot may edit"
    if page.text and swallowed_end(page.text):
        return f"an unclosed comment hides the end of the {what}", "a page whose end can be seen"
    return None


def place(groups: Sequence[Group], snapshot: Snapshot, settings: ArchiveSettings, now: datetime) -> Placing | Need:
    """Put groups on archive pages: by the pattern and their dates, a new page where the next would pass a limit."""
    by_series: dict[str, list[Group]] = {}
    for one in groups:
        stem = target.series(settings.to, snapshot.board.title, _date(one, settings, now), snapshot.info)
        by_series.setdefault(stem, []).append(one)
    need = Need()
    fillings: list[Filling] = []
    waiting: list[Stays] = []
    counters: dict[str, int] = {}
    for stem, members in by_series.items():
        series = _Series(stem, snapshot, settings)
        match series.fill(members):
            case Need() as more:
                need |= more
            case filled:
                fillings += filled
                waiting += series.waiting
                if target.counted(stem):
                    counters[stem] = series.number
    return need or Placing(tuple(fillings), tuple(waiting), counters)


def _date(one: Group, settings: ArchiveSettings, now: datetime) -> datetime:
    """The date that fills the pattern; tied threads go by the last of them, so that they stay on one page."""
    match settings.date_by:
        case "moved":
            return now
        case "first":
            return max(due.thread.opened or due.since for due in one.members)
    return one.since


class _Series:
    """One series of archive pages while it is being filled."""

    def __init__(self, stem: str, snapshot: Snapshot, settings: ArchiveSettings) -> None:
        self.stem = stem
        self.snapshot = snapshot
        self.settings = settings
        self.counted = target.counted(stem)
        self.hard = snapshot.info.max_page_bytes - SPARE
        self.number = 1
        self.waiting: list[Stays] = []
        self.fillings: list[Filling] = []

    def fill(self, groups: Sequence[Group]) -> list[Filling] | Need:
        """The pages with their groups, or what must be read to know them; those that fit nowhere are ``waiting``."""
        start = self._start()
        if isinstance(start, Need):
            return start
        self.number = start
        left = [one for one in groups if not self._too_long(one)]
        while left:
            title = target.title_of(self.stem, self.number, self.snapshot.info)
            page = self.snapshot.pages.get(title)
            if page is None:
                return Need(pages=frozenset({title}))
            if problem := refusal(page, self.snapshot.account):
                self.waiting += [stay for one in left for stay in held_back(one, *problem)]
                break
            taken = self._take(page, left)
            if taken:
                self.fillings.append(Filling(page, tuple(taken)))
            left = [one for one in left if one not in taken]
            if left and not self.counted:
                wanted = f"at most {self.hard} bytes, or {{counter}} in its title"
                self.waiting += [stay for one in left for stay in held_back(one, "the archive page is full", wanted)]
                break
            self.number += bool(left)
        return self.fillings

    def _start(self) -> int | Need:
        if not self.counted:
            return 1
        memory = self.snapshot.memory
        remembered = memory.facts.get((COUNTER, memory.hash_of(self.stem)), "")
        hint = int(remembered) if remembered.isdecimal() else None
        found = target.last_of_series(self.stem, hint, self.snapshot.pages, self.snapshot.info)
        return found if isinstance(found, int) else Need(pages=found)

    def _too_long(self, one: Group) -> bool:
        """Whether not even a page of its own has room for a group; it then waits for a person."""
        room = self.hard - len(self.settings.header.encode()) - 2
        if self._bytes(one) <= room:
            return False
        self.waiting += held_back(one, f"{self._bytes(one)} bytes, more than a page may have", f"at most {room} bytes")
        return True

    def _bytes(self, one: Group) -> int:
        return sum(len(self.snapshot.board.wikitext(due.thread).encode()) + 2 for due in one.members)

    def _take(self, page: Page, groups: Sequence[Group]) -> list[Group]:
        """As many groups, one after the other, as the page has room for; a new page takes the first one anyway."""
        limit = min(self.settings.max_size, self.hard) if self.counted else self.hard
        most = self.settings.max_threads if self.counted else None
        size = len(new_text(page, (), self.snapshot, self.settings).encode()) + 2
        count = threads_on(page, self.snapshot) if most and page.exists else 0
        taken: list[Group] = []
        for one in groups:
            size += self._bytes(one)
            count += len(one.members)
            alone = not taken and not page.exists
            if not alone and (size > limit or (most is not None and count > most)):
                break
            taken.append(one)
        return taken


def threads_on(page: Page, snapshot: Snapshot) -> int:
    """How many threads an archive page holds."""
    read = Reader(snapshot.info).board(page.title, page.revision, page.text or "", snapshot.rules)
    return len(read.threads)


def put_back(placing: Placing, snapshot: Snapshot) -> Iterator[Stays]:
    """Threads that stand on their archive page already, with no move under way: a person put them back on the board."""
    for filling in placing.fillings:
        for thread in filling.threads:
            if stands_on(filling.page.text or "", snapshot.board.wikitext(thread)):
                found = "the same text stands in the archive"
                yield Stays(thread, PUT_BACK, found, "a thread never archived")


def new_text(page: Page, texts: Sequence[str], snapshot: Snapshot, settings: ArchiveSettings) -> str:
    """The archive page with threads put at its end; a page that was empty gets the header first."""
    existing = page.text or ""
    bullets = snapshot.rules.style == "list"
    start = existing if existing.strip() else settings.header.strip()
    return start + after(start, bullets and bool(existing.strip())) + joined(texts, bullets)


def archive_edit(filling: Filling, snapshot: Snapshot, settings: ArchiveSettings) -> Edit:
    """The edit that puts threads on their archive page, and begins their move."""
    board, page = snapshot.board, filling.page
    texts = [board.wikitext(thread) for thread in filling.threads]
    text = new_text(page, texts, snapshot, settings)
    existing = page.text or ""
    appended = text[len(existing) :] if existing.strip() and text.startswith(existing) else None
    move = Move(board.title, page.title, moved(filling.threads, snapshot))
    return Edit(
        task=NAME,
        kind="archive",
        page=page.title,
        base=page.revision,
        change=WholeText(text) if appended is None else Splices((Splice(len(existing), len(existing), appended),)),
        summary=snapshot.messages.say("archive-moved", len(texts), f"[[:{board.title}]]"),
        key=snapshot.memory.hash_of("archive", board.title, page.title, *(one.digest for one in move.threads)),
        unchanged=((board.title, board.revision),),
        holds=held_texts(texts),
        begins=move,
        threads=tuple(thread.identity for thread in filling.threads),
    )


def moved(threads: Sequence[Thread], snapshot: Snapshot) -> tuple[MovedThread, ...]:
    """What the journal keeps of threads on their way."""
    return tuple(MovedThread(thread.identity, digest(snapshot.board.wikitext(thread))) for thread in threads)


def held_texts(texts: Sequence[str]) -> tuple[str, ...]:
    """What the saved page must hold: every byte, but for the white space that ends the page."""
    return (*texts[:-1], lasting(texts[-1])) if texts else ()


def cut_change(threads: Sequence[Thread]) -> Splices:
    """What takes threads off the board: one splice for each, also where they touch, so that each can be looked for."""
    return Splices(tuple(Splice(start, end, "") for start, end in sorted((one.start, one.end) for one in threads)))


def cut_edit(threads: Sequence[Thread], archives: Sequence[Page], snapshot: Snapshot) -> Edit:
    """The edit that takes threads off the board, once these archives hold them."""
    board = snapshot.board
    change = cut_change(threads)
    left = change.apply(board.text)
    texts = [lasting(board.wikitext(thread)) for thread in threads]
    titles = [page.title for page in archives]
    links = ", ".join(f"[[:{title}]]" for title in titles)
    return Edit(
        task=NAME,
        kind="cut",
        page=board.title,
        base=board.revision,
        change=change,
        summary=snapshot.messages.say("archive-cut", len(threads), links),
        key=snapshot.memory.hash_of("cut", board.title, *(digest(text) for text in texts)),
        # A text that also stands elsewhere on the board, in a longer thread or a second time, proves nothing.
        lacks=tuple(text for text in texts if text and text not in left),
        finishes=tuple(titles),
        threads=tuple(thread.identity for thread in threads),
    )
