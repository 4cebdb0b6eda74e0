"""One run on one wiki: gather, decide, guard, apply, remember."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.errors import CommunityProblem
from bot.guard import normal_title
from bot.journal import Look, WikiJournal
from bot.messages import Messages, Sentence
from bot.model import Page
from bot.operatorfile import WikiEntry
from bot.plan import Lost, Task
from bot.runner import opening, settingspage, tellsettings
from bot.runner.act import Actor
from bot.runner.desk import Desk
from bot.runner.job import Job
from bot.runner.lost import lost_before, lost_unknown
from bot.runner.moved import follow_all
from bot.runner.planner import Planner
from bot.runner.trust import Trust
from bot.runner.values import EditReport, Listener, Outcome, RunOptions, RunReport, Silence
from bot.runner.watch import watch
from bot.runner.wikiwork import WikiWorker
from bot.runner.windows import let_go, note_sizes, windows
from bot.runner.write import LEASE, HaltError, Writer
from bot.schedule import is_due
from bot.settings.schema import BoardSettings
from bot.wiki.port import Barred, Busy, Wiki, WikiError
from bot.wikiplan import GivenTask, WikiTask

# Below so many boards a share of them says nothing.
_FEW = 4


def run(
    wiki: Wiki,
    entry: WikiEntry,
    journal: WikiJournal,
    tasks: Sequence[Task[Any]],
    options: RunOptions,
    listener: Listener | None = None,
    wiki_tasks: Sequence[WikiTask[Any] | GivenTask] = (),
) -> RunReport:
    """Make one pass over what is due on one wiki. Raises OperatorProblem where the operator must mend something."""
    listener = listener or Silence()
    lease_needed = not options.dry_run and not options.leased
    if lease_needed and not journal.take_lease(options.owner, options.clock(), LEASE):
        return RunReport(entry.name, Outcome.LEASED)
    try:
        return _Run(wiki, entry, journal, tasks, options, listener, wiki_tasks).go()
    finally:
        if lease_needed:
            journal.release_lease(options.owner)


@dataclass(slots=True)
class _Run:
    wiki: Wiki
    entry: WikiEntry
    journal: WikiJournal
    tasks: Sequence[Task[Any]]
    options: RunOptions
    listener: Listener
    wiki_tasks: Sequence[WikiTask[Any] | GivenTask] = ()
    desk: Desk | None = None
    force: settingspage.InForce | None = None
    number: int = 0
    jobs: list[Job] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    writer: Writer | None = None
    actor: Actor | None = None
    told: tuple[EditReport, ...] = ()
    worker: WikiWorker | None = None

    def go(self) -> RunReport:
        """Do everything, and tell how it ended."""
        outcome = Outcome.DONE
        try:
            planner = self._open()
            self._finish(planner, self._work_on_boards(planner))
        except HaltError as halt:
            outcome = halt.outcome
            self.problems.append(halt.reason)
        except CommunityProblem as problem:
            outcome = Outcome.PAUSED
            self.problems.append(str(problem))
        except WikiError as error:
            kinds = {Barred: Outcome.BARRED, Busy: Outcome.BUSY}
            outcome = kinds.get(type(error), Outcome.UNREACHABLE)
            self.problems.append(str(error))
        return self._report(outcome)

    def _open(self) -> Planner:
        """Find out where the wiki, the settings and the last run stand, and choose what to work on."""
        options, entry, wiki, journal = self.options, self.entry, self.wiki, self.journal
        deadline = options.clock() + timedelta(seconds=options.seconds_per_run)
        info = opening.facts(wiki, journal, options.clock())
        # Read first: the answer also tells who the bot is, which asked for alone is a request.
        reading = wiki.read([entry.settings, entry.run_page])
        account = wiki.account()
        opening.check_account(account, dry_run=options.dry_run)
        if not options.dry_run:
            opening.check_clock(options.clock(), reading.now)
        desk = self.desk = Desk(wiki, journal, info, account, reading.now)
        settings_page, run_page = reading.pages[entry.settings], reading.pages[entry.run_page]
        trust = Trust(wiki, entry.trusted, opening.vouched(journal, entry, reading.now))
        trust.learn([run_page, *((settings_page,) if settings_page.revision != journal.accepted() else ())])
        brake = opening.stopped(run_page, entry, trust)
        if brake is not None and not options.dry_run:
            raise HaltError(Outcome.STOPPED, brake)
        if brake is None:
            opening.vouch(journal, entry, trust, run_page, reading.now)
        lost: dict[str, Lost] = {}
        if not options.dry_run:
            opening.settle_writes(wiki, journal)
            lost = lost_before(wiki, journal)
            self.number = journal.begin_run(reading.now)
        own = opening.unknown_work(wiki, journal, account, reading.now)
        force = self.force = self._judge(settings_page, trust, desk, settingspage.told_before(journal, own))
        left = options.notices_per_day - journal.spent(reading.now).get("notices", 0)
        writer = self.writer = Writer(desk, entry, options, trust, deadline, left, lost=lost)
        settings = force.settings
        if settings is None:
            planner = Planner(desk, writer, journal, entry, Messages(info.language, info.fallbacks), self.listener)
            self._tell_settings(planner)
            raise CommunityProblem("; ".join(force.problems))
        fallbacks = info.fallbacks if settings.language == info.language else ()
        messages = Messages(settings.language or info.language, fallbacks, settings.messages)
        if not options.dry_run and journal.accepted() != force.revision:
            journal.accept(force.revision, force.editor, reading.now)
        opening.restore_ledger(wiki, journal, account, info, settings.boards, own, reading.now)
        if own is not None:
            writer.lost |= lost_unknown(wiki, own, settings.boards, journal.hash_of, reading.now)
        if not options.dry_run:
            follow_all(wiki, journal, info, settings.boards)
        self._choose(settings.boards.values(), desk)
        # A ledger just rebuilt may know of notices of today that were not counted.
        writer.notices_left = min(left, options.notices_per_day - sum(journal.told_on(reading.now).values()))
        notifying = opening.notifying(settings.boards)
        return Planner(desk, writer, journal, entry, messages, self.listener, notifying)

    def _judge(self, page: Page, trust: Trust, desk: Desk, told: Collection[str]) -> settingspage.InForce:
        """Find out which revision of the settings page is in force."""
        page_hash = self.journal.hash_of(normal_title(desk.info, self.entry.settings))
        accepted = settingspage.last_accepted(self.journal, told, page_hash)
        return settingspage.Judge(self.wiki, desk.info, trust, self.tasks, accepted, told, page_hash).of(page)

    def _tell_settings(self, planner: Planner) -> Sentence | None:
        """Tell the talk page what became of the newest revision; gives why nothing is done under it yet, if so."""
        if self.force is None or self.options.dry_run:
            return None
        teller = tellsettings.Teller(planner, self.force, self.number)
        held = teller.tell(self.jobs, whole=not (self.options.board or self.options.task))
        self.problems += teller.problems
        self.told = tuple(teller.edits)
        return held

    def _choose(self, boards: Collection[BoardSettings], desk: Desk) -> None:
        """Take up what is due."""
        looks = self.journal.looks()
        only = normal_title(desk.info, self.options.board)
        for board in boards:
            due = [task for task in self.tasks if task.name in board.tasks and self._is_due(board, task, looks)]
            if due and only in ("", board.title):
                self.jobs.append(Job(board, due))
        if not self.jobs:
            return
        aliased = opening.with_aliases(desk.redirects_to, desk.info, {job.title: job.settings for job in self.jobs})
        for job in self.jobs:
            job.settings = aliased[job.title]

    def _read(self, jobs: Sequence[Job], desk: Desk) -> None:
        """Read boards; those that cannot be worked on get no task."""
        if jobs:
            titles = [job.title for job in jobs]
            desk.read(titles)
            desk.shelf.fetch(titles)
        for job in jobs:
            wrong = opening.board_page(desk.page(job.title), desk.info)
            if wrong is not None:
                job.problems.append(f"the board {job.title} {wrong}")
                job.tasks = []

    def _is_due(self, board: BoardSettings, task: Task[Any], looks: Mapping[tuple[str, str], Look]) -> bool:
        if self.options.task not in ("", task.name):
            return False
        look = looks.get((board.title, task.name))
        if self.options.all_due or look is None or self.desk is None or self.force is None:
            return True
        return is_due(look.due, look.settings, self.force.revision, self.desk.now)

    def _work_on_boards(self, planner: Planner) -> Sentence | None:
        """Work on all boards, one window after the other; gives why all only plan yet, if they do.

        Where the talk page is to be told what new settings will do, everything is planned before anything is done.
        """
        desk, options, whole = planner.desk, self.options, self.force is None or self.force.telling is not None
        together = whole or options.dry_run
        parts = [self.jobs] if together else windows(desk, self.journal, self.jobs, options.window)
        held: Sentence | None = None
        done = 0
        for number, part in enumerate(parts):
            self._read(part, desk)
            planner.plan_all(part)
            if not options.dry_run:
                watch(desk, self.journal, part)
                note_sizes(self.journal, desk, part)
            if number == 0:
                held = self._tell_settings(planner)
            self._work_on(part, done, planner, held)
            done += len(part)
            if len(parts) > 1:
                let_go(desk, part)
        return held

    def _work_on(self, jobs: Sequence[Job], done: int, planner: Planner, held: Sentence | None) -> None:
        """Work on one board after the other; a board's trouble stays there (law 7).

        ``done`` boards came before these; ``held``: why all only plan.
        """
        if self.writer is None or self.force is None:
            return
        self.actor = self.actor or Actor(
            planner.desk,
            self.writer,
            planner,
            self.journal,
            self.entry,
            self.options,
            self.listener,
            self.number,
            self.force.revision,
            held=held,
        )
        for number, job in enumerate(jobs, done):
            self.listener.step("boards", number, len(self.jobs))
            self.actor.work_on(job)
            self._break_circuit()

    def _finish(self, planner: Planner, held: Sentence | None) -> None:
        """Let the tasks work that look at all boards at once."""
        if self.writer is None or self.force is None:
            return
        if self.wiki_tasks and self.force.settings is not None:
            self.worker = WikiWorker(
                planner,
                self.writer,
                self.entry,
                self.options,
                self.force.settings,
                self.number,
                self.force.revision,
                held,
            )
            self.worker.work(self.wiki_tasks)

    def _break_circuit(self) -> None:
        """End the run where so many boards fail that the fault is hardly theirs."""
        failed, share = sum(bool(job.problems) for job in self.jobs), self.options.failing_boards
        if len(self.jobs) >= _FEW and failed * 100 > share * len(self.jobs):
            reason = f"{failed} of {len(self.jobs)} boards failed, more than {share} %: see the first of their problems"
            raise HaltError(Outcome.STOPPED, reason)

    def _report(self, outcome: Outcome) -> RunReport:
        desk, force = self.desk, self.force
        if self.number and desk is not None and force is not None:
            self.journal.end_run(self.number, desk.now, outcome.value, force.revision)
        return RunReport(
            self.entry.name,
            outcome,
            self.number,
            desk.now if desk else None,
            desk.info if desk else None,
            desk.account if desk else None,
            force.revision if force else 0,
            (*(job.report() for job in self.jobs), *(self.worker.reports if self.worker else ())),
            tuple(self.problems),
            force.problems if force else (),
            (*self.told, *(self.actor.plan_pages if self.actor else ())),
        )
