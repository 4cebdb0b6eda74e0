"""Looks whether the archives still held what a cut took off the board when it did (law 8): right after it, or later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.journal import PastWrite, WikiJournal
from bot.model import Page
from bot.plan import Edit, Lost, Splices
from bot.runner.values import Outcome
from bot.wiki.port import Saved, Wiki

# So many runs, newest first, are looked through for one that came to a good end; so many revisions of a page.
_RUNS = 20
_SEARCHED = 500


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
    if None in archives.values() and any(now[title].exists for title in archives):
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
            if cut.kind == "cut" and cut.board not in found and (lost := _lost_then(wiki, cut, writes)) is not None:
                found[cut.board] = lost
    return found


def _lost_then(wiki: Wiki, cut: PastWrite, writes: Iterable[PastWrite]) -> Lost | None:
    before = _before(wiki, cut.page, cut.revision)
    boards = wiki.revisions([number for number in (before, cut.revision) if number])
    old, new = boards.get(before), boards.get(cut.revision)
    if old is None or new is None or old.text is None or new.text is None:
        return None
    own = {write.revision for write in writes if write.board == cut.board and write.page in cut.archives}
    titles = {page.title for page in wiki.revisions(sorted(own)).values()} | set(cut.archives)
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
