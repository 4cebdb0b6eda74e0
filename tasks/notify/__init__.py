"""Tells the people whom a thread names that a discussion mentions them: once each, gently, and only when it is safe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import Thread
from bot.observe import COVERAGE, Coverage
from bot.plan import Decision, Edit, Fact, Need, Plan, Snapshot, Task
from bot.reading.rights import Rights
from tasks.archive.brakes import restless
from tasks.notify.caps import Caps
from tasks.notify.gates import current_name, names_of, opening_gate, people_of, person_gate, thread_gate
from tasks.notify.notice import notice, reminder_keys, reminders
from tasks.notify.reporters import events, tell
from tasks.notify.settings import NotifySettings
from tasks.notify.values import Knows, Refusal
from tasks.notify.wishes import wishes_facts
from tasks.ownkeys import AT_ONCE, made
from tasks.people import rights_of, wrote_need

__all__ = ["TASK", "TOO_MANY_NAMED", "NotifySettings", "plan"]

TOO_MANY_NAMED = "too-many-named"
"""The fact about a thread that names more people than are told automatically; the summary shows it."""


@dataclass(slots=True)
class _Draft:
    """The plan while it is made. ``told`` are those told by it, ``silent`` threads with people nobody told."""

    edits: list[Edit] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    silent: list[Thread] = field(default_factory=list)


def plan(snapshot: Snapshot, settings: NotifySettings, now: datetime) -> Plan | Need:
    """One notice for each person named who may and should be told; for everybody else, the gate that stood in the way.

    First the threads are judged, then the people in those that passed (which needs their accounts and talk pages) and
    the edits that opened the threads (for the links, and for who really filed them).
    """
    rights = rights_of(snapshot)
    found = events(snapshot, rights, settings, now)
    if settings.subjects == "off" and not settings.reporters:
        return Plan()
    named = [thread for thread in snapshot.board.threads if thread.subjects] if settings.subjects != "off" else []
    gates = [(thread, thread_gate(thread, snapshot, rights, settings, now)) for thread in named]
    passed = [thread for thread, gate in gates if gate is None]
    need = people_of(frozenset(person for thread in passed for person in thread.subjects), snapshot, settings)
    for thread in passed:
        for person in thread.subjects:
            need |= wrote_need(names_of(person, snapshot), thread, rights)
    for answer in (found, *(gate for _, gate in gates)):
        if isinstance(answer, Need):
            need |= answer
    if need or isinstance(found, Need):
        return need
    if need := _origins_need(passed, snapshot, rights, settings, now):
        return need
    caps, draft = Caps(snapshot, settings, now), _Draft()
    for thread, gate in gates:
        refusal = gate or opening_gate(thread, snapshot)
        if isinstance(refusal, Refusal):
            # Of a crowd one line is enough: the reason is the same for everybody.
            people = thread.subjects if len(thread.subjects) <= settings.per_thread else ("",)
            draft.decisions += [_refused(thread, person, refusal) for person in people]
        else:
            _subjects(thread, snapshot, rights, settings, now, caps, draft)
    pause = _remind(snapshot, now, draft) if settings.subjects == "remind" else None
    if isinstance(pause, Need):
        return pause
    edits, decisions = tell(found, snapshot, rights, settings, now, caps)
    draft.facts += _crowds(named, snapshot, settings)
    return Plan((*draft.edits, *edits), (*draft.decisions, *decisions), tuple(draft.facts))


def _origins_need(
    passed: Iterable[Thread], snapshot: Snapshot, rights: Rights, settings: NotifySettings, now: datetime
) -> Need:
    """The edits that opened the threads of which somebody is to be told; a board without such threads is not asked."""
    if settings.subjects not in ("notice", "remind"):
        return Need()
    ours = made(snapshot) if settings.subjects == "remind" else frozenset()

    def tells(thread: Thread) -> bool:
        gates = (person_gate(one, thread, snapshot, rights, settings, now, frozenset()) for one in thread.subjects)
        return ours.isdisjoint(reminder_keys(thread, snapshot)) and any(gate is None for gate in gates)

    return Need(origins=frozenset(thread.identity for thread in passed if tells(thread)) - snapshot.origins.keys())


def _crowds(named: list[Thread], snapshot: Snapshot, settings: NotifySettings) -> list[Fact]:
    """Which threads name too many; of one that does so no longer this is forgotten."""
    facts = []
    for thread in named:
        crowded = len(thread.subjects) > settings.per_thread
        known = bool(snapshot.memory.facts.get((TOO_MANY_NAMED, snapshot.memory.hash_of(thread.identity))))
        facts += [Fact(TOO_MANY_NAMED, thread.identity, "1" if crowded else "")] if crowded != known else []
    return facts


def _subjects(
    thread: Thread,
    snapshot: Snapshot,
    rights: Rights,
    settings: NotifySettings,
    now: datetime,
    caps: Caps,
    draft: _Draft,
) -> None:
    """Everybody whom one thread names."""
    known: Counter[Knows] = Counter()
    waiting = False
    for person in thread.subjects:
        name = current_name(person, snapshot)
        gate = person_gate(person, thread, snapshot, rights, settings, now, frozenset(draft.told))
        known[gate.knows if gate is not None else ""] += 1
        draft.facts += wishes_facts(names_of(person, snapshot), snapshot, settings)
        if gate is None and settings.subjects != "notice":
            waiting = True
            gate = Refusal("nobody told them yet", f"subjects: notice (now: {settings.subjects})")
        taken = caps.take(name, thread) if gate is None else gate
        if isinstance(taken, Refusal):
            draft.decisions.append(_refused(thread, person, taken))
            continue
        draft.told.add(name)
        known[""] -= 1
        known["bot"] += 1
        draft.edits.append(notice(name, thread, snapshot, settings, taken))
        draft.decisions.append(Decision("notify", thread.identity, "tell", "every gate passed", "", person))
    coverage = Coverage(known["bot"], known["people"], known[""], known["beyond"]).written()
    draft.facts += [fact] if (fact := _fact(COVERAGE, thread.identity, coverage, snapshot)) else []
    if waiting:
        draft.silent.append(thread)


def _remind(snapshot: Snapshot, now: datetime, draft: _Draft) -> Need | None:
    """The reminder in threads whose people nobody seems to have told, once each."""
    ours = made(snapshot)
    due = [thread for thread in draft.silent if ours.isdisjoint(reminder_keys(thread, snapshot))][:AT_ONCE]
    pause = restless(snapshot, now) if due else None
    if isinstance(pause, Need):
        return pause
    if pause is not None:
        draft.decisions.append(Decision("notify", "", "held back", pause.found, pause.wanted))
    elif due:
        draft.edits.append(reminders(due, snapshot))
        draft.decisions += [
            Decision("notify", one.identity, "remind", "nobody seems to have told them", "") for one in due
        ]
    return None


def _fact(kind: str, identity: str, value: str, snapshot: Snapshot) -> Fact | None:
    """The fact, where it is not remembered already."""
    remembered = snapshot.memory.facts.get((kind, snapshot.memory.hash_of(identity)))
    return None if remembered == value else Fact(kind, identity, value)


def _refused(thread: Thread, person: str, gate: Refusal) -> Decision:
    verdict = "held back" if gate.held else "not told"
    return Decision("notify", thread.identity, verdict, gate.found, gate.wanted, person, later=gate.held)


def _every(settings: NotifySettings) -> timedelta:
    return settings.every or timedelta(minutes=15)


TASK: Task[NotifySettings] = Task(
    name="notify",
    settings=NotifySettings,
    plan=plan,
    every=_every,
    needs_words=("notify-heading", "subject-notice", "notify-here", "notify-bot", "notify-own"),
)
"""The task as the runner and the settings page know it."""
