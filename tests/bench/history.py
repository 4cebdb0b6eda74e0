"""Writes the page history of a busy board: replies, new threads, closings, archivings; the same seed, the same history.

``revisions`` is what curves and proofs are made of, ``backfilled`` folds them as ``clerk backfill`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from bot.journal import Journal, WikiJournal
from bot.model import Page
from bot.reading.facts import english
from bot.reading.rules import People
from bot.runner.backfill import Backfill
from bot.settings.result import BoardSettings
from bot.wiki.embedded import EmbeddedWiki
from tests.randomboards import RULES, START, BusyBoard

TITLE = "Project:Incidents"
SIZE = 200_000
"""How many characters the board of a history has, give or take the threads that come and go."""
HELPERS = ("Quill", "Tern", "Vela9")
SETTINGS = BoardSettings(TITLE, replace(RULES, responders=People(groups=frozenset({"sysop"}))), preset="incidents")
# Long before the first signature of a busy board.
SINCE = START - timedelta(days=1)


def revisions(count: int, seed: int = 1, size: int = SIZE) -> Iterator[Page]:
    """So many revisions of a board, oldest first, made one at a time; the first holds the whole board already.

    Of ten edits seven are replies, mostly in younger threads, one opens a thread, one closes one, and one is anything
    else: an old comment changed, a reply taken back, a thread removed. Whenever the board has grown too large, the next
    edit takes the oldest threads away until there is room again.
    """
    writer = _Writer(seed, size)
    for number in range(1, count + 1):
        if number > 1:
            writer.edit()
        text = writer.text()
        # Whoever signed last made the edit, in the minute that the signature says.
        yield Page(TITLE, number, text, START + timedelta(minutes=writer.minutes), editor=writer.signer, size=len(text))


class _Writer(BusyBoard):
    """A busy board that is edited."""

    def __init__(self, seed: int, size: int) -> None:
        super().__init__(seed)
        self.size = size
        self.threads: list[str] = []
        while sum(map(len, self.threads)) < size:
            self.threads.append(self.thread())

    def text(self) -> str:
        return "{{Noticeboard header}}\n__NEWSECTIONLINK__\n" + "".join(self.threads) + "\n[[Category:Noticeboards]]\n"

    def edit(self) -> None:
        """One edit by somebody."""
        dice = self.random.randrange(10)
        if sum(map(len, self.threads)) > self.size * 1.05:
            while len(self.threads) > 1 and sum(map(len, self.threads)) > self.size:
                self.threads.pop(0)
        elif dice < 7:
            self._change(lambda thread: f"{thread.rstrip()}\n{self.sign(':' * self.random.randint(1, 4))}\n\n")
        elif dice == 7:
            opening = [*self.paragraphs(), self.sign("")]
            self.threads.append(f"== {self.words(4)} ==\n* {{{{userlinks|{self.random.choice(self.NAMES)}}}}}\n")
            self.threads[-1] += "\n".join(opening) + "\n\n"
        elif dice == 8:
            self._change(lambda thread: f"{thread.rstrip()}\n:{{{{resolved}}}} {self.signature()}\n\n")
        else:
            self._mend()

    def _change(self, how: Callable[[str], str]) -> None:
        last = len(self.threads) - 1
        number = max(0, last - int(self.random.expovariate(1 / 8)))
        self.threads[number] = how(self.threads[number])

    def _mend(self) -> None:
        number = self.random.randrange(len(self.threads))
        lines = self.threads[number].split("\n")
        match self.random.randrange(3):
            case 0:
                at = self.random.randrange(1, len(lines))
                lines[at] += f" {self.words(2)}" if not lines[at].endswith(")") else ""
                self.threads[number] = "\n".join(lines)
            case 1 if len(lines) > 8:
                self.threads[number] = "\n".join(lines[:-4]) + "\n\n"
            case _ if len(self.threads) > 4:
                del self.threads[number]


def wiki() -> EmbeddedWiki:
    """A wiki that knows the people of these histories, the helpers among them."""
    made = EmbeddedWiki(bot="Clerk", now=SINCE)
    for name in BusyBoard.NAMES:
        if not name[0].isdigit():
            made.add_user(name, ["sysop"] if name in HELPERS else [])
    return made


def backfilled(pages: Iterable[Page], journal: WikiJournal | None = None) -> WikiJournal:
    """Fold revisions into a journal (a new one in memory) as ``clerk backfill`` does."""
    kept = journal or Journal().of("embedded")
    Backfill(wiki(), kept, english(), SETTINGS).from_pages(pages, SINCE)
    return kept
