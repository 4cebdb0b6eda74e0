"""Flags a board on which too many threads wait, and takes the flag off when they have become few enough."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import model_validator

from bot.model import CATEGORY, TEMPLATE, Status, WikiInfo
from bot.plan import Decision, Edit, Fact, Need, Plan, Snapshot, Splice, Splices, Task
from bot.reading.status import Conclusion
from bot.reading.templatenames import TemplateNames
from bot.reading.wikitext import Scan, scan, tags_of
from bot.settings.base import TaskSettings
from bot.settings.values import Count, PageTitle, TemplateName, between, misfit
from tasks.archive.brakes import restless
from tasks.people import judge, people_need, rights_of

NAME = "backlog"
FLAG = "backlog-flag"
"""Kind of fact: what the task last did to the board's flag, ``set`` or ``cleared``."""


class BacklogSettings(TaskSettings):
    """When a board counts as backlogged, and how that is shown on it."""

    flag_at: Annotated[Count, between(1, 1000)] = 15
    """The flag is set when so many threads wait [15]."""

    clear_at: Annotated[Count, between(0, 999)] = 8
    """It is taken off when so many or fewer wait [8]; less than ``flag_at``, so that it does not flicker."""

    template: TemplateName = "Admin backlog"
    """The template that flags the board [Admin backlog]; it stands at the board's top."""

    clear_template: TemplateName | None = None
    """A template that stands in its place while there is no backlog, where the board has one [none]."""

    category: PageTitle | None = None
    """A category that flags the board instead of a template, for instance ``Category:Backlogged boards`` [none]."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.clear_at >= self.flag_at:
            raise misfit(f"clear_at of less than {self.flag_at}, which is flag_at")
        return self


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where on the board the flag, or what stands for its absence, is."""

    start: int
    end: int
    flagged: bool


def plan(snapshot: Snapshot, settings: BacklogSettings, now: datetime) -> Plan | Need:
    """Sets the flag at ``flag_at``, takes it off at ``clear_at``, and does not fight over it with a person.

    What a person did to the flag since the task's own last change stands until the count crosses the other threshold.
    """
    rights = rights_of(snapshot)
    need = people_need(snapshot.board.threads, snapshot, rights) | _redirects(snapshot, settings)
    if need:
        return need
    waiting = sum(_waits(judge(thread, snapshot, rights)) for thread in snapshot.board.threads)
    spot = _spot(snapshot, settings)
    flagged = spot is not None and spot.flagged
    last = snapshot.memory.facts.get((FLAG, ""), "")
    found = f"{waiting} waiting, the flag is {'set' if flagged else 'not set'}"
    if waiting >= settings.flag_at and not flagged:
        wanted, undone, word = f"flag_at: {settings.flag_at}", last == "set", "set"
    elif waiting <= settings.clear_at and flagged:
        wanted, undone, word = f"clear_at: {settings.clear_at}", last == "cleared", "cleared"
    else:
        word = "set" if waiting >= settings.flag_at else "cleared" if waiting <= settings.clear_at else last
        facts = (Fact(FLAG, "", word),) if word != last else ()
        between_them = f"flag_at: {settings.flag_at}, clear_at: {settings.clear_at}"
        return Plan((), (Decision(NAME, "", "stay", found, between_them),), facts)
    if undone:
        wanted = "what a person did to the flag stands until the other threshold is crossed"
        return Plan(decisions=(Decision(NAME, "", "stay: changed by a person", found, wanted),))
    pause = restless(snapshot, now)
    if isinstance(pause, Need):
        return pause
    if pause is not None:
        return Plan(decisions=(Decision(NAME, "", "held back", pause.found, pause.wanted),))
    edit = _edit(spot, word == "set", waiting, snapshot, settings)
    verdict = "flag" if word == "set" else "clear"
    return Plan((edit,), (Decision(NAME, "", verdict, found, wanted),), (Fact(FLAG, "", word),))


def _waits(concluded: Conclusion) -> bool:
    """Whether a thread counts: nobody has ended it, and nobody who could has taken it up."""
    if concluded.status in (Status.RESOLVED, Status.WITHDRAWN):
        return False
    return not (concluded.status is Status.IN_PROGRESS and concluded.answered)


def _redirects(snapshot: Snapshot, settings: BacklogSettings) -> Need:
    """The other names of the templates: a flag that a person set by one of them is seen."""
    if settings.category is not None:
        return Need()
    names = [name for name in (settings.template, settings.clear_template) if name]
    titles = {_title(name, snapshot.info) for name in names}
    return Need(redirects=frozenset(titles - snapshot.redirects.keys()))


def _title(name: str, info: WikiInfo) -> str:
    return f"{info.namespaces[TEMPLATE].name}:{name}"


def _spot(snapshot: Snapshot, settings: BacklogSettings) -> _Spot | None:
    """Where the flag stands outside the threads, or the template that says that there is none; the flag comes first."""
    found = scan(snapshot.board.text, tags_of(snapshot.info.extensions))
    spots = _categories(found, snapshot, settings) if settings.category else _templates(found, snapshot, settings)
    return next((spot for spot in spots if spot.flagged), next(iter(spots), None))


def _templates(found: Scan, snapshot: Snapshot, settings: BacklogSettings) -> list[_Spot]:
    aliases = {
        name: snapshot.redirects[_title(name, snapshot.info)]
        for name in (settings.template, settings.clear_template)
        if name
    }
    names = TemplateNames(snapshot.info, aliases)
    flags = names.table((settings.template,))
    clears = names.table((settings.clear_template,) if settings.clear_template else ())
    return [
        _Spot(used.span.start, used.span.end, flagged=used.name in flags)
        for used in names.used(found)
        if (used.name in flags or used.name in clears) and _outside(used.span.start, snapshot)
    ]


def _categories(found: Scan, snapshot: Snapshot, settings: BacklogSettings) -> list[_Spot]:
    words = (settings.category or "").partition(":")[2].replace("_", " ").split()
    spelt = "|".join(re.escape(name) for name in snapshot.info.namespaces[CATEGORY].names)
    title = r"[ _]+".join(re.escape(word) for word in words)
    pattern = re.compile(rf"\[\[[ _]*(?i:{spelt})[ _]*:[ _]*{title}[ _]*(?:\|[^\[\]\n]*)?\]\]")
    return [
        _Spot(match.start(), match.end(), flagged=True)
        for match in pattern.finditer(snapshot.board.text)
        if match.start() not in found.hidden and _outside(match.start(), snapshot)
    ]


def _outside(at: int, snapshot: Snapshot) -> bool:
    """Whether an offset lies in no thread: in one, the flag is only talked about."""
    return not any(thread.start <= at < thread.end for thread in snapshot.board.threads)


def _edit(spot: _Spot | None, flag: bool, waiting: int, snapshot: Snapshot, settings: BacklogSettings) -> Edit:
    """Sets or takes off the flag: in the place of what stands there, else at the very top."""
    text = snapshot.board.text
    other = f"{{{{{settings.clear_template}}}}}" if settings.clear_template and not settings.category else ""
    mine = f"[[{settings.category}]]" if settings.category else f"{{{{{settings.template}}}}}"
    new = mine if flag else other
    if spot is None:
        splice = Splice(0, 0, f"{new}\n")
    else:
        # A flag on a line of its own takes the line with it.
        begins = spot.start == 0 or text[spot.start - 1] == "\n"
        alone = not new and begins and text[spot.end : spot.end + 1] == "\n"
        splice = Splice(spot.start, spot.end + alone, new)
    return Edit(
        task=NAME,
        kind="backlog",
        page=snapshot.board.title,
        base=snapshot.board.revision,
        change=Splices((splice,)),
        summary=snapshot.messages.say("backlog-flag" if flag else "backlog-clear", waiting),
    )


def _every(settings: BacklogSettings) -> timedelta:
    return settings.every or timedelta(minutes=15)


TASK: Task[BacklogSettings] = Task(
    name=NAME,
    settings=BacklogSettings,
    plan=plan,
    every=_every,
    needs_words=("backlog-flag", "backlog-clear"),
)
"""The task as the runner and the settings page know it."""
