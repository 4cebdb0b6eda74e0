"""A made-up community over a year: threads with known arrival, answers and ends on many boards, and runs of the bot.

Nothing of the bot's reading or counting is used to know the truth: the community keeps its own book.
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.figures.spans import Calendar, Period, Span
from bot.journal import Journal
from bot.runner import RunReport
from bot.wiki.embedded import EmbeddedWiki
from tasks import WIKI
from tasks.archive import TASK as ARCHIVE
from tests.builders import signed
from tests.world import BOT, RUN_PAGE, SETTINGS, World

START = datetime(2026, 1, 1, tzinfo=UTC)
REPORT = f"{SETTINGS}/Report"
PASSERS_BY = ("Alba", "Bea", "Dario", "Eva", "Filip", "Greta")
REPORTERS = tuple(f"Reporter {number}" for number in range(1, 41))
RESPONDERS = tuple(f"Sysop {number}" for number in range(1, 15))
PERIODS = (Period.WEEK, Period.MONTH, Period.QUARTER)


@dataclass
class Case:
    """One thread as the community knows it. ``gone`` is the run that took it off the board."""

    board: str
    number: int
    reporter: str
    opened: datetime
    answered: datetime | None = None
    responded: datetime | None = None
    resolved: datetime | None = None
    gone: datetime | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """What it is found by."""
        return f"== Trouble {self.number} =="


@dataclass(frozen=True, order=True)
class Act:
    """Something that somebody will do; ``number`` names the case."""

    at: datetime
    number: int
    what: str
    who: str


@dataclass
class Year:
    """The wiki, the bot, and the community's own book."""

    boards: tuple[str, ...]
    until: datetime
    database: Path
    seed: int = 1
    world: World = field(init=False)
    cases: dict[int, Case] = field(default_factory=dict)
    here: dict[str, dict[int, Case]] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        wiki = EmbeddedWiki(bot=BOT, now=START - timedelta(days=2))
        for name in (*PASSERS_BY, *REPORTERS):
            wiki.add_user(name)
        for name in (*RESPONDERS, "Root"):
            wiki.add_user(name, ["sysop"])
        self.world = World(wiki, journal=self.journal(), tasks=(ARCHIVE,))
        self.world.wiki_tasks = WIKI
        self.world.tell_accepted(self.world.says("Root", SETTINGS, settings_page(self.boards)))
        self.world.says("Root", RUN_PAGE, "run")
        for board in self.boards:
            self.here[board] = {}
            wiki.as_user("Root").edit(board, "Write below.")
        self._plan_arrivals()

    def journal(self) -> Journal:
        """The journal in its file."""
        return Journal(f"sqlite:///{self.database}")

    def _plan_arrivals(self) -> None:
        """Who will open what, and who will answer and close it: waits of many lengths, some threads never heard."""
        number = 0
        for place, board in enumerate(self.boards):
            # From a thread in three days to three a day.
            at, a_day = START, 0.3 + 2.7 * place / max(len(self.boards) - 1, 1)
            while True:
                at += _minutes(self.dice.expovariate(a_day) * 1440)
                if at >= self.until:
                    break
                number += 1
                heapq.heappush(self.acts, Act(at, number, "open", self.dice.choice(REPORTERS)))
                self.cases[number] = Case(board, number, "", at)
                self._plan_answers(number, at, place)

    def _plan_answers(self, number: int, opened: datetime, place: int) -> None:
        dice, at = self.dice, opened
        if dice.random() < 0.3:
            at += _minutes(dice.lognormvariate(4, 1))
            heapq.heappush(self.acts, Act(at, number, "answer", dice.choice(PASSERS_BY)))
        if dice.random() < 0.12:
            return
        at += _minutes(dice.lognormvariate(5 + place % 3, 1))
        heapq.heappush(self.acts, Act(at, number, "answer", dice.choice(RESPONDERS)))
        if dice.random() < 0.8:
            at += _minutes(dice.lognormvariate(6, 1))
            heapq.heappush(self.acts, Act(at, number, "close", dice.choice(RESPONDERS)))

    def live(self, until: datetime, *, run_every: timedelta | None = timedelta(hours=6), missing: float = 0) -> None:
        """Let time pass, with a run at each step, but for a share of ``missing`` ones; without runs where None."""
        step = run_every or timedelta(days=1)
        while self.world.wiki.now < until:
            at = min(self.world.wiki.now + step, until)
            self._act_until(at)
            self.world.wiki.set_now(at)
            if run_every is not None and self.dice.random() >= missing:
                self.run()

    def run(self) -> RunReport:
        """One ordinary run; then the book notes which threads it took off the boards."""
        wiki = self.world.wiki
        done = self.world.run(all_due=False, edits_per_run=500)
        assert not done.needs_attention, done.problems
        for board, here in self.here.items():
            text = self.world.text(board)
            for case in [one for one in here.values() if f"{one.heading}\n" not in text]:
                case.gone = wiki.now
                del here[case.number]
        return done

    def _act_until(self, until: datetime) -> None:
        """Everybody does what is planned, but for those whose thread is in the archive by then."""
        while self.acts and self.acts[0].at < until:
            act = heapq.heappop(self.acts)
            case = self.cases[act.number]
            if act.what == "open":
                case.reporter = act.who
                self.here[case.board][case.number] = case
                case.lines = [case.heading, signed(act.who, act.at, f"Please look at case {case.number}.")]
            elif case.number in self.here[case.board]:
                _note(case, act)
            else:
                continue
            self.world.wiki.set_now(max(self.world.wiki.now, act.at))
            text = "\n\n".join(["Write below.", *("\n".join(one.lines) for one in self.here[case.board].values())])
            self.world.wiki.as_user(act.who).edit(case.board, text)

    def posted(self) -> list[str]:
        """The reports that were saved, with repeats, oldest first."""
        return [title for title in self.world.bot_edits() if title.startswith(f"{REPORT}/")]

    def spans(self) -> list[Span]:
        """Every span that was over, and settled, before the end."""
        calendar, found = Calendar(whole_weeks=True), []
        for period in PERIODS:
            span = calendar.span(period, START)
            span = span if span.start >= START else calendar.span(period, span.end)
            while span.end + timedelta(hours=12) <= self.until:
                found.append(span)
                span = calendar.span(period, span.end)
        return found


def _note(case: Case, act: Act) -> None:
    closes = act.what == "close"
    case.lines.append(":" + signed(act.who, act.at, "{{resolved}} Done." if closes else "I am looking into it."))
    case.answered = case.answered or act.at
    if act.who in RESPONDERS:
        case.responded = case.responded or act.at
    if closes:
        case.resolved = act.at


def _minutes(count: float) -> timedelta:
    """Whole minutes, as signatures have, and never two acts at one instant."""
    return timedelta(minutes=1 + int(count))


def settings_page(boards: tuple[str, ...]) -> str:
    """The settings of a community whose boards are all of one kind."""
    archive = "resolved_after: 24 h, inactive_after: 72 h, unanswered_after: 14 days, keep_threads: 0"
    lines = ["version: 1", 'support: "Project:Getting help"', "defaults:", "  mode: live", "  quiet: 0 s"]
    lines += ["  responders: {groups: [sysop]}", "  resolved: {templates: [resolved], closers: {groups: [sysop]}}"]
    target = "{board}/Archive {year}-{month:02}"
    lines += [f'  archive: {{{archive}, move_at_most: 200, to: "{target}", max_size: 2000 kB}}']
    lines += ["boards:", *(f'  "{board}": {{}}' for board in boards)]
    goal = '{figure: first_response, target: 6 h, tolerance: 20 %, action: "ask for help", owner: "Project:Admins"}'
    lines += ["report:", "  mode: live", f'  page: "{REPORT}"', "  every: [week, month, quarter]", "  goals:"]
    return "\n".join([*lines, f"    - {goal}", ""])
