"""Plays the story on embedded wikis: people write, the bot makes its passes, everything is told in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.demo.story import PLACES, RUNS, Event, Place
from bot.journal import Journal
from bot.operatorfile import WikiEntry
from bot.plan import Task
from bot.runner import EditReport, RunOptions, RunReport, run
from bot.wiki.embedded import EmbeddedWiki

BOT = "Boardclerk"
SETTINGS = f"User:{BOT}/settings.yaml"
RUN_PAGE = f"User:{BOT}/run"
_OPERATOR = "Admin"


def entry_of(place: Place) -> WikiEntry:
    """The wiki's line in an operator's file."""
    return WikiEntry(
        name=place.name,
        site="",
        api="",
        settings=SETTINGS,
        run_page=RUN_PAGE,
        trusted=frozenset({"sysop"}),
        approval_needed=False,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what happened: when, on which wiki, who, what; ``edit`` where it was the bot's."""

    at: datetime
    wiki: str
    who: str
    what: str
    edit: EditReport | None = None


@dataclass(slots=True)
class Community:
    """One wiki of the demo with its people, played up to an instant."""

    place: Place
    wiki: EmbeddedWiki
    waiting: list[Event]

    @classmethod
    def settle(cls, place: Place) -> Community:
        """Makes the wiki with its people and first pages, before the story begins."""
        events = sorted(place.events, key=lambda event: event.at)
        start = events[0].at - timedelta(days=1)
        wiki = EmbeddedWiki(
            name=place.name, bot=BOT, language=place.language, site_name=place.site_name, zone=place.zone, now=start
        )
        wiki.add_user(_OPERATOR, ("sysop",), edits=5000)
        for person in place.people:
            wiki.add_user(person.name, person.groups, edits=person.edits, since=start - timedelta(days=700))
        for title, text in (*place.pages, (RUN_PAGE, "run"), (SETTINGS, place.settings)):
            wiki.as_user(_OPERATOR).edit(title, text)
        return cls(place, wiki, events)

    def live_until(self, instant: datetime) -> list[Told]:
        """Lets people do what they do until an instant."""
        told = []
        while self.waiting and self.waiting[0].at <= instant:
            event = self.waiting.pop(0)
            self.wiki.set_now(event.at)
            told.append(Told(event.at, self.place.name, event.who, self._do(event)))
        self.wiki.set_now(instant)
        return told

    def _do(self, event: Event) -> str:
        """Does one thing and says it in words."""
        signed = f"{event.text} ~~~~" if event.sign else event.text
        hand = self.wiki.as_user(event.who)
        board = self.wiki.titles.title(event.board)
        title = board.full if board else event.board
        match event.act:
            case "block":
                self.wiki.block(event.heading, by=event.who, until=event.at + timedelta(days=1))
                return f"blocks {event.heading} for a day"
            case "open":
                hand.edit(title, section=event.heading, append=signed, summary=f"/* {event.heading} */ new section")
                return f"opens “{event.heading}” on {title}"
            case "item":
                hand.edit(title, append=f"* {signed}", summary="report")
                return f"reports on {title}"
            case "reply":
                self._change(event, title, lambda part: f"{part.rstrip()}\n{_indent(part)} {signed}\n\n")
                return f"answers in “{event.heading}” on {title}"
            case "box":
                self._change(event, title, lambda part: _boxed(part, signed))
                return f"closes “{event.heading}” on {title}"
            case "rename":
                self._change(event, title, lambda part: part.replace(event.heading, event.text, 1))
                return f"changes a heading on {title}"

    def _change(self, event: Event, title: str, change: Callable[[str], str]) -> None:
        """Changes one thread of a board, or one item of a list."""
        text = self.wiki.current_text(title)
        start, end = _span(text, event.heading)
        self.wiki.as_user(event.who).edit(title, text[:start] + change(text[start:end]) + text[end:], summary="reply")


def _span(text: str, heading: str) -> tuple[int, int]:
    """Where a thread stands: from its heading to the next one, or from its list item to the next one."""
    found = re.search(rf"^(?:== *{re.escape(heading)}.*? *==$|\* .*{re.escape(heading)})", text, re.M)
    if found is None:
        raise LookupError(f"the story speaks of {heading!r}, which is not on the board")
    following = re.compile(r"^\* " if found[0].startswith("*") else r"^==[^=]", re.M).search(text, found.end())
    return found.start(), following.start() if following else len(text)


def _indent(part: str) -> str:
    if part.startswith("*"):
        return "**"
    return ":" * sum(1 for line in part.splitlines() if "(UTC)" in line or "(MEZ)" in line or "(CET)" in line)


def _boxed(part: str, signed: str) -> str:
    heading, _, body = part.partition("\n")
    return f"{heading}\n{{{{atop|result={signed}}}}}\n{body.rstrip()}\n{{{{abot}}}}\n\n"


@dataclass(frozen=True, slots=True)
class Played:
    """All that happened: the lines in order, the reports of the last pass by wiki, the pages before the first pass."""

    lines: tuple[Told, ...]
    reports: tuple[RunReport, ...]
    before: Mapping[tuple[str, str], str]
    communities: tuple[Community, ...]


def play(tasks: Sequence[Task[Any]], heard: Callable[[int, int], None], runs: Iterable[datetime] = RUNS) -> Played:
    """Plays the whole story; ``heard`` is told how many of the passes are done."""
    communities = tuple(Community.settle(place) for place in PLACES)
    journal = Journal()
    lines: list[Told] = []
    reports: list[RunReport] = []
    before: dict[tuple[str, str], str] = {}
    instants = tuple(runs)
    for number, instant in enumerate(instants):
        for community in communities:
            lines += community.live_until(instant)
            wiki = community.wiki
            if number == 0:
                before |= {(wiki.name, title): wiki.current_text(title) for title in wiki.pages()}
            options = RunOptions(owner="demo", all_due=True, clock=partial(_same, instant))
            report = run(wiki, entry_of(community.place), journal.of(wiki.name), tasks, options)
            reports.append(report)
            lines += _said(report, instant)
        heard(number + 1, len(instants))
    journal.close()
    return Played(tuple(sorted(lines, key=lambda line: line.at)), tuple(reports), before, communities)


def _same(instant: datetime) -> datetime:
    return instant


def _said(report: RunReport, instant: datetime) -> list[Told]:
    """The bot's own lines of one pass."""
    edits = report.edits
    if not edits:
        return [Told(instant, report.wiki, BOT, "looks at every board: nothing to do")]
    return [Told(instant, report.wiki, BOT, f"{edit.kind} on {edit.page}: {edit.state}", edit) for edit in edits]
