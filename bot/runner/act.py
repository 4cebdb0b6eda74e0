"""Carries plans out on one board: saves, plans again where others edited, remembers; shows what was not to be saved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from bot.errors import CommunityProblem, OperatorProblem
from bot.journal import Look, WikiJournal
from bot.messages import Sentence
from bot.operatorfile import WikiEntry
from bot.plan import RESTORE, Decision, Edit, Fact, Plan, Task
from bot.reading.identity import twins
from bot.runner import planpage
from bot.runner.desk import Desk
from bot.runner.job import Job
from bot.runner.mandate import Mandate, mandate
from bot.runner.moved import follow
from bot.runner.planner import Planner, fail
from bot.runner.rebase import applied
from bot.runner.values import EditReport, Listener, RunOptions, State, TaskReport
from bot.runner.write import Context, Denied, HaltError, Stale, Writer, Written
from bot.schedule import next_look
from bot.wiki.port import WikiError

# How often a plan is made anew because somebody else edited; then the next run goes on.
REPLANS = 3

_UNSURE = Sentence("plan-why-unsure")


@dataclass(slots=True)
class Actor:
    """Works on boards, one after the other."""

    desk: Desk
    writer: Writer
    planner: Planner
    journal: WikiJournal
    entry: WikiEntry
    options: RunOptions
    listener: Listener
    run: int
    settings_revision: int
    plan_pages: list[EditReport] = field(default_factory=list)
    held: Sentence | None = None
    cut_facts: dict[str, tuple[Fact, ...]] = field(default_factory=dict)

    def work_on(self, job: Job) -> None:
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
                fail(job, error)

    def _work(self, job: Job, task: Task[Any]) -> None:
        settings = job.settings.tasks[task.name]
        may = mandate(task, settings, self.entry, self.planner.messages, self.journal.spent(None), self.desk.now)
        held = self.held is not None and may.live
        if held:
            may = Mandate(live=False, why=self.held)
        edits: list[EditReport] = []
        problems: list[str] = []
        plan = self.planner.plan(job, task)
        # Until the wiki's timestamps can be read in one way only, nothing is written, not even a plan (DESIGN).
        unsure = not self.planner.certain(job)
        if unsure:
            may = Mandate(live=False, why=_UNSURE)
        unfinished = held or unsure
        try:
            if self.options.dry_run or not may.live:
                edits += self._show(plan)
                if not self.options.dry_run and not unsure and may.why is not None:
                    self._post(job, task, may.why, plan)
            else:
                plan, unfinished = self._carry_out(job, task, may, plan, edits, problems)
        finally:
            problems += self._lost(job, task)
            report = TaskReport(task.name, may.live, plan.decisions, tuple(edits), may.why_not, tuple(problems))
            job.reports.append(report)
        if not self.options.dry_run:
            due = next_look(self.desk.now, settings.every or task.every(settings), unfinished=unfinished)
            self.journal.looked(job.title, task.name, Look(due, self._revision(job.title), self.settings_revision))

    def _carry_out(
        self,
        job: Job,
        task: Task[Any],
        may: Mandate,
        plan: Plan,
        edits: list[EditReport],
        problems: list[str],
    ) -> tuple[Plan, bool]:
        """Apply a plan, and the plans that follow from others editing meanwhile; true where something is left over."""
        before: tuple[Decision, ...] = ()
        following = False
        left, more = REPLANS + 1, 0
        while left:
            left -= 1
            self._hold_to_account(job, task, plan)
            # A plan that ends moves begun earlier leaves the rest for the plan after it.
            ended = bool(plan.edits) and bool(self.journal.open_moves(job.title))
            stale = self._apply(job, may, plan, edits, problems)
            if plan != Plan(decisions=plan.decisions):
                # What others planned rests on what stood before; where nothing was done, it still holds.
                self.planner.saved(job)
            if job.title in self.writer.lost and not more:
                # However often the plan was made anew: what the bot took must not stay away for that.
                more = REPLANS
                left += more
            if stale is None and not ended and not plan.more:
                return replace(plan, decisions=before + plan.decisions), False
            if stale is None and not ended:
                before, following = plan.decisions, True
                reason = "what follows from it comes after it"
            else:
                reason = stale.reason if stale is not None else "moves begun earlier came first"
            if stale is not None:
                follow(self.desk.wiki, self.journal, self.desk.info, self.journal.open_moves(job.title))
            self.listener.said(f"{task.name}: planned again, because {reason}")
            plan = self.planner.plan(job, task, following=following)
        if plan.edits:
            problems.append(f"others kept editing; {task.name} on {job.title} is left to the next run")
        return replace(plan, decisions=before + plan.decisions), bool(plan.edits)

    def _apply(self, job: Job, may: Mandate, plan: Plan, edits: list[EditReport], problems: list[str]) -> Stale | None:
        archived: dict[str, tuple[str, ...]] = {}
        complete = True
        for index, edit in enumerate(plan.edits):
            later = plan.edits[index + 1 :]
            left = None if may.trial_left is None else may.trial_left - sum(one.state is State.SAVED for one in edits)
            context = Context(job.title, self.run, left, later, archived, partial(self._remaining, job))
            known = edit.page in self.writer.denied
            result = self.writer.write(edit, context)
            match result:
                case Stale():
                    return result
                case Written(report, again):
                    edits.append(report)
                    if edit.begins is not None:
                        archived[edit.page] = edit.holds
                    if again:
                        self._keep_facts(job, plan)
                        return Stale(again)
                    problems += self._restored(job, edit)
                case Denied(report, trouble):
                    edits.append(report)
                    complete = complete and edit.independent
                    if trouble:
                        problems.append(f"{edit.task} on {job.title} ({edit.kind}): {report.reason}")
                    if edit.begins is not None and not known and self.writer.denied.get(edit.page) == "spam":
                        return Stale("the wiki's list of addresses refused the archive")
                    if archived and not edit.independent:
                        # Something was archived and cannot be cut under this plan: the task decides how to end it.
                        return Stale("a later edit of the plan was refused")
                    if not edit.independent:
                        break
        if complete:
            self.journal.remember(job.title, plan.facts, self.desk.now)
            self.journal.close_moves(job.title, plan.settled, "settled")
        return None

    def _hold_to_account(self, job: Job, task: Task[Any], plan: Plan) -> None:
        """See whether the task puts back what a cut may have lost: else nothing was, and the plan's facts hold."""
        lost = self.writer.lost.get(job.title)
        if lost is None or lost.task != task.name:
            return
        back = {thread for edit in plan.edits if edit.kind == RESTORE for thread in edit.threads}
        if not back:
            del self.writer.lost[job.title]
        facts = self.cut_facts.pop(job.title, ())
        self.journal.remember(job.title, [fact for fact in facts if fact.thread not in back], self.desk.now)

    def _restored(self, job: Job, edit: Edit) -> list[str]:
        """Say that threads were put back on the board."""
        if edit.kind != RESTORE:
            return []
        self.writer.lost.pop(job.title, None)
        threads = "a thread" if len(edit.holds) == 1 else f"{len(edit.holds)} threads"
        return [
            f"somebody took {threads} out of an archive of {job.title} while the board was cut; what then stood on "
            "neither page the bot put back on the board"
        ]

    def _keep_facts(self, job: Job, plan: Plan) -> None:
        """Keep what is to be remembered of a cut until it is known which threads it moved."""
        if job.title in self.writer.lost and plan.facts:
            self.cut_facts[job.title] = plan.facts

    def _lost(self, job: Job, task: Task[Any]) -> list[str]:
        """Say where threads are to be found that could not be put back."""
        lost = self.writer.lost.get(job.title)
        if lost is None or lost.task != task.name or self.options.dry_run:
            return []
        return [
            f"somebody changed an archive of {job.title} while the board was cut, and what may be missing there could "
            f"not be put back: revision {lost.revision} of the board holds it"
        ]

    def _remaining(self, job: Job, before: str, after: str) -> frozenset[str]:
        """The hashed identities on the board after a cut.

        Where no two threads are alike, each that stays keeps its identity, and the board need not be read for it.
        """
        board = self.planner.board(job)
        if board.text == before and not twins(board.threads):
            left = [thread for thread in board.threads if board.wikitext(thread) in after]
        else:
            left = list(self.desk.reader.board(job.title, 0, after, job.settings.rules).threads)
        return frozenset(self.journal.hash_of(thread.identity) for thread in left)

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
                self.planner.saved()
        return shown

    def _post(self, job: Job, task: Task[Any], why: Sentence, plan: Plan) -> None:
        """Post what a task in plan mode would do, where that differs from what stands there."""
        board = self.planner.board(job)
        title = planpage.title_of(self.entry.settings, job.title, task.name)
        page = self.desk.read([title]).pages[title]
        messages = self.planner.messages
        text = planpage.render(board, task.name, why, plan, messages)
        if page.text == text:
            return
        edit = planpage.edit_of(page.title, page.revision, text, messages)
        result = self.writer.write(edit, Context(job.title, self.run, None))
        self.planner.saved(job)
        if isinstance(result, Written | Denied):
            self.plan_pages.append(result.report)

    def _revision(self, title: str) -> int:
        """Give the board's revision as last read, 0 where it was let go of since."""
        return self.desk.pages[title].revision if title in self.desk.pages else 0
