"""Moves threads whose time has come to an archive page: the archive is written first, the board is cut after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.model import Thread
from bot.plan import Decision, Edit, Fact, Need, Plan, Snapshot, Task
from tasks.archive.brakes import SIZE, halved, refused, restless
from tasks.archive.choose import NAME, PUT_BACK, RETURNED, Due, Stays, Verdict, judge_all
from tasks.archive.ending import WAITS
from tasks.archive.index import with_index
from tasks.archive.links import with_links
from tasks.archive.pages import COUNTER, Filling, Placing, archive_edit, cut_edit, place, put_back
from tasks.archive.recover import recover
from tasks.archive.remove import remove
from tasks.archive.restore import restore
from tasks.archive.returned import with_copies_taken_out
from tasks.archive.settings import ArchiveSettings
from tasks.archive.together import group, held_back, select

__all__ = ["TASK", "UNANSWERED", "ArchiveSettings", "plan"]

UNANSWERED = "archived-unanswered"
"""Kind of fact: a thread archived without an answer; its value is when it was opened, when archived, and where."""


def plan(snapshot: Snapshot, settings: ArchiveSettings, now: datetime) -> Plan | Need:
    """Move what is due, with a reason for every thread; first bring moves begun earlier to their end.

    Each archive page is one edit, which begins the move of its threads; one cut of the board follows them all.
    """
    if snapshot.following:
        return with_links(Plan(), snapshot, settings)
    planned = _restored(snapshot) or _plan(snapshot, settings, now)
    return planned if isinstance(planned, Need) else with_links(planned, snapshot, settings)


def _restored(snapshot: Snapshot) -> Plan | Need | None:
    """The plan that only puts back what a cut lost."""
    planned = restore(snapshot)
    return _with_everybody(planned, snapshot) if isinstance(planned, Plan) else planned


def _plan(snapshot: Snapshot, settings: ArchiveSettings, now: datetime) -> Plan | Need:
    """The plan but for what follows from it."""
    verdicts, need = judge_all(snapshot, settings, now)
    if snapshot.memory.moves:
        started = recover(snapshot, _due_by(verdicts), now)
        if isinstance(started, Need) or need:
            return need | started if isinstance(started, Need) else need
        if started is not None and (started.edits or started.decisions or not started.settled):
            listed = with_index(started, [move.archive for move in snapshot.memory.moves], snapshot, settings)
            return listed if isinstance(listed, Need) else _with_everybody(listed, snapshot)
        settled = started.settled if started is not None else ()
    else:
        settled = ()
    stop = refused(snapshot, settings, now)
    lost, size = halved(snapshot, now)
    if stop or lost:
        whole = tuple(decision for decision in (stop, lost) if decision)
        return Plan(decisions=whole, facts=(size,), settled=settled)
    start = Plan(facts=(size,), settled=settled)
    if settings.handled == "remove":
        return need or remove(snapshot, settings, now, verdicts, start)
    moved = _move(snapshot, settings, now, verdicts, need, start)
    return moved if isinstance(moved, Need) else with_copies_taken_out(moved, snapshot, settings)


def _due_by(verdicts: Sequence[Verdict]) -> Callable[[Thread], bool]:
    """Whether a thread may go by the rules, asked of the verdicts."""
    due = {verdict.thread.start for verdict in verdicts if isinstance(verdict, Due)}
    return lambda thread: thread.start in due


def _with_everybody(started: Plan, snapshot: Snapshot) -> Plan:
    """A plan that only ends open moves, with a reason for the threads that it does not touch."""
    spoken = {decision.thread for decision in started.decisions}
    waiting = tuple(
        Decision(NAME, thread.identity, "held back", WAITS, "no move under way")
        for thread in snapshot.board.threads
        if thread.identity not in spoken
    )
    return replace(started, decisions=started.decisions + waiting)


def _move(
    snapshot: Snapshot, settings: ArchiveSettings, now: datetime, verdicts: Sequence[Verdict], need: Need, start: Plan
) -> Plan | Need:
    """The plan that moves what is due; ``start`` holds what is settled and remembered in any case."""
    chosen = _choose(snapshot, settings, now, verdicts)
    pause = restless(snapshot, now) if isinstance(chosen, Need) or chosen.placing.fillings else None
    for asked in (chosen, pause):
        if isinstance(asked, Need):
            need |= asked
    if need or isinstance(chosen, Need):
        return need
    fillings, late = _within_limits(chosen.placing.fillings, snapshot, settings)
    stays = [*chosen.stays, *late]
    if isinstance(pause, Decision):
        stays += [
            wait
            for filling in fillings
            for one in filling.groups
            for wait in held_back(one, pause.found, pause.wanted, later=True)
        ]
        fillings = ()
    decisions = {stay.thread.identity: stay.decision for stay in stays}
    for filling in fillings:
        for due in _members(filling):
            found = f"{due.found}; goes to {filling.page.title}"
            decisions[due.thread.identity] = replace(due.decision, found=found)
    ordered = [decisions[thread.identity] for thread in snapshot.board.threads if thread.identity in decisions]
    general: tuple[Decision, ...] = (pause,) if isinstance(pause, Decision) else ()
    wanted = replace(
        start,
        edits=_edits(fillings, snapshot, settings),
        decisions=(*general, *ordered),
        facts=_facts(fillings, chosen, snapshot, now) if fillings else start.facts + _left_alone(chosen.stays),
    )
    return with_index(wanted, [one.page.title for one in fillings], snapshot, settings)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which groups go where, and why all others stay."""

    placing: Placing
    stays: tuple[Stays, ...]


def _choose(
    snapshot: Snapshot, settings: ArchiveSettings, now: datetime, verdicts: Sequence[Verdict]
) -> _Choice | Need:
    """Choose and place; what turns out to stand in its archive already stays, and the choice is made anew."""
    judged = {verdict.thread.start: verdict for verdict in verdicts}
    while True:
        groups, tied = group(list(judged.values()))
        chosen, held = select(groups, len(snapshot.board.threads), settings)
        placing = place(chosen, snapshot, settings, now)
        if isinstance(placing, Need):
            return placing
        again = [*put_back(placing, snapshot), *_with_addresses(placing, snapshot)]
        if not again:
            return _Choice(placing, (*tied, *held, *placing.waiting))
        judged.update({stay.thread.start: stay for stay in again})


def _with_addresses(placing: Placing, snapshot: Snapshot) -> Iterator[Stays]:
    """Threads with addresses, where the wiki refused the archive for one: one bad address must not keep all others.

    Which one it is the wiki does not tell in a form that may be repeated; the next run tries all of them again
    (https://phabricator.wikimedia.org/T313107).
    """
    for filling in placing.fillings:
        if snapshot.denied.get(filling.page.title) == "spam":
            for thread in filling.threads:
                if "//" in snapshot.board.wikitext(thread):
                    found = "the wiki's list of addresses refused the archive, and the thread holds an address"
                    yield Stays(thread, "held back", found, "addresses that the wiki takes")


def _members(filling: Filling) -> list[Due]:
    return [due for one in filling.groups for due in one.members]


def _within_limits(
    fillings: Sequence[Filling], snapshot: Snapshot, settings: ArchiveSettings
) -> tuple[tuple[Filling, ...], list[Stays]]:
    """As many archive pages as the operator's limit leaves edits for, the cut and the index counted in."""
    room = max(0, snapshot.limits.edits_left - 1 - bool(settings.index))
    found = f"{snapshot.limits.edits_left} edits left in this run"
    wanted = "one for each archive page, one for the board" + (", one for the index" if settings.index else "")
    late = [
        wait
        for filling in fillings[room:]
        for one in filling.groups
        for wait in held_back(one, found, wanted, later=True)
    ]
    return tuple(fillings[:room]), late


def _edits(fillings: Sequence[Filling], snapshot: Snapshot, settings: ArchiveSettings) -> tuple[Edit, ...]:
    """The archives, then the cut."""
    if not fillings:
        return ()
    threads = [thread for filling in fillings for thread in filling.threads]
    cut = cut_edit(threads, [filling.page for filling in fillings], snapshot)
    return (*(archive_edit(filling, snapshot, settings) for filling in fillings), cut)


def _facts(fillings: Sequence[Filling], chosen: _Choice, snapshot: Snapshot, now: datetime) -> tuple[Fact, ...]:
    """What is remembered of a move: the board's size after it, page numbers, which threads went unanswered."""
    board = snapshot.board
    going = [thread for filling in fillings for thread in filling.threads]
    left = len(board.text.encode()) - sum(len(board.wikitext(thread).encode()) for thread in going)
    facts = [Fact(SIZE, "", f"{len(board.threads) - len(going)} {left}")]
    facts += [Fact(COUNTER, stem, str(number)) for stem, number in chosen.placing.counters.items()]
    for filling in fillings:
        for due in _members(filling):
            if due.unanswered:
                opened = due.thread.opened or due.since
                value = f"{_iso(opened)} {_iso(now)} {filling.page.title}"
                facts.append(Fact(UNANSWERED, due.thread.identity, value))
    return (*facts, *_left_alone(chosen.stays))


def _left_alone(stays: Sequence[Stays]) -> tuple[Fact, ...]:
    """Threads found to be put back are remembered as such, whatever becomes of their text."""
    return tuple(Fact(RETURNED, one.thread.identity, "yes") for one in stays if one.verdict == PUT_BACK)


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


TASK: Task[ArchiveSettings] = Task(
    name=NAME,
    settings=ArchiveSettings,
    plan=plan,
    every=ArchiveSettings.look_every,
    needs_words=(
        "archive-moved",
        "archive-cut",
        "archive-updated",
        "archive-undone",
        "archive-removed",
        "archive-restored",
        "archive-returned",
        "archive-links",
    ),
)
"""The task as the runner and the settings page know it."""
