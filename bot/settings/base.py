"""What every settings model shares: frozen, strict, and the two keys that each task's section takes."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict


class SettingsModel(BaseModel):
    """A part of the settings page. Unknown keys are refused; values do not change once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class TaskSettings(SettingsModel):
    """What every task's section takes."""

    mode: Literal["plan", "live"] = "plan"
    """``plan`` [default] only posts what the task would do; ``live`` does it. A board's own ``mode`` stands in for it."""

    every: timedelta | None = None
    """How often the task looks at the board. Each task has its own default."""
