"""Carries out the tasks that look at all boards of a wiki at once, after the boards' own tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.figures.report import BoardSeen
from bot.journal import Look
from bot.memory import Memory
from bot.messages import Sentence
from bot.model import Page
from bot.operatorfile import WikiEntry
from bot.plan import Edit, Need, Plan
from bot.runner.across import boards_seen, for_programme
from bot.runner.desk import Desk
from bot.runner.mandate import Mandate, mandate
from bot.runner.planner import ROUNDS, Planner
from bot.runner.rebase import applied
from bot.runner.values import BoardReport, EditReport, RunOptions, State, TaskReport
from bot.runner.write import Context, Denied, Stale, Writer, Written
from bot.schedule import is_due, next_look
from bot.settings.base import WideSettings
from bot.settings.schema import Settings
from bot.wikiplan import Across, GivenTask, RunKnown, WikiSnapshot, WikiTask

# What such a task remembers and looks at belongs to no board.
NO_BOARD = ""
_REPLANS = 3


@dataclass(slots=True)
class WikiWorker:
    """Works on the tasks of one run. ``held`` says why all of them only plan in this run, if they do."""

    planner: Planner
    writer: Writer
    entry: WikiEntry
    options: RunOptions
    settings: Settings
    run: int
    revision: int
    held: Sentence | None = None
    reports: list[BoardReport] = field(default_factory=list)
    boards: tuple[BoardSeen, ...] | None = None

    @property
    def _desk(self) -> Desk:
        return self.planner.desk

    def work(self, tasks: Sequence[WikiTask[Any] | GivenTask]) -> None:
        """Do what is due."""
        if not self.options.dry_run:
            self.planner.journal.keep_boards(*for_programme(self.settings), self._desk.now)
        for one in tasks:
            match one:
                case GivenTask(task=task, settings=section, across=across):
                    if self._is_due(task):
                        self._work(task, section, across)
                case WikiTask():
                    found = self.settings.sections.get(one.name)
                    if isinstance(found, WideSettings) and self._is_due(one):
                        self._work(one, found)

    def _is_due(self, task: WikiTask[Any]) -> bool:
        if self.options.task not in ("", task.name) or self.options.board:
            return False
        look = self.planner.journal.looks().get((NO_BOARD, task.name))
        due = look is None or is_due(look.due, look.settings, self.revision, self._desk.now)
        return due or self.options.all_due

    def _work(self, task: WikiTask[Any], settings: WideSettings, across: Across | None = None) -> None:
        journal, now = self.planner.journal, self._desk.now
        may = mandate(task, settings, self.entry, self.planner.messages, journal.spent(None), now)
        if self.held:
            may = Mandate(live=False, why=self.held)
        if not may.live:
            settings = settings.on_paper(f"{self.entry.settings}/Plan/{task.name}")
        problems: list[str] = []
        edits: list[EditReport] = []
        plan = Plan()
        for _ in range(_REPLANS + 1):
            plan = self._plan(task, settings, across)
            if self.options.dry_run:
                edits += [self._shown(edit) for edit in plan.edits]
                break
            if self._apply(task, may, plan, edits, problems):
                journal.remember(NO_BOARD, plan.facts, self._desk.now)
                break
        else:
            problems.append(f"others kept editing; the {task.name} is left to the next run")
        report = TaskReport(task.name, may.live, plan.decisions, tuple(edits), may.why_not, tuple(problems))
        self.reports.append(BoardReport(settings.page or task.name, None, (report,)))
        if not self.options.dry_run:
            due = next_look(self._desk.now, task.every, unfinished=bool(problems))
            journal.looked(NO_BOARD, task.name, Look(due, 0, self.revision))

    def _plan(self, task: WikiTask[Any], settings: WideSettings, across: Across | None) -> Plan:
        journal, desk = self.planner.journal, self._desk
        last_done = journal.last_done()
        if across is None:
            self.boards = boards_seen(journal, self.settings) if self.boards is None else self.boards
            across = Across(self.boards, journal.settings_changes())
        pages: dict[str, Page] = {}
        for _ in range(ROUNDS + 1):
            snapshot = WikiSnapshot(
                desk.info,
                self.planner.messages,
                Memory(journal.hash_of, facts=journal.facts(NO_BOARD), keys=journal.own_keys()),
                across.boards,
                across.changes,
                pages,
                self.entry.settings,
                self.settings.boards,
                RunKnown(self.run, self.revision, last_done),
                across.left_out,
            )
            found: Plan | Need = task.plan(snapshot, settings, desk.now)
            if isinstance(found, Plan):
                return found
            pages |= desk.read(found.pages).pages
        raise RuntimeError(f"the task {task.name} asked for more than {ROUNDS} times")

    def _apply(
        self, task: WikiTask[Any], may: Mandate, plan: Plan, edits: list[EditReport], problems: list[str]
    ) -> bool:
        """Save a plan; false where it must be made anew."""
        for edit in plan.edits:
            saved = sum(one.state is State.SAVED for one in edits)
            left = None if may.trial_left is None else may.trial_left - saved
            result = self.writer.write(edit, Context(NO_BOARD, self.run, left))
            self.planner.saved()
            match result:
                case Stale():
                    return False
                case Written(report, again):
                    edits.append(report)
                    if again:
                        return False
                case Denied(report, trouble):
                    edits.append(report)
                    if trouble:
                        problems.append(f"{task.name} ({edit.kind}): {report.reason}")
        return True

    def _shown(self, edit: Edit) -> EditReport:
        old = self._desk.pages[edit.page].text or ""
        new = applied(edit.change, old)
        return EditReport(edit.task, edit.kind, edit.page, State.PLANNED, old, new, edit.summary)
