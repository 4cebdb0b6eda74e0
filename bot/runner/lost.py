"""Looks whether the archives still held what a cut took off the board when it did (law 8): right after it, or later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.journal import WikiJournal, key_in
from bot.model import Contribution, Page
from bot.plan import RESTORE, Edit, Lost, Splices
from bot.runner.values import Outcome
from bot.wiki.port import Saved, Wiki

# So many runs, newest first, are looked through for one that came to a good end; so many revisions of a page.
_RUNS = 20
_SEARCHED = 500
_LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A cut of a board by an earlier run, the archives whose moves it ended, and what that run wrote there."""

    task: str
    page: str
    revision: int
    archives: tuple[str, ...]
    written: tuple[int, ...]


def lost_by(
    wiki: Wiki, edit: Edit, saved: Saved, texts: tuple[str, str], seen: Mapping[str, Page], now: Mapping[str, Page]
) -> Lost | None:
    """What a cut just saved took off the board and no archive holds word for word; None where nothing is amiss.

    ``texts`` are the board's before and after, ``seen`` the archives as read in the last request before the cut,
    ``now`` as read in the first after it. Asks the wiki only where something is missing: an archive may have been moved
    (it is found by its revision), or the wiki merged, and then it counts what stood on the board right before.
    """
    old, new = texts
    if not edit.finishes or edit.kind == "undo" or not isinstance(edit.change, Splices) or not saved.changed:
        return None
    archives = {title: now[title].text for title in edit.finishes}
    spans = [old[part.start : part.end].strip() for part in edit.change.parts]
    if any(now[title].exists and text is None for title, text in archives.items()):
        # What is hidden cannot be looked at, and whoever hid it meant to.
        return None
    if not _missing(spans, archives.values()):
        return None
    archives |= _elsewhere(wiki, {seen[title].revision for title in edit.finishes if seen[title].revision})
    if not _missing(spans, archives.values()):
        return None
    if saved.previous != edit.base:
        before = wiki.revisions([saved.previous]).get(saved.previous)
        old = (before.text or "") if before is not None else ""
    return Lost(edit.task, saved.previous, old, new, {title: text or "" for title, text in archives.items()})


def _missing(spans: Iterable[str], archives: Iterable[str | None]) -> bool:
    held = [text or "" for text in archives]
    return any(span and not any(span in text for text in held) for span in spans)


def _elsewhere(wiki: Wiki, revisions: Iterable[int]) -> dict[str, str | None]:
    """Pages that these revisions belong to by now, and where those redirect to, with their text."""
    titles = {page.title for page in wiki.revisions(sorted(revisions)).values()}
    pages = dict(wiki.read(sorted(titles)).pages) if titles else {}
    further = sorted({page.redirect for page in pages.values() if page.redirect is not None} - pages.keys())
    if further:
        pages |= wiki.read(further).pages
    return {page.title: page.text for page in pages.values()}


def lost_before(wiki: Wiki, journal: WikiJournal) -> dict[str, Lost]:
    """The same for the cuts of runs that came to no good end, by board: nobody may have looked after them.

    What stood in the archives when the board was cut their histories tell. What a person took out since stays out.
    """
    found: dict[str, Lost] = {}
    if all(run.outcome == Outcome.DONE for run in journal.past_runs(1)):
        return found
    for run in journal.past_runs(_RUNS):
        if run.outcome == Outcome.DONE:
            break
        if not run.saved:
            continue
        writes = [write for write in journal.past_writes(run=run.run) if write.state == "saved"]
        for cut in writes:
            if cut.kind != "cut" or cut.board in found:
                continue
            own = tuple(one.revision for one in writes if one.board == cut.board and one.page in cut.archives)
            lost = _lost_then(wiki, _Cut(cut.task, cut.page, cut.revision, cut.archives, own))
            if lost is not None:
                found[cut.board] = lost
    return found


def lost_unknown(
    wiki: Wiki, own: Iterable[Contribution], boards: Iterable[str], hash_of: Callable[..., str], now: datetime
) -> dict[str, Lost]:
    """The same with the journal lost, for the last cut of each board, where it is not long ago.

    ``own`` are the bot's contributions, newest first. The archives of a cut are those that it wrote since the cut
    before.
    """
    titles = {hash_of(board): board for board in boards}
    cuts: dict[str, _Cut] = {}
    ended: set[str] = set()
    for one in own:
        key = key_in(one.summary)
        board = titles.get(key.board) if key is not None and now - one.instant < _LATELY else None
        if key is None or board is None or board in ended:
            continue
        if board in cuts and key.kind in ("archive", "follow"):
            cut = cuts[board]
            cuts[board] = replace(cut, archives=(*cut.archives, one.title), written=(*cut.written, one.revision))
        elif key.kind == "cut" and board not in cuts:
            cuts[board] = _Cut("archive", one.title, one.revision, (), ())
        elif key.kind in ("cut", RESTORE):
            ended.add(board)
    found = {board: _lost_then(wiki, cut) for board, cut in cuts.items() if cut.archives}
    return {board: lost for board, lost in found.items() if lost is not None}


def _lost_then(wiki: Wiki, cut: _Cut) -> Lost | None:
    before = _before(wiki, cut.page, cut.revision)
    boards = wiki.revisions([number for number in (before, cut.revision) if number])
    old, new = boards.get(before), boards.get(cut.revision)
    if old is None or new is None or old.text is None or new.text is None:
        return None
    titles = {page.title for page in wiki.revisions(sorted(cut.written)).values()} | set(cut.archives)
    numbers = {title: _before(wiki, title, cut.revision) for title in titles}
    pages = wiki.revisions([number for number in numbers.values() if number])
    archives = {title: pages[number].text for title, number in numbers.items() if number in pages}
    # A page that was deleted since has no history to ask; what is hidden was meant to be.
    if not archives or None in archives.values():
        return None
    return Lost(cut.task, before, old.text, new.text, {title: text or "" for title, text in archives.items()})


def _before(wiki: Wiki, title: str, revision: int) -> int:
    """The revision that a page had before this one of the wiki's; 0 for none."""
    return next((one.id for one in wiki.history(title, limit=_SEARCHED) if one.id < revision), 0)
