"""Rebuilds the observations of a board from its page history: the same readings as runs would have made, only more."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from bot.journal import Observed, WikiJournal
from bot.model import Page, Thread, User, WikiInfo
from bot.observe import Fold, Observation, Reading
from bot.reading.board import Reader
from bot.reading.helpers import accounts_needed, listed_names, listings
from bot.reading.rules import Rules
from bot.reading.warm import Learned
from bot.settings.schema import BoardSettings
from bot.wiki.port import Wiki

# So many revisions are fetched and kept at once: of a board of 900 KB this is under 20 MB.
_BATCH = 20
# Blanked and restored, or reverted over a few edits: the text that comes back is among the last so many.
_RECENT = 6


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
        fold = Fold(journal.observations(title, draft=True), journal.hash_of)
        moved, told = journal.archived(title), journal.told_about(title)
        past = _Past(Reader(self.info), self.board.rules)
        read = left_out = 0
        source = iter(revisions)
        while batch := list(islice(source, _BATCH)):
            seen: list[tuple[datetime, Learned]] = []
            for page in batch:
                if page.text is None or page.instant is None or page.model != "wikitext":
                    left_out += 1
                    continue
                read += 1
                seen.append((page.instant, past.learn(page.text)))
            self._ask(past.new_threads())
            listed = listed_names(self.info, self.board.rules, self.pages)
            changed: dict[str, Observation] = {}
            for instant, learned in seen:
                reading = Reading(learned.threads, self.board.rules, instant, self.users, listed, moved, told)
                changed |= {one.thread: one for one in fold.read(reading)}
            last = batch[-1]
            if last.instant is not None:
                at = Observed(last.revision, last.instant, since)
                journal.observe(title, changed.values(), at, draft=True)
            self.step(read + left_out, of)
        journal.finish_draft(title)
        return Backfilled(read, left_out, len(fold))

    def _ask(self, threads: Iterable[Thread]) -> None:
        """Ask once about every account; groups are those of today, which the report says."""
        missing = accounts_needed(threads, self.board.rules) - self.users.keys()
        if missing:
            self.users |= self.wiki.users(sorted(missing))
        pages = listings(self.board.rules) - self.pages.keys()
        if pages:
            self.pages |= self.wiki.read(sorted(pages)).pages


class _Past:
    """The newest texts of a board as they were learned: what is undone or restored is often one of them."""

    def __init__(self, reader: Reader, rules: Rules) -> None:
        self._reader = reader
        self._rules = rules
        self._recent: deque[Learned] = deque(maxlen=_RECENT)
        self._new: list[Thread] = []

    def learn(self, text: str) -> Learned:
        """Read a text; what was read before is not read again."""
        last = self._recent[-1] if self._recent else None
        same = next((one for one in self._recent if one.text == text), last)
        learned = self._reader.learn(text, self._rules, same)
        known = {id(thread) for thread in last.threads} if last is not None else set()
        self._new += [thread for thread in learned.threads if id(thread) not in known]
        if learned in self._recent:
            self._recent.remove(learned)
        self._recent.append(learned)
        return learned

    def new_threads(self) -> list[Thread]:
        """The threads that changed since this was asked last."""
        new, self._new = self._new, []
        return new
