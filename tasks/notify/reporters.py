"""News for whoever opened a thread: answered, resolved, archived without an answer; only where the community asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.model import Status, Thread
from bot.plan import Decision, Edit, Need, Snapshot
from bot.reading.board import Reader
from bot.reading.rights import Rights
from tasks.archive import UNANSWERED
from tasks.notify.caps import Caps
from tasks.notify.gates import account_gate, current_name, lately, people_of, talk_gate
from tasks.notify.notice import NEWS_KINDS, keys_of, news, where_of
from tasks.notify.settings import News, NotifySettings
from tasks.notify.values import Refusal
from tasks.notify.wishes import wishes_gate
from tasks.ownkeys import made
from tasks.people import judge, people_need, wrote, wrote_need

RECENT = timedelta(days=7)
"""What happened longer ago is no news: a board whose old threads come under new settings tells nobody."""

ARCHIVED = timedelta(days=14)
"""How long after archiving a reporter may still be told of it."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a thread: what, when, and the page on which the thread stands now."""

    what: News
    thread: Thread
    when: datetime
    where: str


def events(snapshot: Snapshot, rights: Rights, settings: NotifySettings, now: datetime) -> tuple[Event, ...] | Need:
    """What reporters could be told of, or what must be seen first."""
    wanted = settings.reporters
    if not wanted:
        return ()
    archives = dict(_archived(snapshot, now)) if "archived_unanswered" in wanted else {}
    need = Need(pages=frozenset(set(archives.values()) - snapshot.pages.keys()))
    on_board = [thread for thread in snapshot.board.threads if thread.opened is not None and not thread.damage]
    if "answered" in wanted or "resolved" in wanted:
        need |= people_need(on_board, snapshot, rights)
    if need:
        return need
    found = [event for thread in on_board for event in _news(thread, snapshot, rights, settings, now)]
    found += _from_archives(archives, snapshot)
    reporters = frozenset(event.thread.reporter for event in found)
    need = people_of(reporters, snapshot, settings)
    identities = {event.thread.identity for event in found if event.what != "archived_unanswered"}
    need |= Need(origins=frozenset(identities - snapshot.origins.keys()))
    for event in found:
        if event.what != "archived_unanswered":
            need |= wrote_need((event.thread.reporter,), _since(event), rights)
    return need if need else tuple(found)


def _archived(snapshot: Snapshot, now: datetime) -> Iterator[tuple[str, str]]:
    """Hashed identity and archive page of what was lately archived without an answer (the archive task's facts)."""
    for (kind, hashed), value in snapshot.memory.facts.items():
        if kind != UNANSWERED:
            continue
        _, when, page = value.split(" ", 2)
        if now - datetime.strptime(when, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) < ARCHIVED:
            yield hashed, page


def _from_archives(archives: dict[str, str], snapshot: Snapshot) -> Iterator[Event]:
    """The threads themselves, found again on their archive pages; one that is not there was taken out by somebody."""
    reader = Reader(snapshot.info)
    for page in dict.fromkeys(archives.values()):
        read = reader.board(page, 0, snapshot.pages[page].text or "", snapshot.rules)
        for thread in read.threads:
            hashed = snapshot.memory.hash_of(thread.identity)
            if archives.get(hashed) == page and thread.reporter and thread.last is not None:
                yield Event("archived_unanswered", thread, thread.last, page)


def _news(
    thread: Thread, snapshot: Snapshot, rights: Rights, settings: NotifySettings, now: datetime
) -> Iterator[Event]:
    concluded = judge(thread, snapshot, rights)
    done = concluded.status is Status.RESOLVED
    where = where_of(thread, snapshot)
    if "resolved" in settings.reporters and done and thread.last is not None:
        when = (concluded.mark.instant if concluded.mark else None) or thread.last
        if settings.wait <= now - when < RECENT:
            yield Event("resolved", thread, when, where)
    elif "answered" in settings.reporters and concluded.first_answer is not None:
        when = concluded.first_answer.instant
        if settings.wait <= now - when < RECENT:
            yield Event("answered", thread, when, where)


def tell(
    found: Iterable[Event],
    snapshot: Snapshot,
    rights: Rights,
    settings: NotifySettings,
    now: datetime,
    caps: Caps,
) -> tuple[list[Edit], list[Decision]]:
    """A notice for each event whose reporter may and should be told, and a reason for each that is not."""
    edits: list[Edit] = []
    decisions: list[Decision] = []
    for event in found:
        kind = NEWS_KINDS[event.what]
        reporter, identity = event.thread.reporter, event.thread.identity
        refusal = _gate(event, kind, snapshot, rights, settings, now)
        if refusal is None and any(edit.kind == kind and edit.person == reporter for edit in edits):
            refusal = Refusal("told of another thread in this run", "one notice of a kind from one board in 7 days")
        refusal = refusal or caps.take_one()
        if refusal is None:
            edits.append(news(event.what, event.thread, event.where, snapshot, settings))
            decisions.append(Decision("notify", identity, f"tell: {event.what}", "every gate passed", "", reporter))
        else:
            verdict = "held back" if refusal.held else "not told"
            later = refusal.held
            decisions.append(
                Decision("notify", identity, verdict, refusal.found, refusal.wanted, reporter, later=later)
            )
    return edits, decisions


def _since(event: Event) -> Thread:
    """The thread with only what was said after the event."""
    later = tuple(comment for comment in event.thread.comments if comment.instant > event.when)
    return replace(event.thread, comments=later)


def _gate(
    event: Event, kind: str, snapshot: Snapshot, rights: Rights, settings: NotifySettings, now: datetime
) -> Refusal | None:
    thread = event.thread
    name = current_name(thread.reporter, snapshot)
    if name != thread.reporter:
        return Refusal("a renamed account", "the name that signed the post")
    if not made(snapshot).isdisjoint(keys_of(name, thread.identity, snapshot, kind)):
        return Refusal("already told by the bot", "one notice per person, thread and kind, ever", knows="bot")
    if event.what != "archived_unanswered" and wrote((name,), _since(event), rights):
        return Refusal("wrote in the thread since", "somebody who may not have seen it")
    return (
        account_gate(name, snapshot)
        or lately(kind, (name,), snapshot, now)
        or wishes_gate((name,), snapshot, settings)
        or talk_gate(name, snapshot)
    )
