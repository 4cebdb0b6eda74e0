"""One pass over the wikis of the operator's file, each with its own failure: what cron and ``clerk serve`` call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from bot.cli import wire
from bot.cli.told import told
from bot.errors import OperatorProblem
from bot.figures.report import BoardSeen, LeftOut
from bot.journal import Claim, Journal, WikiJournal
from bot.operatorfile import Operator, WikiEntry
from bot.runner import LEASE, Listener, Outcome, RunOptions, RunReport
from bot.runner import run as run_wiki
from bot.runner.across import wiki_seen
from bot.wiki.port import Wiki, WikiError
from bot.wikiplan import Across, GivenTask, WikiTask
from tasks import ALL, PROGRAMME, WIKI

_LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
# A wiki whose turn would be shorter than this waits for the next pass, in which it is the first.
_SHORTEST = 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the command line chose."""

    wiki: str = ""
    board: str = ""
    task: str = ""
    all_due: bool = False
    dry_run: bool = False

    @property
    def whole(self) -> bool:
        """Whether this is the ordinary pass over everything, which runners share."""
        return self == Chosen()


class PassListener(Listener, Protocol):
    """Hears how each wiki's turn ended, at once: a pass keeps nothing of a wiki when the next one's turn comes."""

    def ended(self, report: RunReport) -> None:
        """A wiki was reached; what was done there."""

    def failed(self, wiki: str, problem: str) -> None:
        """A wiki could not be worked on; ``problem`` is a sentence for the operator."""


@dataclass(slots=True)
class Passed:
    """What a pass came to: how many wikis it reached, how many it could not, whether a person must look."""

    served: int = 0
    failed: int = 0
    needs_attention: bool = False


Opener = Callable[[WikiEntry, Path], AbstractContextManager[Wiki]]


def _system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a pass meets outside: the host's clock, the way to a wiki, the name under which leases are taken."""

    clock: Callable[[], datetime] = _system_clock
    opened: Opener = wire.opened
    owner: str = field(default_factory=wire.owner)


def make_pass(
    operator: Operator,
    chosen: Chosen,
    listener: PassListener,
    stop: Callable[[], bool],
    around: Surroundings | None = None,
) -> Passed:
    """Work on every wiki chosen, the one that waited longest first, within ``seconds_per_run`` for all of them.

    Runners whose whole passes overlap share a round: what one of them served since the round began, the others leave.
    Raises OperatorProblem where no wiki can be worked on: the file, the database, a name that is not there.
    """
    entries = wire.entries(operator, chosen.wiki)
    names = wire.task_names()
    if chosen.task and chosen.task not in names:
        raise OperatorProblem(f'there is no task "{chosen.task}"; tasks: {", ".join(names)}')
    journal = wire.journal(operator)
    wire.collect_from_now()
    try:
        return _Pass(operator, chosen, listener, stop, around or Surroundings(), journal).over(entries)
    finally:
        journal.close()


@dataclass(slots=True)
class _Pass:
    operator: Operator
    chosen: Chosen
    listener: PassListener
    stop: Callable[[], bool]
    around: Surroundings
    journal: Journal
    since: datetime | None = None
    passed: Passed = field(default_factory=Passed)

    def over(self, entries: Sequence[WikiEntry]) -> Passed:
        """Give every wiki its turn while there is time."""
        now, length = self.around.clock(), timedelta(seconds=self.operator.limits.seconds_per_run)
        end = now + length
        if self.chosen.whole:
            for owner in filter(wire.died, self.journal.passes(now)):
                self.journal.end_pass(owner)
            self.since = self.journal.begin_pass(self.around.owner, now, length)
        try:
            for entry in _longest_waiting_first(entries, self.journal) if not self.chosen.dry_run else entries:
                left = int((end - self.around.clock()).total_seconds())
                if self.stop() or ((self.passed.served or self.passed.failed) and left < _SHORTEST):
                    break
                self._turn(entry, max(left, 1))
        finally:
            if self.since is not None:
                with suppress(OperatorProblem):
                    self.journal.end_pass(self.around.owner)
        return self.passed

    def _turn(self, entry: WikiEntry, seconds: int) -> None:
        """One wiki's turn. The lease is taken before the wiki is spoken to, and given back after the beat is noted."""
        own, around = self.journal.of(entry.name), self.around
        if self.chosen.dry_run:
            self._work_on(entry, own, seconds)
            return
        try:
            claim = self._claim(own)
        except OperatorProblem as problem:
            self._failed(entry, str(problem))
            return
        match claim:
            case Claim.SERVED:
                return
            case Claim.LEASED:
                self._ended(RunReport(entry.name, Outcome.LEASED))
                return
            case Claim.TAKEN:
                pass
        outcome = self._work_on(entry, own, seconds)
        # A database that is gone has been told already; the beat is then missing, as it should be.
        with suppress(OperatorProblem):
            own.beat(around.clock(), outcome)
            own.release_lease(around.owner)

    def _claim(self, own: WikiJournal) -> Claim:
        claim = own.claim(self.around.owner, self.around.clock(), LEASE, self.since)
        if claim is Claim.LEASED and wire.free_from_the_dead(own):
            return own.claim(self.around.owner, self.around.clock(), LEASE, self.since)
        return claim

    def _work_on(self, entry: WikiEntry, own: WikiJournal, seconds: int) -> str:
        """Run on one wiki, tell what came of it, and give the outcome in a word."""
        options = _options(self.operator, self.chosen, seconds, self.stop, self.around)
        try:
            with self.around.opened(entry, self.operator.path.absolute().parent) as wiki:
                tasks: tuple[WikiTask[Any] | GivenTask, ...] = (*WIKI, *_given(self.operator, entry, self.journal))
                report = run_wiki(wiki, entry, own, ALL, options, self.listener, tasks)
        except (OperatorProblem, WikiError) as problem:
            return self._failed(entry, str(problem))
        except Exception as error:  # noqa: BLE001 - one wiki's failure must not stop the others
            return self._failed(entry, told(error))
        return self._ended(report)

    def _ended(self, report: RunReport) -> str:
        self.passed.served += 1
        self.passed.needs_attention |= report.needs_attention
        self.listener.ended(report)
        return report.outcome.value

    def _failed(self, entry: WikiEntry, problem: str) -> str:
        self.passed.failed += 1
        self.passed.needs_attention = True
        self.listener.failed(entry.name, problem)
        return "failed"


def _longest_waiting_first(entries: Sequence[WikiEntry], journal: Journal) -> list[WikiEntry]:
    beats = journal.last_beats()
    return sorted(entries, key=lambda entry: beats.get(entry.name, _LONG_AGO))


def _given(operator: Operator, entry: WikiEntry, journal: Journal) -> tuple[GivenTask, ...]:
    """The report across wikis, where this wiki is the one that it stands on."""
    programme = operator.programme
    if programme is None or programme.home != entry.name:
        return ()
    found = [wiki_seen(name, journal.of(name), programme.settings.calendar) for name in programme.wikis]
    changes = sorted({one for name in programme.wikis for one in journal.of(name).settings_changes()})
    wikis = tuple(one for one in found if isinstance(one, BoardSeen))
    left_out = tuple(one for one in found if isinstance(one, LeftOut))
    return (GivenTask(PROGRAMME, programme.settings, Across(wikis, tuple(changes), left_out)),)


def _options(
    operator: Operator, chosen: Chosen, seconds: int, stop: Callable[[], bool], around: Surroundings
) -> RunOptions:
    limits = operator.limits
    return RunOptions(
        owner=around.owner,
        leased=not chosen.dry_run,
        clock=around.clock,
        dry_run=chosen.dry_run,
        all_due=chosen.all_due,
        board=chosen.board,
        task=chosen.task,
        edits_per_run=limits.edits_per_run,
        notices_per_day=limits.notices_per_day,
        seconds_per_run=seconds,
        stop=stop,
        edits_per_day=limits.edits_per_day,
        edits_per_board=limits.edits_per_board,
        kinds_per_day=limits.kinds_per_day,
        failing_boards=limits.failing_boards,
    )
