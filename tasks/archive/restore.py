"""Puts threads back on the board that left the archive in the moment in which the board was cut (law 8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from bot.model import Board, Thread
from bot.plan import RESTORE, Decision, Edit, Lost, Need, Plan, Snapshot, Splice, Splices
from bot.reading.board import Reader
from tasks.archive.choose import NAME
from tasks.archive.text import digest, lasting, stands_on

FOUND = "somebody took it out of the archive while the board was cut"


def restore(snapshot: Snapshot) -> Plan | Need | None:
    """The edit that puts them where they stood; None where nothing is lost.

    Whoever took them out of the archive saw them on the board still: there they belong, and the archive is left as it
    is now. What somebody took off the board as well, or changed in the archive, is as they wanted it. The threads are
    then planned like any other by the next run.
    """
    lost = snapshot.lost
    if lost is None:
        return None
    if unread := frozenset(lost.archives) - snapshot.pages.keys():
        return Need(pages=unread)
    board = snapshot.board
    before = Reader(snapshot.info).board(board.title, lost.revision, lost.before, snapshot.rules)
    kept = [thread for thread in before.threads if stands_on(lost.after, before.wikitext(thread))]
    now = [snapshot.pages[title].text or "" for title in lost.archives]
    gone = [
        thread
        for thread in before.threads
        if thread not in kept and not _stands(before, thread, (*lost.archives.values(), *now, board.text))
    ]
    if not gone:
        return None
    places: dict[int, list[str]] = {}
    for thread in gone:
        followers = [one for one in kept if one.start > thread.start]
        places.setdefault(_place(followers, before, board), []).append(before.wikitext(thread))
    return _plan(places, [before.wikitext(thread) for thread in gone], lost, snapshot)


def _stands(before: Board, thread: Thread, texts: Collection[str]) -> bool:
    """Whether a signed line of a thread stands on one of these pages (its copy was changed there); all, if unsigned."""
    signed = [
        before.text[max(thread.start, before.text.rfind("\n", 0, one.end) + 1) : one.end].strip()
        for one in thread.comments
    ]
    wanted = signed or [lasting(before.wikitext(thread))]
    return any(one in text for one in wanted for text in texts)


def _place(followers: Iterable[Thread], before: Board, board: Board) -> int:
    """Before the first of the threads that followed it and is there still, else after the last thread."""
    by_text = {digest(board.wikitext(one)): one.start for one in board.threads}
    by_identity = {one.identity: one.start for one in board.threads}
    for one in followers:
        place = by_text.get(digest(before.wikitext(one)), by_identity.get(one.identity))
        if place is not None:
            return place
    return board.tail_start


def _plan(places: Mapping[int, list[str]], texts: list[str], lost: Lost, snapshot: Snapshot) -> Plan:
    board = snapshot.board
    gap = "\n" if snapshot.rules.style == "list" else "\n\n"
    change = Splices(tuple(_splice(at, board.text, places[at], gap) for at in sorted(places)))
    digests = [digest(text) for text in texts]
    after = Reader(snapshot.info).board(board.title, 0, change.apply(board.text), snapshot.rules)
    threads = tuple(one.identity for one in after.threads if digest(after.wikitext(one)) in digests)
    edit = Edit(
        task=NAME,
        kind=RESTORE,
        page=board.title,
        base=board.revision,
        change=change,
        summary=snapshot.messages.say("archive-restored", len(texts)),
        key=snapshot.memory.hash_of("restore", board.title, str(lost.revision), *digests),
        unchanged=tuple((title, snapshot.pages[title].revision) for title in lost.archives),
        holds=tuple(lasting(text) for text in texts),
        threads=threads,
    )
    back = tuple(
        Decision(NAME, one, "held back: put on the board again", FOUND, "the next run", later=True) for one in threads
    )
    return Plan((edit,), back)


def _splice(at: int, text: str, threads: Iterable[str], gap: str) -> Splice:
    """Threads put in, each verbatim; lines are ended where they were not."""
    body = "" if not text[:at] or text[:at].endswith("\n") else gap
    for one in threads:
        body += one if not body.strip() or body.endswith("\n") else gap + one
    return Splice(at, at, body if at == len(text) or body.endswith("\n") else body + gap)
