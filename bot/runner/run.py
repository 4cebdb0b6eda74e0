"""One run on one wiki: gather, decide, guard, apply, remember."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.errors import CommunityProblem, OperatorProblem
from bot.journal import Look, WikiJournal
from bot.messages import Messages
from bot.model import Board
from bot.operatorfile import WikiEntry
from bot.plan import Limits, Memory, Need, Plan, Snapshot, Task
from bot.runner import opening, planpage
from bot.runner.desk import Desk
from bot.runner.mandate import Mandate, mandate
from bot.runner.rebase import applied
from bot.runner.trust import Trust
from bot.runner.values import (
    BoardReport,
    EditReport,
    Listener,
    Outcome,
    RunOptions,
    RunReport,
    Silence,
    State,
    TaskReport,
)
from bot.runner.write import LEASE, Context, Denied, HaltError, Stale, Writer, Written
from bot.schedule import is_due, next_look
from bot.settings.schema import BoardSettings
from bot.wiki.port import Barred, Busy, Unreachable, Wiki, WikiError

# A task that has not seen enough after so many answers is not asked again (DESIGN, "How work flows", 4).
ROUNDS = 4
# How often a plan is made anew because somebody else edited; then the next run goes on.
REPLANS = 3


def run(
    wiki: Wiki,
    entry: WikiEntry,
    journal: WikiJournal,
    tasks: Sequence[Task[Any]],
    options: RunOptions,
    listener: Listener | None = None,
) -> RunReport:
    """Make one pass over what is due on one wiki. Raises OperatorProblem where the operator must mend something."""
    listener = listener or Silence()
    if not options.dry_run and not journal.take_lease(options.owner, options.clock(), LEASE):
        return RunReport(entry.name, Outcome.LEASED)
    try:
        return _Run(wiki, entry, journal, tasks, options, listener).go()
    finally:
        if not options.dry_run:
            journal.release_lease(options.owner)


@dataclass(slots=True)
class _Job:
    """One board's share of the run."""

    settings: BoardSettings
    tasks: list[Task[Any]]
    plans: dict[str, tuple[int, Plan]] = field(default_factory=dict)
    first: Board | None = None
    reports: list[TaskReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    memory: tuple[int, Memory] | None = None

    @property
    def title(self) -> str:
        return self.settings.title

    def report(self) -> BoardReport:
        return BoardReport(self.title, self.first, tuple(self.reports), tuple(self.problems))


@dataclass(slots=True)
class _Run:
    wiki: Wiki
    entry: WikiEntry
    journal: WikiJournal
    tasks: Sequence[Task[Any]]
    options: RunOptions
    listener: Listener
    desk: Desk = field(init=False)
    writer: Writer = field(init=False)
    force: opening.InForce = field(init=False)
    messages: Messages = field(init=False)
    number: int = 0
    epoch: int = 0
    jobs: list[_Job] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    plan_pages: list[EditReport] = field(default_factory=list)

    def go(self) -> RunReport:
        outcome = Outcome.DONE
        try:
            self._open()
            self._plan_all()
            for done, job in enumerate(self.jobs):
                self.listener.step("boards", done, len(self.jobs))
                self._alone(job)
        except HaltError as halt:
            outcome = halt.outcome
            self.problems.append(halt.reason)
        except CommunityProblem as problem:
            outcome = Outcome.PAUSED
            self.problems.append(str(problem))
        except WikiError as error:
            kinds = {Barred: Outcome.BARRED, Busy: Outcome.BUSY, Unreachable: Outcome.UNREACHABLE}
            outcome = kinds.get(type(error), Outcome.UNREACHABLE)
            self.problems.append(str(error))
        return self._report(outcome)

    # opening

    def _open(self) -> None:
        options, entry, wiki = self.options, self.entry, self.wiki
        info = opening.facts(wiki, self.journal, options.clock())
        account = wiki.account()
        opening.check_account(account, dry_run=options.dry_run)
        reading = wiki.read([entry.settings, entry.run_page])
        self.desk = Desk(wiki, self.journal, info, account, reading.now)
        settings_page, run_page = reading.pages[entry.settings], reading.pages[entry.run_page]
        trust = Trust(wiki, entry.trusted)
        trust.learn([settings_page, run_page])
        brake = opening.stopped(run_page, entry, trust)
        if brake is not None and not options.dry_run:
            raise HaltError(Outcome.STOPPED, brake)
        self.force = opening.in_force(wiki, self.journal, settings_page, trust, info, self.tasks)
        settings = self.force.settings
        fallbacks = info.fallbacks if settings.language == info.language else ()
        self.messages = Messages(settings.language or info.language, fallbacks, settings.messages)
        if not options.dry_run:
            self.number = self.journal.begin_run(reading.now)
            if self.journal.accepted() != self.force.revision:
                self.journal.accept(self.force.revision, reading.now)
            opening.settle_writes(wiki, self.journal)
        opening.restore_ledger(wiki, self.journal, account, list(settings.boards), reading.now)
        left = options.notices_per_day - self.journal.spent(reading.now).get("notices", 0)
        deadline = options.clock() + timedelta(seconds=options.seconds_per_run)
        self.writer = Writer(self.desk, entry, options, trust, deadline, left)
        self._choose(settings.boards)

    def _choose(self, boards: Mapping[str, BoardSettings]) -> None:
        """Take up what is due, and read those boards."""
        looks = self.journal.looks()
        for board in boards.values():
            due = [task for task in self.tasks if task.name in board.tasks and self._is_due(board, task, looks)]
            if due and self.options.board in ("", board.title):
                self.jobs.append(_Job(board, due))
        if not self.jobs:
            return
        aliased = opening.with_aliases(self.wiki, self.desk.info, {job.title: job.settings for job in self.jobs})
        self.desk.read([job.title for job in self.jobs])
        for job in self.jobs:
            job.settings = aliased[job.title]
            wrong = opening.board_page(self.desk.page(job.title), self.desk.info)
            if wrong is not None:
                job.problems.append(f"the board {job.title} {wrong}")
                job.tasks = []

    def _is_due(self, board: BoardSettings, task: Task[Any], looks: Mapping[tuple[str, str], Look]) -> bool:
        if self.options.task not in ("", task.name):
            return False
        look = looks.get((board.title, task.name))
        if self.options.all_due or look is None:
            return True
        return is_due(look.due, look.settings, self.force.revision, self.desk.now)

    # planning

    def _plan_all(self) -> None:
        """Let every task plan, their needs gathered over all boards and answered together (DESIGN, 4)."""
        waiting = [(job, task) for job in self.jobs for task in job.tasks]
        for turn in range(ROUNDS + 1):
            needs: list[tuple[_Job, Task[Any], Need]] = []
            for job, task in waiting:
                result = self._try(job, task)
                if isinstance(result, Need):
                    needs.append((job, task, result))
                elif result is not None:
                    job.plans[task.name] = (self.epoch, result)
            if not needs or turn == ROUNDS:
                return
            self.listener.step("questions", turn, ROUNDS)
            self.desk.gather((self._board(job), need) for job, _, need in needs)
            waiting = [(job, task) for job, task, _ in needs]

    def _try(self, job: _Job, task: Task[Any]) -> Plan | Need | None:
        """Ask a task; an error of its own stops this board alone (law 7)."""
        try:
            return self._ask(job, task)
        except (OperatorProblem, WikiError):
            raise
        except Exception as error:  # noqa: BLE001 - one board's failure must not stop the others
            self._fail(job, error)
            return None

    def _ask(self, job: _Job, task: Task[Any]) -> Plan | Need:
        snapshot = self._snapshot(job)
        return task.plan(snapshot, job.settings.tasks[task.name], self.desk.now)

    def _plan(self, job: _Job, task: Task[Any]) -> Plan:
        """Give the plan made with the others while nothing was saved since; otherwise let the task plan again."""
        epoch, plan = job.plans.get(task.name, (-1, Plan()))
        if epoch == self.epoch:
            return plan
        for _ in range(ROUNDS + 1):
            self._see_to(job)
            result = self._ask(job, task)
            if isinstance(result, Plan):
                return result
            self.desk.gather([(self._board(job), result)])
        raise RuntimeError(f"the task {task.name} asked for more than {ROUNDS} times")

    def _see_to(self, job: _Job) -> None:
        if job.title not in self.desk.pages:
            self.desk.read([job.title])
        wrong = opening.board_page(self.desk.page(job.title), self.desk.info)
        if wrong is not None:
            raise CommunityProblem(f"the board {job.title} {wrong}")

    def _board(self, job: _Job) -> Board:
        board = self.desk.board(job.title, job.settings.rules)
        job.first = job.first or board
        return board

    def _snapshot(self, job: _Job) -> Snapshot:
        desk, board = self.desk, self._board(job)
        return Snapshot(
            info=desk.info,
            account=desk.account,
            board=board,
            rules=job.settings.rules,
            messages=self.messages,
            memory=self._memory(job, board),
            limits=Limits(self.entry.allowed, max(0, self.writer.notices_left), max(0, self.writer.edits_left)),
            pages={title: desk.page(title) for title in desk.pages},
            users=desk.users,
            origins=desk.origins_of(board),
            redirects=desk.redirects,
            settings_page=self.entry.settings,
            exclusion_name=desk.account.name,
        )

    def _memory(self, job: _Job, board: Board) -> Memory:
        if job.memory is None or job.memory[0] != self.epoch:
            journal, now = self.journal, self.desk.now
            here = [journal.hash_of(thread.identity) for thread in board.threads]
            memory = Memory(
                journal.hash_of,
                journal.open_moves(job.title),
                journal.told(job.title),
                journal.put_back(job.title, here, now),
                journal.spent(now),
                journal.facts(job.title),
                journal.own_keys(),
            )
            job.memory = (self.epoch, memory)
        return job.memory[1]

    # acting

    def _alone(self, job: _Job) -> None:
        """Work on one board; whatever goes wrong there stays there (law 7)."""
        for task in job.tasks:
            if job.problems:
                return
            try:
                self._work(job, task)
            except CommunityProblem as problem:
                job.problems.append(str(problem))
            except (OperatorProblem, WikiError, HaltError):
                raise
            except Exception as error:  # noqa: BLE001 - one board's failure must not stop the others
                self._fail(job, error)

    def _work(self, job: _Job, task: Task[Any]) -> None:
        settings = job.settings.tasks[task.name]
        may = mandate(task, settings, self.entry, self.messages, self.journal.spent(None), self.desk.now)
        edits: list[EditReport] = []
        problems: list[str] = []
        plan = self._plan(job, task)
        unfinished = False
        try:
            if self.options.dry_run or not may.live:
                edits += self._show(plan)
                if not self.options.dry_run:
                    self._post(job, task, may, plan)
            else:
                plan, unfinished = self._carry_out(job, task, may, plan, edits, problems)
        finally:
            report = TaskReport(task.name, may.live, plan.decisions, tuple(edits), may.why_not, tuple(problems))
            job.reports.append(report)
        if not self.options.dry_run:
            due = next_look(self.desk.now, settings.every or task.every(settings), unfinished=unfinished)
            self.journal.looked(
                job.title, task.name, Look(due, plan_revision(self.desk, job.title), self.force.revision)
            )

    def _carry_out(
        self,
        job: _Job,
        task: Task[Any],
        may: Mandate,
        plan: Plan,
        edits: list[EditReport],
        problems: list[str],
    ) -> tuple[Plan, bool]:
        """Apply a plan, and the plans that follow from others editing meanwhile; true where something is left over."""
        for _ in range(REPLANS + 1):
            stale = self._apply(job, may, plan, edits, problems)
            self.epoch += 1
            if stale is None:
                return plan, False
            self.listener.said(f"{task.name}: planned again, because {stale.reason}")
            plan = self._plan(job, task)
        if plan.edits:
            problems.append(f"others kept editing; {task.name} on {job.title} is left to the next run")
        return plan, bool(plan.edits)

    def _apply(self, job: _Job, may: Mandate, plan: Plan, edits: list[EditReport], problems: list[str]) -> Stale | None:
        archived: dict[str, tuple[str, ...]] = {}
        complete = True
        for index, edit in enumerate(plan.edits):
            later = plan.edits[index + 1 :]
            left = None if may.trial_left is None else may.trial_left - sum(one.state is State.SAVED for one in edits)
            context = Context(job.title, self.number, left, later, archived, lambda text: self._identities(job, text))
            result = self.writer.write(edit, context)
            match result:
                case Stale():
                    return result
                case Written(report, again):
                    edits.append(report)
                    if edit.begins is not None:
                        archived[edit.page] = edit.holds
                    if again:
                        return Stale(again)
                case Denied(report, trouble):
                    edits.append(report)
                    complete = False
                    if trouble:
                        problems.append(f"{edit.task} on {job.title} ({edit.kind}): {report.reason}")
                    if archived:
                        # Something was archived and cannot be cut under this plan: the task decides how to end it.
                        return Stale("a later edit of the plan was refused")
                    if not edit.independent:
                        break
        if complete:
            self.journal.remember(job.title, plan.facts, self.desk.now)
            self.journal.close_moves(job.title, plan.settled, "settled")
        return None

    def _identities(self, job: _Job, text: str) -> frozenset[str]:
        board = self.desk.reader.board(job.title, 0, text, job.settings.rules)
        return frozenset(self.journal.hash_of(thread.identity) for thread in board.threads)

    def _show(self, plan: Plan) -> list[EditReport]:
        """Make the edits on paper; in a dry run the tasks after it see the pages as they would be."""
        desk = self.desk
        missing = {edit.page for edit in plan.edits} - desk.pages.keys()
        if missing:
            desk.read(missing)
        shown: list[EditReport] = []
        for edit in plan.edits:
            page = desk.page(edit.page)
            old = page.text or ""
            new = applied(edit.change, old)
            shown.append(EditReport(edit.task, edit.kind, edit.page, State.PLANNED, old, new, edit.summary))
            if self.options.dry_run:
                desk.shade(page.title, new)
                self.epoch += 1
        return shown

    def _post(self, job: _Job, task: Task[Any], may: Mandate, plan: Plan) -> None:
        """Post what a task in plan mode would do, where that differs from what stands there."""
        board = self._board(job)
        title = planpage.title_of(self.entry.settings, job.title, task.name)
        page = self.desk.read([title]).pages[title]
        text = planpage.render(board, task.name, may.why_not, plan)
        if page.text == text:
            return
        edit = planpage.edit_of(page.title, page.revision, text)
        result = self.writer.write(edit, Context(job.title, self.number, None))
        self.epoch += 1
        if isinstance(result, Written | Denied):
            self.plan_pages.append(result.report)

    # the end

    def _fail(self, job: _Job, error: Exception) -> None:
        """Tell of an error without its words, which may quote a page (law 10): its kind, and where it came from."""
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
        job.problems.append(
            f"an error in the program stopped the work on {job.title} ({type(error).__name__} at {where}); "
            "please tell its maintainers"
        )

    def _report(self, outcome: Outcome) -> RunReport:
        opened = hasattr(self, "force")
        desk = self.desk if hasattr(self, "desk") else None
        if self.number and desk is not None:
            self.journal.end_run(self.number, desk.now, outcome.value, self.force.revision)
        return RunReport(
            self.entry.name,
            outcome,
            self.number,
            desk.now if desk else None,
            desk.info if desk else None,
            desk.account if desk else None,
            self.force.revision if opened else 0,
            tuple(job.report() for job in self.jobs),
            tuple(self.problems),
            self.force.problems if opened else (),
            tuple(self.plan_pages),
        )


def plan_revision(desk: Desk, title: str) -> int:
    """Give the board's revision as last read, 0 where it was let go of since."""
    return desk.pages[title].revision if title in desk.pages else 0
