"""The archived copies of threads that people put back on the board: kept, or taken out (``returned_copy: remove``)."""

from __future__ import annotations

from collections.abc import Iterator

from bot.messages import link
from bot.model import Page, Thread
from bot.plan import Decision, Edit, Need, Plan, Snapshot, Splice, Splices
from bot.reading.board import Reader
from tasks.archive.choose import NAME, RETURNED, returned_key
from tasks.archive.pages import refusal
from tasks.archive.settings import ArchiveSettings
from tasks.archive.text import digest, lasting


def with_copies_taken_out(wanted: Plan, snapshot: Snapshot, settings: ArchiveSettings) -> Plan | Need:
    """The plan with an edit for each copy that the bot wrote, nobody touched since, and whose thread is back.

    Each edit carries a key of its own: it tells that a person put the thread back even when the journal is lost.
    """
    if settings.returned_copy == "keep" or wanted.edits:
        # What moves goes first: two plans for one archive page would only meet.
        return wanted
    memory = snapshot.memory
    back = [
        (thread, copy)
        for thread in snapshot.board.threads
        if (copy := memory.archived.get(memory.hash_of(thread.identity))) is not None and _left_alone(thread, snapshot)
    ]
    missing = frozenset(copy.archive for _, copy in back) - snapshot.pages.keys()
    if missing:
        return Need(pages=missing)
    edits: list[Edit] = []
    decisions: list[Decision] = []
    for thread, copy in back:
        page = snapshot.pages[copy.archive]
        span = next(_spans(page, copy.digest, snapshot), None)
        if span is None:
            continue
        if problem := refusal(page, snapshot.account):
            decisions.append(Decision(NAME, thread.identity, "not done: its archived copy stays", *problem))
            continue
        edits.append(_edit(thread, page, span, snapshot))
    return Plan(tuple(edits), (*wanted.decisions, *decisions), wanted.facts, wanted.settled)


def _left_alone(thread: Thread, snapshot: Snapshot) -> bool:
    memory = snapshot.memory
    names = memory.called(thread.identity)
    return not memory.left_alone.isdisjoint(names) or (RETURNED, names[-1]) in memory.facts


def _spans(page: Page, wanted: str, snapshot: Snapshot) -> Iterator[tuple[int, int]]:
    """Where a thread stands on an archive page as the bot wrote it."""
    text = page.text or ""
    archive = Reader(snapshot.info).board(page.title, page.revision, text, snapshot.rules)
    for one in archive.threads:
        for end in dict.fromkeys((one.end, len(text) if one is archive.threads[-1] else one.end)):
            if digest(text[one.start : end]) == wanted:
                yield one.start, end


def _edit(thread: Thread, page: Page, span: tuple[int, int], snapshot: Snapshot) -> Edit:
    text = page.text or ""
    change = Splices((Splice(*span, ""),))
    gone = lasting(text[slice(*span)])
    return Edit(
        task=NAME,
        kind="returned",
        page=page.title,
        base=page.revision,
        change=change,
        summary=snapshot.messages.say("archive-returned", link(snapshot.board.title)),
        key=returned_key(thread, snapshot),
        unchanged=((snapshot.board.title, snapshot.board.revision),),
        lacks=(gone,) if gone and gone not in change.apply(text) else (),
        threads=(thread.identity,),
        independent=True,
    )
