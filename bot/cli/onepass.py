"""One pass over the wikis of the operator's file, each with its own failure: what cron and ``clerk serve`` call."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.cli import wire
from bot.errors import OperatorProblem
from bot.journal import Journal, WikiJournal
from bot.operatorfile import Operator, WikiEntry
from bot.runner import Listener, Outcome, RunOptions, RunReport
from bot.runner import run as run_wiki
from bot.wiki.port import WikiError
from tasks import ALL, WIKI

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


@dataclass(frozen=True, slots=True)
class Passed:
    """What a pass did: a report for each wiki that was reached, a sentence for each that failed."""

    reports: tuple[RunReport, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()

    @property
    def needs_attention(self) -> bool:
        """Whether a person must look."""
        return bool(self.failures) or any(report.needs_attention for report in self.reports)


def make_pass(
    operator: Operator,
    chosen: Chosen,
    listener: Listener,
    stop: Callable[[], bool],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Passed:
    """Work on every wiki chosen, the one that waited longest first, within ``seconds_per_run`` for all of them.

    Raises OperatorProblem where no wiki can be worked on: the file, the database, a name that is not there.
    """
    entries = wire.entries(operator, chosen.wiki)
    names = [*(task.name for task in ALL), *(task.name for task in WIKI)]
    if chosen.task and chosen.task not in names:
        raise OperatorProblem(f'there is no task "{chosen.task}"; tasks: {", ".join(names)}')
    end = clock() + timedelta(seconds=operator.limits.seconds_per_run)
    reports: list[RunReport] = []
    failures: list[tuple[str, str]] = []
    journal = wire.journal(operator)
    try:
        for entry in _longest_waiting_first(entries, journal) if not chosen.dry_run else entries:
            left = int((end - clock()).total_seconds())
            if stop() or ((reports or failures) and left < _SHORTEST):
                break
            own = journal.of(entry.name)
            try:
                report = _one_wiki(operator, entry, own, _options(operator, chosen, max(left, 1), stop), listener)
            except (OperatorProblem, WikiError) as problem:
                failures.append((entry.name, str(problem)))
                outcome = "failed"
            except Exception as error:  # noqa: BLE001 - one wiki's failure must not stop the others
                failures.append((entry.name, _told(error)))
                outcome = "failed"
            else:
                reports.append(report)
                outcome = report.outcome.value
            if not chosen.dry_run and outcome != Outcome.LEASED.value:
                # A database that is gone has been told already; the beat is then missing, as it should be.
                with suppress(OperatorProblem):
                    own.beat(clock(), outcome)
    finally:
        journal.close()
    return Passed(tuple(reports), tuple(failures))


def _longest_waiting_first(entries: Sequence[WikiEntry], journal: Journal) -> list[WikiEntry]:
    def waited(entry: WikiEntry) -> datetime:
        beat = journal.of(entry.name).last_beat()
        return beat.instant if beat else _LONG_AGO

    return sorted(entries, key=waited)


def _options(operator: Operator, chosen: Chosen, seconds: int, stop: Callable[[], bool]) -> RunOptions:
    limits = operator.limits
    return RunOptions(
        owner=wire.owner(),
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


def _one_wiki(
    operator: Operator, entry: WikiEntry, journal: WikiJournal, options: RunOptions, listener: Listener
) -> RunReport:
    wire.free_from_the_dead(journal)
    with wire.opened(entry, operator.path.absolute().parent) as wiki:
        return run_wiki(wiki, entry, journal, ALL, options, listener, WIKI)


def _told(error: Exception) -> str:
    """Tell of an error without its words, which may hold a name or a password."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    return f"an error in the program ended the work ({type(error).__name__} at {where}); please tell its maintainers"
