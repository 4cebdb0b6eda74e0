"""Keeps marks true: status templates follow the board's table of states, handled reports are marked or taken off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Status, Thread
from bot.plan import Decision, Edit, Fact, Need, Plan, Snapshot, Splice, Splices, Task
from bot.reading.status import Conclusion
from bot.reading.templatenames import TemplateNames
from bot.reading.wikitext import scan, tags_of
from tasks.archive.brakes import restless
from tasks.ownkeys import AT_ONCE, joined, made
from tasks.people import judge, people_need, rights_of
from tasks.status.blocked import FREE, MOST_PAGES, Dealt, dealt_with, free_now, keys_of, mark, need_of, remove
from tasks.status.settings import StatusSettings
from tasks.status.table import Course, Label, goal, label_of, title_of, word_of

__all__ = ["TASK", "StatusSettings", "plan"]

NAME = "status"
LAST = "status-last"
"""Kind of fact about a thread: the state that the task set last, then those that people undid, as a JSON list."""

_DONE = (Status.RESOLVED, Status.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class _Change:
    """Another word for one thread's status template."""

    thread: Thread
    label: Label
    state: str


def plan(snapshot: Snapshot, settings: StatusSettings, now: datetime) -> Plan | Need:
    """Moves status templates along the table, marks what was handled; never does again what a person undid."""
    threads, rights = snapshot.board.threads, rights_of(snapshot)
    need = people_need(threads, snapshot, rights)
    if settings.template is not None:
        need |= Need(redirects=frozenset({title_of(settings.template, snapshot)} - snapshot.redirects.keys()))
    if settings.blocked != "off":
        need |= need_of(threads, snapshot)
    if need:
        return need
    judged = [(thread, judge(thread, snapshot, rights)) for thread in threads]
    changes, decisions, facts = _along_the_table(judged, snapshot, settings, now)
    handled, reasons = _handled(judged, snapshot, settings)
    if settings.blocked != "off":
        facts += [Fact(FREE, thread.identity, "1") for thread in threads if _to_note(thread, snapshot)]
    if changes or handled:
        pause = restless(snapshot, now)
        if isinstance(pause, Need):
            return pause
        if pause is not None:
            return Plan(decisions=(Decision(NAME, "", "held back", pause.found, pause.wanted),))
    edits = [_edit(changes, snapshot, settings)] if changes else []
    if handled:
        gone = [thread for thread, _ in handled]
        edits.append(remove(gone, snapshot) if settings.blocked == "remove" else mark(handled, snapshot, settings))
    return Plan(tuple(edits), (*decisions, *reasons), tuple(facts))


def _to_note(thread: Thread, snapshot: Snapshot) -> bool:
    """Whether it is worth remembering that nobody named in a thread is locked yet."""
    known = (FREE, snapshot.memory.hash_of(thread.identity)) in snapshot.memory.facts
    return bool(thread.subjects) and not known and free_now(thread, snapshot)


def _along_the_table(
    judged: Sequence[tuple[Thread, Conclusion]], snapshot: Snapshot, settings: StatusSettings, now: datetime
) -> tuple[list[_Change], list[Decision], list[Fact]]:
    changes: list[_Change] = []
    decisions: list[Decision] = []
    facts: list[Fact] = []
    if settings.template is None or not settings.moves:
        return changes, decisions, facts
    found = scan(snapshot.board.text, tags_of(snapshot.info.extensions))
    names = TemplateNames(snapshot.info, {settings.template: snapshot.redirects[title_of(settings.template, snapshot)]})
    for thread, concluded in judged:
        label = label_of(thread, found, names, settings)
        course = Course.of(thread, concluded, snapshot)
        if label is None or label.state is None or course is None or thread.damage or concluded.status in _DONE:
            why = "no status template whose word is known, or the thread is closed"
            decisions.append(Decision(NAME, thread.identity, "stay", why, "a word of the table, in an open thread"))
            continue
        undone = _undone(thread, label.state, snapshot, settings)
        state, decision = _next(thread, label.state, course, undone, settings, now)
        if state is not None and len(changes) >= AT_ONCE:
            state, decision = None, Decision(NAME, thread.identity, "held back", f"{AT_ONCE} changes", "the next run")
        decisions.append(decision)
        if state is not None:
            changes.append(_Change(thread, label, state))
        remembered = json.dumps([state or (_last(thread, snapshot) if not undone else ""), *sorted(undone)])
        if (state is not None or undone) and _fact(thread, snapshot) != remembered:
            facts.append(Fact(LAST, thread.identity, remembered))
    return changes, decisions, facts


def _next(
    thread: Thread, state: str, course: Course, undone: frozenset[str], settings: StatusSettings, now: datetime
) -> tuple[str | None, Decision]:
    """The state to set, None for none, and why."""
    target = goal(state, course, settings, now)
    if target is None:
        return None, Decision(NAME, thread.identity, "stay", "the table goes round in circles", "moves that end")
    if target == state:
        return None, Decision(NAME, thread.identity, "stay", f"the status is {state}", "a move of the table that fits")
    if target in undone:
        found = f"the status is {state}; a person undid {target} before"
        return None, Decision(NAME, thread.identity, "stay: changed by a person", found, f"{target}, by the table")
    return target, Decision(
        NAME, thread.identity, f"set: {target}", f"the status is {state}", f"{target}, by the table"
    )


def _fact(thread: Thread, snapshot: Snapshot) -> str:
    return snapshot.memory.facts.get((LAST, snapshot.memory.hash_of(thread.identity)), "")


def _last(thread: Thread, snapshot: Snapshot) -> str:
    remembered: list[str] = json.loads(_fact(thread, snapshot) or '[""]')
    return remembered[0]


def _undone(thread: Thread, state: str, snapshot: Snapshot, settings: StatusSettings) -> frozenset[str]:
    """The states that the task set on this thread and somebody changed by hand; those it does not set there again.

    Where the journal was lost, every state that the ledger knows the task to have set and that is not there counts.
    """
    value = _fact(thread, snapshot)
    if not value:
        ours = made(snapshot)
        return frozenset(
            one for one in settings.states if one != state and not ours.isdisjoint(_keys(thread, one, snapshot))
        )
    last, *earlier = json.loads(value)
    return frozenset({*earlier, *([last] if last and last != state else [])})


def _key(thread: Thread, state: str, snapshot: Snapshot) -> str:
    return _keys(thread, state, snapshot)[0]


def _keys(thread: Thread, state: str, snapshot: Snapshot) -> tuple[str, ...]:
    memory = snapshot.memory
    return tuple(memory.hash_of(NAME, snapshot.board.title, name, state) for name in memory.called(thread.identity))


def _edit(changes: Sequence[_Change], snapshot: Snapshot, settings: StatusSettings) -> Edit:
    splices = tuple(
        Splice(one.label.start, one.label.end, one.label.lead + word_of(one.state, settings.states)) for one in changes
    )
    return Edit(
        task=NAME,
        kind=NAME,
        page=snapshot.board.title,
        base=snapshot.board.revision,
        change=Splices(splices),
        summary=snapshot.messages.say("status-own", len(changes)),
        key=joined(_key(one.thread, one.state, snapshot) for one in changes),
        threads=tuple(one.thread.identity for one in changes),
        independent=True,
    )


def _handled(
    judged: Sequence[tuple[Thread, Conclusion]], snapshot: Snapshot, settings: StatusSettings
) -> tuple[list[tuple[Thread, Dealt]], list[Decision]]:
    """The threads of which all that is named was dealt with since, and why the others are not among them."""
    handled: list[tuple[Thread, Dealt]] = []
    decisions: list[Decision] = []
    if settings.blocked == "off":
        return handled, decisions
    ours = made(snapshot)
    for thread, concluded in judged:
        if not (thread.subjects or thread.pages):
            continue
        marked = not ours.isdisjoint(keys_of(thread, snapshot))
        dealt = None if marked else dealt_with(thread, snapshot)
        found, wanted = "all that is named was dealt with since", f"blocked: {settings.blocked}"
        verdict = "stay"
        if marked:
            found, wanted = "it was marked before", "one mark per thread, whatever became of it"
        elif len(thread.pages) > MOST_PAGES:
            found, wanted = f"{len(thread.pages)} pages named", f"at most {MOST_PAGES}"
        elif dealt is None:
            found = "not all accounts and pages named were dealt with since"
            wanted = "a block, a protection or a deletion since the opening for each"
        elif concluded.status in (*_DONE, Status.IN_PROGRESS) or thread.damage or thread.transcluded:
            found, wanted = concluded.found, "an open thread that nobody works on"
        elif settings.blocked == "remove" and (snapshot.rules.style != "list" or dealt.partial):
            found, wanted = "no list, or a partial block", "a list-style board and blocks of the whole wiki"
        elif len(handled) >= AT_ONCE:
            verdict, wanted = "held back", "the next run"
        else:
            verdict = settings.blocked
            handled.append((thread, dealt))
        decisions.append(Decision(NAME, thread.identity, verdict, found, wanted))
    return handled, decisions


def _every(settings: StatusSettings) -> timedelta:
    return settings.every or timedelta(minutes=15)


TASK: Task[StatusSettings] = Task(
    name=NAME,
    settings=StatusSettings,
    plan=plan,
    every=_every,
    needs_words=("status-own", "status-blocked", "status-blocked-own", "status-removed-own"),
)
"""The task as the runner and the settings page know it."""
