"""Whether a task may act on a board or only plan, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.messages import Messages, Sentence
from bot.operatorfile import WikiEntry
from bot.plan import Task
from bot.settings.base import TaskSettings, WideSettings
from bot.wikiplan import WikiTask


@dataclass(frozen=True, slots=True)
class Mandate:
    """``live``: whether the task may act; ``trial_left``: how many edits are left of a trial (None: no trial).

    ``why`` says why not, where it may not.
    """

    live: bool
    why: Sentence | None = None
    trial_left: int | None = None

    @property
    def why_not(self) -> str:
        """Why the task may not act, for the operator; "" where it may."""
        return self.why.said(_ENGLISH) if self.why else ""


_ENGLISH = Messages()


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
        return Mandate(live=False, why=Sentence("plan-why-settings", ("mode: plan",)))
    missing = [key for key in task.needs_words if not messages.has(key)]
    if missing:
        return Mandate(live=False, why=Sentence("plan-why-words", (", ".join(missing),)))
    if task.name in entry.approval or not entry.approval_needed:
        return Mandate(live=True)
    if task.name not in entry.trial.edits:
        return Mandate(live=False, why=Sentence("plan-why-approval"))
    left = entry.trial.edits[task.name] - spent.get(f"task:{task.name}", 0)
    if left <= 0 or (entry.trial.until is not None and now.date() > entry.trial.until):
        return Mandate(live=False, why=Sentence("plan-why-trial"))
    return Mandate(live=True, trial_left=left)
