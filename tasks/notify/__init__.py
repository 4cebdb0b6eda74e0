"""Tells the people whom a thread names that a discussion mentions them: once each, gently, and only when it is safe."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.model import Thread
from bot.plan import Decision, Edit, Fact, Need, Plan, Snapshot, Task
from tasks.notify.gates import Refusal, person_gate, thread_gate
from tasks.notify.notice import notice, talk_page
from tasks.notify.settings import NotifySettings

__all__ = ["TASK", "TOO_MANY_NAMED", "NotifySettings", "plan"]

TOO_MANY_NAMED = "too-many-named"
"""The fact about a thread that names more people than are told automatically; the summary shows it."""


def plan(snapshot: Snapshot, settings: NotifySettings, now: datetime) -> Plan | Need:
    """One notice for each person named who may and should be told; for everybody else, the gate that stood in the way.

    First the threads are judged, then the people in those that passed (which needs their accounts and talk pages), then
    the edits that opened the threads are looked up for the links.
    """
    if settings.subjects == "off":
        return Plan()
    named = [thread for thread in snapshot.board.threads if thread.subjects]
    gates = [(thread, thread_gate(thread, snapshot, settings, now)) for thread in named]
    passed = [thread for thread, gate in gates if gate is None]
    need = _people(passed, snapshot)
    for _, gate in gates:
        if isinstance(gate, Need):
            need |= gate
    if need:
        return need
    decisions = [_refused(thread, "", gate) for thread, gate in gates if isinstance(gate, Refusal)]
    told: list[tuple[str, Thread]] = []
    for thread in passed:
        for person in thread.subjects:
            gate = person_gate(person, thread, snapshot, now, frozenset(name for name, _ in told))
            if gate is None and settings.subjects == "observe":
                gate = Refusal("nobody told them yet", "subjects: notice (now: observe)")
            if gate is None:
                told.append((person, thread))
                decisions.append(Decision("notify", thread.identity, "tell", "every gate passed", "", person))
            else:
                decisions.append(_refused(thread, person, gate))
    unknown = frozenset(thread.identity for _, thread in told) - snapshot.origins.keys()
    if unknown:
        return Need(origins=unknown)
    edits: tuple[Edit, ...] = tuple(notice(person, thread, snapshot) for person, thread in told)
    crowded = (thread.identity for thread in named if len(thread.subjects) > settings.per_thread)
    return Plan(edits, tuple(decisions), tuple(Fact(TOO_MANY_NAMED, identity, "1") for identity in crowded))


def _refused(thread: Thread, person: str, gate: Refusal) -> Decision:
    return Decision("notify", thread.identity, "not told", gate.found, gate.wanted, person)


def _people(threads: list[Thread], snapshot: Snapshot) -> Need:
    """Accounts and talk pages of everybody named, and the pages that redirected talk pages lead to."""
    people = {person for thread in threads for person in thread.subjects}
    pages = {talk_page(person, snapshot.info) for person in people}
    pages |= {page.redirect for title in tuple(pages) if (page := snapshot.pages.get(title)) and page.redirect}
    return Need(pages=frozenset(pages - snapshot.pages.keys()), users=frozenset(people - snapshot.users.keys()))


def _every(settings: NotifySettings) -> timedelta:
    return settings.every or timedelta(minutes=15)


TASK: Task[NotifySettings] = Task(
    name="notify",
    settings=NotifySettings,
    plan=plan,
    every=_every,
    needs_words=("notify-heading", "notify-text", "notify-here", "notify-bot", "notify-own"),
)
"""The task as the runner and the settings page know it."""
