"""Rebuilds the observations of a board from its page history: the same readings as runs would have made, only more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from bot.journal import Observed, WikiJournal
from bot.model import Board, Page, User, WikiInfo
from bot.observe import Observation, Reading, observe
from bot.reading.board import Reader
from bot.reading.helpers import accounts_needed, listed_names, listings
from bot.reading.warm import NOTHING
from bot.settings.schema import BoardSettings
from bot.wiki.port import Wiki

# So many revisions are fetched and kept at once: of a board of 900 KB this is under 20 MB.
_BATCH = 20


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What a backfill did: revisions read, revisions left out (hidden, or no wikitext), threads now known."""

    read: int
    left_out: int
    threads: int


@dataclass(slots=True)
class Backfill:
    """One board's history, oldest revision first, folded into a draft that stands beside what runs observed.

    It may be interrupted anywhere: the draft is kept after every batch, and the next call goes on behind it. When all
    is read, the draft takes the place of what was known of the same threads.
    """

    wiki: Wiki
    journal: WikiJournal
    info: WikiInfo
    board: BoardSettings
    step: Callable[[int, int], None] = lambda _done, _of: None
    users: dict[str, User] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def from_history(self, since: datetime) -> Backfilled:
        """Read the history over the API: first the list of revisions, then their texts, in batches."""
        numbers = [one.id for one in self.wiki.history(self.board.title, since=since)][::-1]
        start = self._start(since)
        todo = [number for number in numbers if number > start]

        def texts() -> Iterator[Page]:
            for first in range(0, len(todo), _BATCH):
                wanted = todo[first : first + _BATCH]
                found = self.wiki.revisions(wanted)
                yield from (found[number] for number in wanted if number in found)

        return self._fold(texts(), since, len(todo))

    def from_pages(self, pages: Iterable[Page], since: datetime) -> Backfilled:
        """Read revisions from elsewhere (an export), oldest first; those already drafted are passed over."""
        start = self._start(since)
        wanted = (one for one in pages if one.revision > start and one.instant is not None and one.instant >= since)
        return self._fold(wanted, since, 0)

    def _start(self, since: datetime) -> int:
        """After which revision to go on; a draft that began elsewhere is thrown away."""
        draft = self.journal.observed(draft=True).get(self.board.title)
        if draft is not None and draft.since == since:
            return draft.revision
        self.journal.drop_draft(self.board.title)
        return 0

    def _fold(self, revisions: Iterable[Page], since: datetime, of: int) -> Backfilled:
        title, journal = self.board.title, self.journal
        known = {one.thread: one for one in journal.observations(title, draft=True)}
        reader, learned = Reader(self.info), NOTHING
        read = left_out = 0
        source = iter(revisions)
        text = ""
        while batch := list(islice(source, _BATCH)):
            boards: list[tuple[Board, datetime]] = []
            for page in batch:
                if page.text is None or page.instant is None or page.model != "wikitext":
                    left_out += 1
                    continue
                read += 1
                # An edit that a later one took back leaves the text as it was.
                if page.text != text:
                    # Threads whose bytes are those of the revision before are not read again.
                    board, learned = reader.again(title, page.revision, page.text, self.board.rules, learned)
                    boards.append((board, page.instant))
                    text = page.text
            changed = self._observe(boards, known)
            last = batch[-1]
            if last.instant is not None:
                at = Observed(last.revision, last.instant, since)
                journal.observe(title, changed.values(), at, draft=True)
            self.step(read + left_out, of)
        journal.finish_draft(title)
        return Backfilled(read, left_out, len(known))

    def _observe(self, boards: list[tuple[Board, datetime]], known: dict[str, Observation]) -> dict[str, Observation]:
        rules, journal = self.board.rules, self.journal
        self._learn(boards)
        moved, told = journal.archived(self.board.title), journal.told_about(self.board.title)
        listed = listed_names(self.info, rules, self.pages)
        changed: dict[str, Observation] = {}
        for board, instant in boards:
            reading = Reading(board, rules, instant, self.users, listed, moved, told)
            found = {one.thread: one for one in observe(known.values(), reading, journal.hash_of)}
            known |= found
            changed |= found
        return changed

    def _learn(self, boards: list[tuple[Board, datetime]]) -> None:
        """Ask once about every account; groups are those of today, which the report says."""
        needed = set[str]().union(*(accounts_needed(board.threads, self.board.rules) for board, _ in boards))
        missing = needed - self.users.keys()
        if missing:
            self.users |= self.wiki.users(sorted(missing))
        pages = listings(self.board.rules) - self.pages.keys()
        if pages:
            self.pages |= self.wiki.read(sorted(pages)).pages
