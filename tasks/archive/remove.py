"""Takes handled reports off boards that keep no archive (``handled: remove``): they stay in the page's history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.model import Board, Thread
from bot.plan import Decision, Edit, Fact, Need, Plan, Snapshot
from bot.reading.board import Reader
from tasks.archive.brakes import SIZE, restless
from tasks.archive.choose import NAME, Due, Stays, Verdict, removed_key
from tasks.archive.pages import cut_change
from tasks.archive.settings import ArchiveSettings
from tasks.archive.text import lasting
from tasks.archive.together import group, held_back, select
from tasks.ownkeys import AT_ONCE, joined


def remove(
    snapshot: Snapshot, settings: ArchiveSettings, now: datetime, verdicts: Sequence[Verdict], start: Plan
) -> Plan | Need:
    """The plan that takes handled reports off the board; what nobody handled stays, however old it is."""
    if snapshot.rules.style != "list":
        wanted = "a board with threads: {style: list}, or handled: move"
        whole = Decision(NAME, "", "refused: threads are not removed", "handled: remove on a board of sections", wanted)
        return replace(start, decisions=(whole,))
    groups, tied = group([_only_handled(verdict) for verdict in verdicts])
    # Each report that goes is named by a key in the edit's summary, which has room for no more of them.
    few = settings.model_copy(update={"move_at_most": min(settings.move_at_most, AT_ONCE)})
    chosen, held = select(groups, len(snapshot.board.threads), few)
    stays = [*tied, *held]
    pause = restless(snapshot, now) if chosen else None
    if isinstance(pause, Need):
        return pause
    if pause is not None:
        stays += [wait for one in chosen for wait in held_back(one, pause.found, pause.wanted, later=True)]
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
    after = Reader(snapshot.info).board(snapshot.board.title, 0, left, snapshot.rules)
    texts = [lasting(snapshot.board.wikitext(due.thread)) for due in going]
    edit = Edit(
        task=NAME,
        kind="remove",
        page=snapshot.board.title,
        base=snapshot.board.revision,
        change=change,
        summary=snapshot.messages.say("archive-removed", len(going)),
        key=joined(removed_key(thread, snapshot) for thread in _gone(going, after)),
        lacks=tuple(text for text in texts if text and text not in left),
        threads=tuple(due.thread.identity for due in going),
    )
    size = Fact(SIZE, "", f"{len(after.threads)} {len(left.encode())}")
    return replace(start, edits=(edit,), decisions=(*general, *ordered), facts=(size,))


def _only_handled(verdict: Verdict) -> Verdict:
    if isinstance(verdict, Due) and not verdict.handled:
        return Stays(verdict.thread, "stay", verdict.found, "a report that somebody closed (handled: remove)")
    return verdict


def _gone(going: Sequence[Due], after: Board) -> list[Thread]:
    """The reports that nobody finds on the board afterwards under their identity.

    Of two reports of one author in one minute the second takes the first one's identity once that is gone.
    """
    again = {thread.identity for thread in after.threads}
    return [due.thread for due in going if due.thread.identity not in again]
