"""The tasks, one module each; ``ALL`` is the order in which they run on a board."""

from __future__ import annotations

from typing import Any

from bot.plan import Task
from tasks import archive, backlog, escalate, notify, status, summary

ALL: tuple[Task[Any], ...] = (archive.TASK, notify.TASK, status.TASK, backlog.TASK, summary.TASK, escalate.TASK)
