"""Lets the tasks plan: gathers what they need, over all boards together, until each has decided."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot import guard
from bot.errors import CommunityProblem, OperatorProblem
from bot.journal import WikiJournal
from bot.memory import FINISHED_KEPT, Memory
from bot.messages import Messages
from bot.model import Board
from bot.observe import Fold
from bot.operatorfile import WikiEntry
from bot.plan import Limits, Need, Plan, Snapshot, Task
from bot.runner import opening
from bot.runner.desk import Desk
from bot.runner.job import Job
from bot.runner.values import Listener
from bot.runner.write import Writer
from bot.wiki.port import WikiError

# A task that has not seen enough after so many answers is not asked again (DESIGN, "How work flows", 4).
ROUNDS = 4


@dataclass(slots=True)
class Planner:
    """Asks tasks for their plans. ``epoch`` counts what was saved: an older plan is made anew.

    ``notifying`` are the boards that share the notices of a day.
    """

    desk: Desk
    writer: Writer
    journal: WikiJournal
    entry: WikiEntry
    messages: Messages
    listener: Listener
    notifying: frozenset[str] = frozenset()
    epoch: int = 0
    today: tuple[int, Mapping[str, int]] = (-1, {})

    def plan_all(self, jobs: Sequence[Job]) -> None:
        """Let every task plan, their needs gathered over all boards and answered together (DESIGN, 4)."""
        waiting = [(job, task) for job in jobs for task in job.tasks]
        for turn in range(ROUNDS + 1):
            needs: list[tuple[Job, Task[Any], Need]] = []
            for job, task in waiting:
                result = self._try(job, task)
                if isinstance(result, Need):
                    needs.append((job, task, result))
                elif result is not None:
                    job.plans[task.name] = (self.epoch, result)
            if not needs or turn == ROUNDS:
                return
            self.listener.step("questions", turn, ROUNDS)
            self.desk.gather((self.board(job), need) for job, _, need in needs)
            waiting = [(job, task) for job, task, _ in needs]

    def _try(self, job: Job, task: Task[Any]) -> Plan | Need | None:
        """Ask a task; an error of its own stops this board alone (law 7)."""
        try:
            return self._ask(job, task)
        except (OperatorProblem, WikiError):
            raise
        except Exception as error:  # noqa: BLE001 - one board's failure must not stop the others
            fail(job, error)
            return None

    def _ask(self, job: Job, task: Task[Any], *, following: bool = False) -> Plan | Need:
        snapshot = self._snapshot(job, following=following)
        return task.plan(snapshot, job.settings.tasks[task.name], self.desk.now)

    def plan(self, job: Job, task: Task[Any], *, following: bool = False) -> Plan:
        """Give the plan made with the others while nothing was saved since; otherwise let the task plan again.

        ``following``: only what follows from a plan that was carried out in this run.
        """
        epoch, plan = job.plans.get(task.name, (-1, Plan()))
        if epoch == self.epoch and not following:
            return plan
        for _ in range(ROUNDS + 1):
            self._see_to(job)
            result = self._ask(job, task, following=following)
            if isinstance(result, Plan):
                return result
            self.desk.gather([(self.board(job), result)])
        raise RuntimeError(f"the task {task.name} asked for more than {ROUNDS} times")

    def _see_to(self, job: Job) -> None:
        if job.title not in self.desk.pages:
            self.desk.read([job.title])
        wrong = opening.board_page(self.desk.page(job.title), self.desk.info)
        if wrong is not None:
            raise CommunityProblem(f"the board {job.title} {wrong}")

    def certain(self, job: Job) -> bool:
        """Tell whether the board's timestamps can be read in one way only, by the wiki's sample or by the board."""
        return self.desk.reader.timestamps.settle(self.desk.page(job.title).text or "").settled

    def board(self, job: Job) -> Board:
        """Give the job's board as last read."""
        board = self.desk.board(job.title, job.settings.rules)
        job.first = job.first or board
        return board

    def _snapshot(self, job: Job, *, following: bool = False) -> Snapshot:
        desk, board = self.desk, self.board(job)
        return Snapshot(
            info=desk.info,
            account=desk.account,
            board=board,
            rules=job.settings.rules,
            messages=self.messages,
            memory=self._memory(job, board),
            limits=self._limits(job),
            pages=desk.pages_now(),
            users=desk.users,
            origins=desk.origins_of(board),
            redirects=desk.redirects,
            actions=desk.actions,
            lines=desk.lines_now(),
            settings_page=self.entry.settings,
            denied=dict(self.writer.denied),
            linking=desk.linking,
            edits=desk.edits_of(board),
            openings=desk.openings.of(board),
            following=following,
            lost=self.writer.lost.get(job.title),
        )

    def _limits(self, job: Job) -> Limits:
        others = sorted(self.notifying - {job.title})
        if others and self.today[0] != self.epoch:
            self.today = (self.epoch, self.journal.told_on(self.desk.now))
        elsewhere = tuple(self.today[1].get(self.journal.hash_of(title), 0) for title in others)
        writer, spaces = self.writer, guard.numbers(self.desk.info, self.entry.repair_links)
        return Limits(self.entry.allowed, max(0, writer.notices_left), max(0, writer.edits_left), elsewhere, spaces)

    def _memory(self, job: Job, board: Board) -> Memory:
        if job.memory is None:
            job.memory = (self.epoch, self._remembered(job, board))
        elif job.memory[0] != self.epoch:
            # Saved for another board: that changes what is the whole wiki's, and no more.
            now = self.desk.now
            with self.journal.at_once():
                wide = replace(job.memory[1], spent=self.journal.spent(now), keys=self.journal.own_keys())
            job.memory = (self.epoch, wide)
        return job.memory[1]

    def saved(self, job: Job | None = None) -> None:
        """Note that something was saved, for one board or for none of them: plans that were made before are old."""
        self.epoch += 1
        if job is not None:
            job.memory = None

    def _remembered(self, job: Job, board: Board) -> Memory:
        journal, now = self.journal, self.desk.now
        with journal.at_once():
            names = self._names(job, board)
            here = [journal.hash_of(thread.identity) for thread in board.threads]
            put_back = journal.put_back(job.title, (*here, *names.values()), now)
            return Memory(
                journal.hash_of,
                journal.open_moves(job.title),
                journal.told(job.title),
                put_back,
                journal.spent(now),
                journal.facts(job.title),
                journal.own_keys(),
                journal.archived_copies(job.title, put_back) if put_back else {},
                journal.finished_moves(job.title, now - FINISHED_KEPT),
                frozenset(journal.archived(job.title)),
                names,
            )

    def _names(self, job: Job, board: Board) -> Mapping[str, str]:
        """Give what observations call the board's threads for good, whatever becomes of their opening comments."""
        if job.names.keys() != {thread.identity for thread in board.threads}:
            hash_of, now = self.journal.hash_of, self.desk.page(job.title).instant or self.desk.now
            hashes = {thread.identity: hash_of(thread.identity) for thread in board.threads}
            known = job.recent(self.journal, board)
            standing = {one.alias: one.thread for one in known if not one.away}
            if all(one in standing for one in hashes.values()):
                job.names = {identity: standing[one] for identity, one in hashes.items()}
            else:
                job.names = Fold(known, hash_of).names(board.threads, now)
        return job.names


def fail(job: Job, error: Exception) -> None:
    """Tell of an error without its words, which may quote a page (law 10): its kind, and where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    job.problems.append(
        f"an error in the program stopped the work on {job.title} ({type(error).__name__} at {where}); "
        "please tell its maintainers"
    )
