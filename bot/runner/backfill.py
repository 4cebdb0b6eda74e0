"""Rebuilds the observations of a board from its page history: the same readings as runs would have made, only more."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush

from bot.errors import OperatorProblem
from bot.journal import Observed, WikiJournal
from bot.model import Page, Thread, User, WikiInfo
from bot.observe import Fold, Observation, Reading
from bot.reading.board import Reader
from bot.reading.helpers import accounts_needed, listed_names, listings
from bot.reading.rights import Rights, Signature, signatures_of_helpers
from bot.reading.rules import Rules
from bot.reading.warm import Learned
from bot.runner.origins import Edits
from bot.settings.schema import BoardSettings
from bot.wiki.port import Wiki

# So many revisions are fetched and kept at once, fewer where their texts would be longer than this together.
_BATCH = 20
_BATCH_BYTES = 8_000_000
# So many revisions of an export wait for one that is older than they and comes late.
_NEIGHBOURS = 5
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

    ``step`` hears after every batch how many revisions are done, and of how many (0 where nobody can tell yet).
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
    edits: Edits = field(default_factory=Edits)
    proofs: dict[Signature, bool | None] = field(default_factory=dict)

    def from_history(self, since: datetime) -> Backfilled:
        """Read the history over the API: first the list of revisions, then their texts, in batches."""
        title = self.board.title
        listed = [
            Page(title, one.id, None, one.instant, one.editor, hidden=one.hidden, size=one.size)
            for one in self.wiki.history(title, since=since)
        ]
        todo = list(self._behind(listed[::-1], since))
        return self._fold(todo, since, len(listed), len(listed) - len(todo))

    def from_pages(self, pages: Iterable[Page], since: datetime) -> Backfilled:
        """Read revisions from an export, oldest first; of a stub the texts are asked for over the API."""
        wanted = (one for one in pages if one.instant is not None and one.instant >= since)
        return self._fold(self._behind(_in_order(wanted), since), since, 0)

    def _behind(self, pages: Iterable[Page], since: datetime) -> Iterator[Page]:
        """The revisions behind those already drafted; a draft that began elsewhere is thrown away."""
        draft = self.journal.observed(draft=True).get(self.board.title)
        if draft is None or draft.since != since:
            self.journal.drop_draft(self.board.title)
            return self._noted(pages)
        # By instant and number, as MediaWiki orders a history: imported revisions have later numbers than their place.
        done = (draft.instant, draft.revision)
        return (one for one in self._noted(pages) if one.instant is not None and (one.instant, one.revision) > done)

    def _noted(self, pages: Iterable[Page]) -> Iterator[Page]:
        """The same, with a note of who edited when: also of the revisions that need not be read."""
        for one in pages:
            if one.instant is not None:
                self.edits.add(one.editor, one.instant)
            yield one

    def _fold(self, revisions: Iterable[Page], since: datetime, of: int, before: int = 0) -> Backfilled:
        title, journal = self.board.title, self.journal
        fold = Fold(journal.observations(title, draft=True), journal.hash_of)
        moved, told = journal.archived(title), journal.told_about(title)
        past = _Past(Reader(self.info), self.board.rules)
        read = left_out = 0
        # After a revision that cannot be read nobody knows who did what.
        skipped = False
        for batch in map(self._texts, _batches(revisions)):
            seen: list[tuple[datetime, Learned, str]] = []
            for page in batch:
                if page.text is None or page.instant is None or page.model != "wikitext":
                    left_out += 1
                    skipped = True
                    continue
                read += 1
                seen.append((page.instant, past.learn(page.text), "" if skipped else page.editor))
                skipped = False
            rights = self._rights(past.new_threads())
            changed: dict[str, Observation] = {}
            for instant, learned, editor in seen:
                reading = Reading(learned.threads, self.board.rules, instant, rights, moved, told, editor)
                changed |= {one.thread: one for one in fold.read(reading)}
            last = batch[-1]
            if last.instant is not None:
                at = Observed(last.revision, last.instant, since)
                journal.observe(title, changed.values(), at, draft=True)
            self.step(before + read + left_out, of)
        journal.finish_draft(title)
        return Backfilled(read, left_out, len(fold))

    def _texts(self, batch: list[Page]) -> list[Page]:
        """The same revisions with their texts, as far as the wiki still has and shows them."""
        missing = [one.revision for one in batch if one.text is None and not one.hidden]
        found = self.wiki.revisions(missing) if missing else {}
        return [
            one if (full := found.get(one.revision)) is None else replace(one, text=full.text, model=full.model)
            for one in batch
        ]

    def _rights(self, threads: Sequence[Thread]) -> Rights:
        """Who may close and answer in new threads, and which of the signatures in them are true."""
        rules = self.board.rules
        self._ask(threads)
        rights = Rights(self.users, listed_names(self.info, rules, self.pages), self.proofs)
        for thread in threads:
            for signer, instant in signatures_of_helpers(thread, rules, rights):
                if (signer, instant) not in self.proofs:
                    user = self.users.get(signer)
                    names = {signer, user.renamed_to or signer} if user is not None else {signer}
                    self.proofs[signer, instant] = self.edits.bear_out(names, instant)
        return rights

    def _ask(self, threads: Iterable[Thread]) -> None:
        """Ask once about every account; groups are those of today, which the report says."""
        missing = accounts_needed(threads, self.board.rules) - self.users.keys()
        if missing:
            self.users |= self.wiki.users(sorted(missing))
        pages = listings(self.board.rules) - self.pages.keys()
        if pages:
            self.pages |= self.wiki.read(sorted(pages)).pages


def _batches(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """The same, some at a time."""
    batch: list[Page] = []
    size = 0
    for page in pages:
        if batch and (len(batch) == _BATCH or size + page.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(page)
        size += page.size
    if batch:
        yield batch


def _in_order(pages: Iterable[Page]) -> Iterator[Page]:
    """The same as MediaWiki orders a history, by instant and number; exports go by number alone.

    Servers' clocks differ a little, so neighbours may have changed places; more than that is an imported history.
    """
    waiting: list[tuple[datetime, int, int, Page]] = []
    last: datetime | None = None
    for number, page in enumerate(pages):
        if page.instant is None:
            continue
        if last is not None and page.instant < last:
            raise OperatorProblem(
                f"the export's revisions are not in the order of time (revision {page.revision} is older than those "
                "before it: the page was merged or imported); read this board's history over the API, without --export"
            )
        heappush(waiting, (page.instant, page.revision, number, page))
        if len(waiting) > _NEIGHBOURS:
            last, *_, first = heappop(waiting)
            yield first
    while waiting:
        yield heappop(waiting)[-1]


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
