"""Takes handled reports off boards that keep no archive (``handled: remove``): they stay in the page's history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.plan import Decision, Edit, Fact, Need, Plan, Snapshot
from bot.reading.board import Reader
from tasks.archive.brakes import SIZE, restless
from tasks.archive.choose import NAME, REMOVED, Due, Stays, Verdict, group, held_back, select
from tasks.archive.pages import cut_change
from tasks.archive.settings import ArchiveSettings
from tasks.archive.text import digest, lasting


def remove(
    snapshot: Snapshot, settings: ArchiveSettings, now: datetime, verdicts: Sequence[Verdict], start: Plan
) -> Plan | Need:
    """The plan that takes handled reports off the board; what nobody handled stays, however old it is."""
    if snapshot.rules.style != "list":
        wanted = "a board with threads: {style: list}, or handled: move"
        whole = Decision(NAME, "", "refused: threads are not removed", "handled: remove on a board of sections", wanted)
        return replace(start, decisions=(whole,))
    groups, tied = group([_only_handled(verdict) for verdict in verdicts])
    chosen, held = select(groups, len(snapshot.board.threads), settings)
    stays = [*tied, *held]
    pause = restless(snapshot, now) if chosen else None
    if isinstance(pause, Need):
        return pause
    if pause is not None:
        stays += [wait for one in chosen for wait in held_back(one, pause.found, pause.wanted)]
        chosen = []
    going = [due for one in chosen for due in one.members]
    reasons = {stay.thread.identity: stay.decision for stay in stays}
    reasons |= {due.thread.identity: replace(due.decision, verdict="remove") for due in going}
    ordered = tuple(reasons[thread.identity] for thread in snapshot.board.threads if thread.identity in reasons)
    general = (pause,) if isinstance(pause, Decision) else ()
    if not going:
        return replace(start, decisions=(*general, *ordered))
    change = cut_change([due.thread for due in going])
    left = change.apply(snapshot.board.text)
    texts = [lasting(snapshot.board.wikitext(due.thread)) for due in going]
    edit = Edit(
        task=NAME,
        kind="remove",
        page=snapshot.board.title,
        base=snapshot.board.revision,
        change=change,
        summary=snapshot.messages.say("archive-removed", len(going)),
        key=snapshot.memory.hash_of("remove", snapshot.board.title, *(digest(text) for text in texts)),
        lacks=tuple(text for text in texts if text and text not in left),
        threads=tuple(due.thread.identity for due in going),
    )
    return replace(start, edits=(edit,), decisions=(*general, *ordered), facts=_facts(going, left, snapshot, now))


def _only_handled(verdict: Verdict) -> Verdict:
    if isinstance(verdict, Due) and not verdict.handled:
        return Stays(verdict.thread, "stay", verdict.found, "a report that somebody closed (handled: remove)")
    return verdict


def _facts(going: Sequence[Due], left: str, snapshot: Snapshot, now: datetime) -> tuple[Fact, ...]:
    """The board's size after it, and which reports went: one that is there again, a person put back."""
    after = Reader(snapshot.info).board(snapshot.board.title, 0, left, snapshot.rules)
    # Of two reports of one author in one minute the second takes the first one's identity once that is gone.
    again = {thread.identity for thread in after.threads}
    gone = [due.thread.identity for due in going if due.thread.identity not in again]
    size = Fact(SIZE, "", f"{len(after.threads)} {len(left.encode())}")
    return (size, *(Fact(REMOVED, identity, now.isoformat()) for identity in gone))
