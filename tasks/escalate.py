"""Puts threads that wait too long on an overdue page, once each: a neutral line that only an answer or a close ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from bot.messages import link, stamp
from bot.model import Status, Thread
from bot.plan import Decision, Edit, Fact, Need, Plan, Snapshot, Task
from bot.reading.status import Conclusion
from bot.settings.base import TaskSettings
from bot.settings.values import OptionalDuration, PageTitle, at_least, say_duration
from tasks.ownkeys import AT_ONCE, joined, made
from tasks.people import judge, people_need, rights_of
from tasks.section import Markers, put, unfit

NAME = "escalate"
Limit = Literal["unanswered", "open"]
_LIMITS: tuple[Limit, ...] = ("unanswered", "open")
NAME_OF_KEY = "overdue"
OVERDUE = "overdue-line"
"""Kind of fact about a thread: the key of its newest line, by which the line is known when the thread has gone."""
FORMERLY = "overdue-formerly"
"""Kind of fact: titles that the board had before, separated by ``|``; lines put on the list under them are its own."""

_LINE = re.compile(r"^\* <!-- bc:([a-zA-Z0-9]+) -->.*$", re.M)
_SECTION = re.compile(r"<!-- boardclerk overdue begin: ([^\n>]+) -->")


class EscalateSettings(TaskSettings):
    """Which threads are overdue, and where that is shown."""

    page: PageTitle
    """The page that lists overdue threads, for instance ``Project:Incidents/Overdue``. Several boards may share one."""

    unanswered_after: Annotated[OptionalDuration, at_least("1 h")] = timedelta(hours=12)
    """How long after its opening a thread without an answer by a responder is overdue [12 h]."""

    open_after: Annotated[OptionalDuration, at_least("1 h")] = timedelta(days=7)
    """How long after its opening a thread that nobody has closed is overdue [7 days]."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that the list shall hold: for which thread, because of which limit, new or standing already."""

    thread: Thread
    limit: Limit
    key: str
    new: bool


@dataclass(frozen=True, slots=True)
class _Listed:
    """What stands on the page: the bot's own lines by key, and the titles under which the board's lines were made.

    ``former`` are those titles whose sections stand there still, ``remember`` those that had one ever.
    """

    lines: Mapping[str, str]
    titles: tuple[str, ...]
    former: tuple[str, ...] = ()
    remember: tuple[str, ...] = ()

    def keys(self, thread: Thread, limit: Limit, snapshot: Snapshot) -> tuple[str, ...]:
        """The keys that a thread's line may have, the one that a new line gets first."""
        memory = snapshot.memory
        names = memory.called(thread.identity)
        return tuple(memory.hash_of(NAME_OF_KEY, limit, title, name) for title in self.titles for name in names)


def plan(snapshot: Snapshot, settings: EscalateSettings, now: datetime) -> Plan | Need:
    """The overdue list as it should be; one edit where it differs from the one that stands, none otherwise."""
    threads, rights = snapshot.board.threads, rights_of(snapshot)
    need = people_need(threads, snapshot, rights) | Need(pages=frozenset({settings.page} - snapshot.pages.keys()))
    if need:
        return need
    page = snapshot.pages[settings.page]
    reason = unfit(page)
    if reason:
        return Plan(decisions=(Decision(NAME, "", "held back", reason, "a wikitext page for the list"),))
    standing = _standing(page.text or "", snapshot)
    if isinstance(standing, Need):
        return standing
    lines: list[_Line] = []
    decisions: list[Decision] = []
    for thread in threads:
        line, decision = _judged(thread, judge(thread, snapshot, rights), standing, snapshot, settings, now)
        if line is not None and line.new and sum(one.new for one in lines) >= AT_ONCE:
            line, decision = None, Decision(NAME, thread.identity, "held back", f"{AT_ONCE} new lines", "the next run")
        lines += [line] if line is not None else []
        decisions.append(decision)
    unknown = frozenset(line.thread.identity for line in lines) - snapshot.openings.keys()
    if unknown:
        return Need(openings=unknown)
    facts = [Fact(OVERDUE, line.thread.identity, line.key) for line in lines if line.new]
    facts += [Fact(FORMERLY, "", "|".join(standing.remember))] if standing.former else []
    return Plan(_edits(lines, standing, snapshot, settings), tuple(decisions), tuple(facts))


def _standing(text: str, snapshot: Snapshot) -> _Listed | Need:
    """The lines that the bot put on the page and that stand there; what others made up is not among them.

    A board that was renamed has its lines under its old title. Whether it was is asked only where the page holds other
    boards' sections, or a line that belongs to no thread of the board.
    """
    title = snapshot.board.title
    ours = made(snapshot)
    remembered = snapshot.memory.facts.get((FORMERLY, ""), "")
    known = _Listed(_lines(text, title, ours), (title, *filter(None, remembered.split("|"))))
    others = frozenset(match[1] for match in _SECTION.finditer(text)) - {title}
    if not others and not known.lines.keys() - _here(known, snapshot):
        return known
    if title not in snapshot.redirects:
        return Need(redirects=frozenset({title}))
    titles = tuple(dict.fromkeys((*known.titles, *snapshot.redirects[title])))
    former = tuple(one for one in titles[1:] if one in others)
    lines = dict(known.lines)
    for one in former:
        lines |= _lines(text, one, ours)
    return _Listed(lines, titles, former, tuple(dict.fromkeys((*known.titles[1:], *former))))


def _lines(text: str, title: str, ours: frozenset[str]) -> Mapping[str, str]:
    span = _markers(title).find(text)
    return {match[1]: match[0] for match in _LINE.finditer(text, *span) if match[1] in ours} if span else {}


def _here(standing: _Listed, snapshot: Snapshot) -> frozenset[str]:
    """The keys of all lines that threads of the board may have."""
    threads = snapshot.board.threads
    return frozenset(key for one in threads for limit in _LIMITS for key in standing.keys(one, limit, snapshot))


def _markers(title: str) -> Markers:
    return Markers.of("overdue", title)


def _judged(
    thread: Thread,
    concluded: Conclusion,
    standing: _Listed,
    snapshot: Snapshot,
    settings: EscalateSettings,
    now: datetime,
) -> tuple[_Line | None, Decision]:
    """The thread's line, if it shall have one, and why or why not."""

    def say(verdict: str, found: str, wanted: str) -> Decision:
        return Decision(NAME, thread.identity, verdict, found, wanted)

    for limit in _LIMITS:
        key = next((key for key in standing.keys(thread, limit, snapshot) if key in standing.lines), "")
        if key and not _ended(limit, concluded):
            wanted = "an answer by a responder, or a valid close" if limit == "unanswered" else "a valid close"
            return _Line(thread, limit, key, new=False), say("stay: listed", concluded.found, wanted)
    if thread.opened is None or thread.damage or thread.transcluded:
        return None, say("not listed", "no signature, or wikitext that cannot be read in full", "a signed thread")
    if concluded.status in (Status.RESOLVED, Status.WITHDRAWN):
        return None, say("not listed", concluded.found, "a thread that waits")
    due = settings.open_after if concluded.answered else settings.unanswered_after
    limit = "open" if concluded.answered else "unanswered"
    if not concluded.answered and due is None:
        limit, due = "open", settings.open_after
    age = now - thread.opened
    if due is None or age < due:
        wanted = f"{limit}_after: {say_duration(due) if due is not None else 'never'}"
        return None, say("not listed", f"opened {say_duration(age)} ago", wanted)
    keys = standing.keys(thread, limit, snapshot)
    if made(snapshot).intersection(keys):
        return None, say("not listed", "it was listed before and somebody took the line away", "one line per thread")
    return _Line(thread, limit, keys[0], new=True), say("list: overdue", concluded.found, f"{limit}_after")


def _ended(limit: Limit, concluded: Conclusion) -> bool:
    """Whether what a line says is over.

    A withdrawal does not end the waiting for an answer: nobody can tell whether it was meant, or made under pressure.
    """
    if limit == "unanswered":
        return concluded.answered or concluded.status is Status.RESOLVED
    return concluded.status in (Status.RESOLVED, Status.WITHDRAWN)


def _edits(lines: list[_Line], standing: _Listed, snapshot: Snapshot, settings: EscalateSettings) -> tuple[Edit, ...]:
    page = snapshot.pages[settings.page]
    markers = _markers(snapshot.board.title)
    gone = _outlasting(standing, snapshot)
    new = [line for line in lines if line.new]
    # Where the section is gone somebody took it away; only a new alarm brings it back, without the old lines.
    if markers.find(page.text or "") is None and not new and not standing.former:
        return ()
    rendered = [*gone, *(_rendered(line, snapshot, settings) for line in lines)]
    say = snapshot.messages.say
    board = link(snapshot.board.title)
    head = [f"'''{say('overdue-support', link(snapshot.rules.support))}'''", ""] if snapshot.rules.support else []
    body = rendered or [say("overdue-none")]
    section = "\n".join([markers.begin, *head, say("overdue-intro", board), "", *body, markers.end])
    change = put(section, page, markers, instead_of=[_markers(title) for title in standing.former])
    if change is None:
        return ()
    edit = Edit(
        task=NAME,
        kind="overdue",
        page=page.title,
        base=page.revision,
        change=change,
        summary=say("overdue-own", board, len(rendered)),
        key=joined(line.key for line in new),
        unchanged=((snapshot.board.title, snapshot.board.revision),),
        threads=tuple(line.thread.identity for line in new),
    )
    return (edit,)


def _outlasting(standing: _Listed, snapshot: Snapshot) -> list[str]:
    """The lines of threads that have gone from the board, where nobody knows why: an alarm does not end with that.

    Where the board says that what is gone was handled, or where the bot itself moved the thread to the archive (the
    summary lists those that went there without an answer), the line goes as well.
    """
    if snapshot.rules.gone_is_handled:
        return []
    here, memory = _here(standing, snapshot), snapshot.memory
    moved = {key for (kind, thread), key in memory.facts.items() if kind == OVERDUE and thread in memory.moved}
    return [line for key, line in standing.lines.items() if key not in here and key not in moved]


def _rendered(line: _Line, snapshot: Snapshot, settings: EscalateSettings) -> str:
    """The line: the same words as long as nothing but the clock changes, no name, no heading (law 10)."""
    say = snapshot.messages.say
    board = link(snapshot.board.title)
    opening = snapshot.openings[line.thread.identity]
    target = f"Special:Diff/{opening}" if opening else snapshot.board.title
    opened = link(target, say("overdue-date", stamp(line.thread.opened)) if line.thread.opened else "")
    if line.limit == "open":
        text = say("overdue-open", board, opened, _span(settings.open_after, snapshot))
    else:
        listed = snapshot.rules.responders.listed_on
        helpers = link(listed, say("overdue-responders")) if listed else say("overdue-responders")
        text = say("overdue-unanswered", board, opened, helpers, _span(settings.unanswered_after, snapshot))
    return f"* <!-- bc:{line.key} -->{text}"


def _span(span: timedelta | None, snapshot: Snapshot) -> str:
    hours = round((span or timedelta(hours=1)) / timedelta(hours=1))
    whole_days = hours % 24 == 0 and hours >= 48
    return snapshot.messages.say("span-days", hours // 24) if whole_days else snapshot.messages.say("span-hours", hours)


def _every(settings: EscalateSettings) -> timedelta:
    return settings.every or timedelta(hours=1)


TASK: Task[EscalateSettings] = Task(
    name=NAME,
    settings=EscalateSettings,
    plan=plan,
    every=_every,
    needs_words=("overdue-own", "overdue-intro", "overdue-support", "overdue-unanswered", "overdue-open"),
)
"""The task as the runner and the settings page know it."""
