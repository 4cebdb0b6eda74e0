"""Whether a task may act on a board or only plan, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.messages import Messages
from bot.operatorfile import WikiEntry
from bot.plan import Task
from bot.settings.base import TaskSettings, WideSettings
from bot.wikiplan import WikiTask


@dataclass(frozen=True, slots=True)
class Mandate:
    """``live``: whether the task may act; ``trial_left``: how many edits are left of a trial (None: no trial)."""

    live: bool
    why_not: str = ""
    trial_left: int | None = None


def mandate(
    task: Task[Any] | WikiTask[Any],
    settings: TaskSettings | WideSettings,
    entry: WikiEntry,
    messages: Messages,
    spent: Mapping[str, int],
    now: datetime,
) -> Mandate:
    """Judge a task: the community must have said live, the wiki approved or allowed a trial, the words be translated.

    ``spent`` counts what was ever done, by kind; ``task:NAME`` are a task's saved edits.
    """
    if settings.mode != "live":
        return Mandate(live=False, why_not="the settings say mode: plan")
    missing = [key for key in task.needs_words if not messages.has(key)]
    if missing:
        return Mandate(live=False, why_not=f"its words ({', '.join(missing)}) are not in the language of this wiki yet")
    if task.name in entry.approval or not entry.approval_needed:
        return Mandate(live=True)
    if task.name not in entry.trial.edits:
        return Mandate(live=False, why_not="the operator's file names neither an approval nor a trial for it")
    left = entry.trial.edits[task.name] - spent.get(f"task:{task.name}", 0)
    if left <= 0 or (entry.trial.until is not None and now.date() > entry.trial.until):
        return Mandate(live=False, why_not="its trial is over; it waits for approval")
    return Mandate(live=True, trial_left=left)
