"""``clerk serve``: stays, and makes the same pass as ``clerk run`` by the schedule of the operator's file."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.cli import wire
from bot.cli.console import DONE, plain
from bot.cli.loglines import failure_line, line, report_lines
from bot.cli.onepass import Chosen, make_pass
from bot.cli.told import told
from bot.errors import OperatorProblem
from bot.runner import RunReport

# A host that slept makes up for one pass; what came due meanwhile the journal knows.
_GRACE = 3600
# How often the operator's file is looked at for a changed schedule, in seconds.
_LOOK = 60


class Log:
    """Hears a run and writes what it says to the log."""

    def step(self, what: str, done: int, of: int) -> None:
        """A log needs no progress."""

    def said(self, text: str) -> None:
        """Writes one line."""
        plain(line(datetime.now(UTC), "said", words=text))

    def ended(self, report: RunReport) -> None:
        """Writes what was done on a wiki."""
        for one in report_lines(report, datetime.now(UTC)):
            plain(one)

    def failed(self, wiki: str, problem: str) -> None:
        """Writes why nothing could be done there."""
        plain(failure_line(wiki, problem, datetime.now(UTC)))


def serve(config: Path) -> int:
    """Serves until SIGTERM or Ctrl-C, then ends within seconds: the edit in hand is finished, a move never torn."""
    server = Server(config)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.end.set())
    server.start()
    server.end.wait()
    server.stop()
    return DONE


class Server:
    """A scheduler with one worker. Raises OperatorProblem where the operator's file is wrong from the start."""

    def __init__(self, config: Path, work: Callable[[], None] | None = None) -> None:
        self.config = config
        self.end = threading.Event()
        self.schedule = wire.operator(config).schedule
        self.scheduler: Any = BackgroundScheduler(
            timezone=UTC,
            # One pass at a time, and a thread of its own for the look at the file, which must not wait for a pass.
            executors={"default": ThreadPoolExecutor(1), "look": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _GRACE},
        )
        # The first pass comes at once: a process that was restarted makes up for what it missed.
        now = datetime.now(UTC)
        self.scheduler.add_job(work or self.work, trigger(self.schedule), id="pass", next_run_time=now)
        # It would log an error's own words, which may hold a secret; what may be told is told by `failed`.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL + 1)
        self.scheduler.add_listener(self.failed, EVENT_JOB_ERROR)
        self.scheduler.add_job(self.look, IntervalTrigger(seconds=_LOOK, timezone=UTC), id="look", executor="look")

    def start(self) -> None:
        """Begins; the log says by which schedule."""
        plain(line(datetime.now(UTC), "serving", schedule=self.schedule))
        self.scheduler.start()

    def stop(self) -> None:
        """Waits for the work in hand, which sees that the end was asked for, and ends."""
        self.end.set()
        self.scheduler.shutdown(wait=True)
        plain(line(datetime.now(UTC), "ended"))

    def failed(self, event: JobExecutionEvent) -> None:
        """Says that an error in the program ended a pass; the next one comes."""
        plain(line(datetime.now(UTC), "failed", problem=told(event.exception)))

    def work(self) -> None:
        """Makes one pass; whatever is wrong is said in the log, and the next pass comes."""
        try:
            passed = make_pass(wire.operator(self.config), Chosen(), Log(), self.end.is_set)
        except OperatorProblem as problem:
            plain(line(datetime.now(UTC), "failed", problem=problem))
            return
        plain(line(datetime.now(UTC), "passed", wikis=passed.served, failed=passed.failed))

    def look(self) -> None:
        """Takes up a changed schedule; a file that is wrong changes nothing (every pass says what is wrong)."""
        try:
            schedule = wire.operator(self.config).schedule
        except OperatorProblem:
            return
        if schedule != self.schedule:
            self.schedule = schedule
            self.scheduler.reschedule_job("pass", trigger=trigger(schedule))
            plain(line(datetime.now(UTC), "rescheduled", schedule=schedule))


def trigger(schedule: str) -> CronTrigger:
    """The instants of a schedule, in UTC; weekdays go by their names (``bot.operatorfile.schedule``)."""
    minute, hour, day, month, weekday = schedule.split()
    return CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, timezone=UTC)
