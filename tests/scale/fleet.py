"""A fleet of embedded wikis, each with its boards in an SQLite file, behind a network that takes its time."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.cli.onepass import Chosen, Passed, Surroundings, make_pass
from bot.operatorfile import Operator, WikiEntry, read_operator_file
from bot.runner import RunReport
from bot.wiki.embedded import EmbeddedWiki
from bot.wiki.port import Wiki
from tests.world import NOW, board, signed, thread

BOT = "Clerk"
SETTINGS = "User:Clerk/settings.yaml"
RUN_PAGE = "User:Clerk/run"
LATENCY = timedelta(milliseconds=100)
"""What every request takes on the way to the wiki and back."""

OPEN = 100
"""The open reports are numbered from the next one on."""

_PAGE = """\
version: 1
support: "Project:Getting help"
defaults:
  mode: live
  quiet: 60 s
  responders: {groups: [sysop]}
  resolved: {templates: [resolved]}
  subjects: {templates: [userlinks]}
boards:
"""
_BOARD = """\
  "Project:Board {number}":
    archive: {{resolved_after: 24 h, inactive_after: 10 days, to: "{{board}}/Archive {{counter}}", keep_threads: 2}}
    notify: {{subjects: notice, wait: 20 min, reporter_min_edits: 0}}
    summary: {{page: "Project:Board {number}/Waiting"}}
"""
_WIKI = """\
  {name}:
    api: http://127.0.0.1:9/{name}/api.php
    settings: "User:Clerk/settings.yaml"
    run_page: "User:Clerk/run"
    trusted: [sysop]
    approval: not needed
"""
_LIMITS = "limits: {{edits_per_run: 5000, seconds_per_run: {seconds}}}\n"


def board_title(number: int) -> str:
    """One of a wiki's boards; the first is 1."""
    return f"Wiki:Board {number}"


@dataclass(slots=True)
class VirtualClock:
    """An hour that only requests, and those who wait, make pass."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Tell the instant."""
        return self.now

    def advance(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span


@dataclass(slots=True)
class Fleet:
    """Wikis called w000, w001, … with equal boards, and the operator's file that names them all.

    ``seconds`` is what a pass may take.
    """

    folder: Path
    wikis: int
    boards: int = 5
    threads: int = 12
    seconds: int = 86400

    @classmethod
    def found(cls, folder: Path) -> Fleet:
        """The fleet that was built in a folder, as far as a runner needs it."""
        return cls(folder, len(list(folder.glob("w*.sqlite"))))

    def build(self, database: str = "") -> Fleet:
        """Write all files: one wiki is made by its people's edits, the others are copies of its file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        first, *others = self.names
        with self._open(first, NOW - timedelta(hours=2)) as wiki:
            self._settle(wiki)
        for name in others:
            shutil.copyfile(self._file(first), self._file(name))
        url = database or f"sqlite:///{self.folder / 'clerk.db'}"
        entries = "".join(_WIKI.format(name=name) for name in self.names)
        self.config.write_text(
            f"database: {url}\n{_LIMITS.format(seconds=self.seconds)}wikis:\n{entries}", encoding="utf-8"
        )
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The wikis' names."""
        return tuple(f"w{number:03}" for number in range(self.wikis))

    @property
    def config(self) -> Path:
        """The operator's file."""
        return self.folder / "clerk.yaml"

    def operator(self) -> Operator:
        """The operator's file, read."""
        return read_operator_file(self.config, {})

    def people_write(self, now: datetime, number: int) -> None:
        """On every board somebody closes the oldest open report, and somebody files a new one."""
        for name in self.names:
            with self._open(name, now) as wiki:
                for place in range(1, self.boards + 1):
                    title = board_title(place)
                    text = wiki.current_text(title)
                    closing = "{{resolved}} " + signed("Clara", now, "Closed now.")
                    head, opened, tail = text.partition(f"== Open {OPEN + number} ==\n")
                    body, mark, rest = tail.partition("\n\n")
                    filed = f"== Filed {number} ==\n{signed('Alba', now, 'Words of a new report.')}"
                    wiki.as_user("Clara").edit(title, f"{head}{opened}{body}\n{closing}{mark}{rest}\n\n{filed}")

    @contextmanager
    def opened(
        self, entry: WikiEntry, on_requests: Callable[[int], None], clock: Callable[[], datetime]
    ) -> Iterator[EmbeddedWiki]:
        """One wiki as the bot sees it; its clock is the host's at every request."""

        def spent(requests: int) -> None:
            on_requests(requests)
            wiki.set_now(clock())

        with self._open(entry.name, clock()) as wiki:
            wiki.on_requests = spent
            yield wiki

    def text(self, name: str, title: str) -> str:
        """A page's text as it stands."""
        with self._open(name, None) as wiki:
            return wiki.current_text(title)

    @contextmanager
    def _open(self, name: str, now: datetime | None) -> Iterator[EmbeddedWiki]:
        wiki = EmbeddedWiki(self._file(name), name=name, bot=BOT)
        if now is not None:
            wiki.set_now(now)
        try:
            yield wiki
        finally:
            wiki.close()

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite"

    def _settle(self, wiki: EmbeddedWiki) -> None:
        wiki.add_user("Root", ["sysop"])
        page = _PAGE + "".join(_BOARD.format(number=place) for place in range(1, self.boards + 1))
        wiki.as_user("Root").edit(SETTINGS, page)
        wiki.as_user("Root").edit(RUN_PAGE, "run")
        for place in range(1, self.boards + 1):
            names = "Mallory" if place == 1 else ""
            done = [thread(number, resolved=True) for number in range(1, 4)]
            young = timedelta(hours=4)
            still = [
                thread(number, resolved=False, age=young, names=names).replace("== Report ", "== Open ")
                for number in range(OPEN + 1, OPEN + 1 + self.threads - len(done))
            ]
            wiki.as_user("Alba").edit(board_title(place), board(*done, *still))


@dataclass(slots=True)
class Count:
    """What a pass cost: requests by wiki; how each turn ended; after each turn, what ``probe`` measured."""

    probe: Callable[[], float] = lambda: 0.0
    requests: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    saved: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    probed: list[float] = field(default_factory=list)

    def step(self, what: str, done: int, of: int) -> None:
        """Hear nothing."""

    def said(self, line: str) -> None:
        """Hear nothing."""

    def ended(self, report: RunReport) -> None:
        """Count a turn."""
        self.outcomes[report.outcome.value] += 1
        self.saved += sum(edit.revision > 0 for edit in report.edits)
        self.problems += [*report.problems, *(problem for one in report.boards for problem in one.problems)]
        self.problems += [problem for one in report.boards for task in one.tasks for problem in task.problems]
        self.probed.append(self.probe())

    def failed(self, wiki: str, problem: str) -> None:
        """Count a wiki that could not be worked on."""
        self.outcomes["failed"] += 1
        self.problems.append(f"{wiki}: {problem}")


def virtual_pass(fleet: Fleet, clock: VirtualClock, count: Count, *, owner: str = "host:1") -> Passed:
    """The ordinary pass over the fleet, in this process, in which a request takes ``LATENCY`` of virtual time."""

    @contextmanager
    def opened(entry: WikiEntry, _folder: Path) -> Iterator[Wiki]:
        def spent(requests: int) -> None:
            count.requests[entry.name] += requests
            clock.advance(requests * LATENCY)

        with fleet.opened(entry, spent, clock) as wiki:
            yield wiki
            count.asked.update(wiki.asked)

    around = Surroundings(clock, opened, owner)
    return make_pass(fleet.operator(), Chosen(), count, lambda: False, around)
