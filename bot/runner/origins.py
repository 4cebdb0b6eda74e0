"""Finds the revisions that brought threads to a board, and lines to a page; who edited when."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import Board, Revision, Thread
from bot.wiki.port import Wiki

# A signature carries the minute in which the text was previewed or saved; the save may come a little later.
_LATE = timedelta(minutes=2)
# Clocks of a wiki's servers differ a little.
_EARLY = timedelta(minutes=1)
# How many revisions are looked through for the one that brought a thread.
_HISTORY = 500


@dataclass(slots=True)
class Histories:
    """A wiki's page histories without texts, each asked for once in a run for one revision of its page."""

    wiki: Wiki
    _known: dict[tuple[str, int], tuple[datetime | None, list[Revision]]] = field(default_factory=dict)

    def of(self, board: Board, since: datetime | None) -> list[Revision]:
        """Give a board's revisions back to ``since``, newest first; without it the newest 500."""
        key = (board.title, board.revision)
        reaches, found = self._known.get(key, (since, None))
        if found is not None and (reaches is None or (since is not None and reaches <= since)):
            # The newest 500 may end before the instant asked for.
            ends = len(found) < _HISTORY or (since is not None and found[-1].instant < since)
            if since is None or reaches is not None or ends:
                return found
        found = list(self.wiki.history(board.title, since=since, limit=_HISTORY if since is None else None))
        self._known[key] = (since, found)
        return found

    def lately(self, board: Board, since: datetime, limit: int) -> list[Revision]:
        """Give a board's revisions back to ``since``, newest first; where they must be asked for, at most ``limit``."""
        reaches, found = self._known.get((board.title, board.revision), (since, []))
        if reaches is None and (len(found) < _HISTORY or found[-1].instant < since):
            return [one for one in found if one.instant >= since]
        return list(self.wiki.history(board.title, since=since, limit=limit))


def thread_origins(histories: Histories, board: Board, wanted: Collection[str]) -> dict[str, Revision]:
    """Find the revisions that brought threads: by author and minute, else by the text's first appearance."""
    wiki = histories.wiki
    threads = [thread for thread in board.threads if thread.identity in wanted]
    signed = [thread.opened for thread in threads if thread.opened is not None]
    whole = len(signed) < len(threads)
    since = None if whole or not signed else min(signed) - _LATE
    history = histories.of(board, since)
    complete = len(history) < _HISTORY
    found: dict[str, Revision] = {}
    for thread in threads:
        line = board.wikitext(thread).split("\n", 1)[0]
        revision = _signed_in(history, thread) if thread.opened else _first_with(wiki, history, line, whole=complete)
        if revision is not None:
            found[thread.identity] = revision
    return found


class Edits:
    """Who edited a page when, as far as its history was read."""

    def __init__(self, history: Iterable[Revision] = ()) -> None:
        """Begin with what was read already, in any order."""
        self._by: dict[str, list[datetime]] = {}
        self._first: datetime | None = None
        for one in sorted(history, key=lambda one: one.instant):
            self.add(one.editor, one.instant)

    def add(self, editor: str, instant: datetime) -> None:
        """Take in one more edit; "" where its editor is hidden."""
        insort(self._by.setdefault(editor, []), instant)
        self._first = instant if self._first is None else min(self._first, instant)

    def bear_out(self, names: Collection[str], instant: datetime) -> bool | None:
        """Tell whether somebody of these names edited when a signature says so; None where that cannot be told.

        What stood on the page before the oldest edit known was brought there by others (a page made from another one's
        text), or lies further back than was read. An edit whose editor is hidden may be anybody's.
        """
        if self._first is None or instant <= self._first:
            return None
        return any(self._has(name, instant - _EARLY, instant + _LATE) for name in {*names, ""})

    def _has(self, name: str, since: datetime, until: datetime) -> bool:
        made = self._by.get(name, [])
        at = bisect_left(made, since)
        return at < len(made) and made[at] <= until


def line_origins(wiki: Wiki, title: str, lines: Collection[str]) -> dict[str, Revision | None]:
    """Find the revisions that brought lines to a page, None for one that is older than the newest 500 revisions."""
    history = list(wiki.history(title, limit=_HISTORY))
    # Whoever put a blanked page back brought nothing: what was undone counts as never done.
    kept = [one for one in history if not one.reverted]
    return {line: _first_with(wiki, kept, line, whole=len(history) < _HISTORY) for line in sorted(lines)}


def _signed_in(history: list[Revision], thread: Thread) -> Revision | None:
    opened = thread.opened
    if opened is None:
        return None
    near = [
        one for one in history if one.editor == thread.reporter and opened - _EARLY <= one.instant <= opened + _LATE
    ]
    # Two edits of one author within minutes: the first one at or after the signature's minute brought it.
    return min(near, key=lambda one: (one.instant < opened, one.instant), default=None)


def _first_with(wiki: Wiki, history: list[Revision], line: str, *, whole: bool) -> Revision | None:
    """Find by halving the revision that brought a line; None where it is older than was read.

    ``whole`` says that the history goes back to the page's beginning.
    """
    low, high = 0, len(history) - 1
    if not history or not line.strip():
        return None
    if _holds(wiki, history[high], line):
        # The page was made with it, unless the history goes on beyond what was read.
        return history[high] if whole else None
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
    return page is not None and page.text is not None and line in page.text.split("\n")
