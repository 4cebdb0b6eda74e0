"""The tasks, one module each; ``ALL`` is the order in which they run on a board."""

from __future__ import annotations

from typing import Any

from bot.plan import Task
from bot.wikiplan import WikiTask
from tasks import archive, backlog, escalate, heartbeat, notify, overview, report, status, summary

ALL: tuple[Task[Any], ...] = (archive.TASK, notify.TASK, status.TASK, backlog.TASK, summary.TASK, escalate.TASK)
WIKI: tuple[WikiTask[Any], ...] = (overview.TASK, report.TASK, heartbeat.TASK)
"""The tasks that look at all boards of a wiki at once; they run when the boards' own tasks are done."""
PROGRAMME = report.PROGRAMME
"""The report across wikis, which the operator's file sets up."""
