"""What every settings model shares: frozen, strict, and the keys that each task's section takes."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from bot.settings.explained import explain
from bot.settings.values import OptionalDuration, at_least, misfit


class SettingsModel(BaseModel):
    """A part of the settings page. Unknown keys are misfitd; values do not change once read."""

    # What a page does not say need not be made ready: each model is built when it is first used.
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=explain, defer_build=True)

    @field_validator("*", mode="before")
    @classmethod
    def _as_written(cls, value: Any, context: ValidationInfo) -> Any:
        """Take values as people write them, and nothing for what it is not.

        One value stands for a list of one, a section without content for its defaults. ``yes`` is not ``true`` and
        ``true`` is no number (both are in pydantic's ordinary reading).
        """
        kind = cls.model_fields[context.field_name or ""].annotation
        choices = (kind, *get_args(kind))
        if value is None and isinstance(kind, type) and issubclass(kind, BaseModel):
            return {}
        if isinstance(value, bool) and bool not in choices and int in choices:
            raise misfit("a whole number such as 4")
        if isinstance(value, str) and kind is bool:
            raise misfit("true or false")
        if isinstance(value, str) and get_origin(kind) in (tuple, frozenset):
            return (value,)
        return value


class TaskSettings(SettingsModel):
    """What every task's section takes."""

    mode: Literal["plan", "live"] = "plan"
    """``plan`` [default] only posts what the task would do, ``live`` does it. Not given: the board's own ``mode``."""

    every: Annotated[OptionalDuration, at_least("1 min")] = None
    """How often the task looks at the board. Each task has its own default."""


class WideSettings(SettingsModel):
    """What the section of every task takes that looks at all boards of a wiki at once. Each has a ``page``."""

    mode: Literal["plan", "live"] = "plan"
    """``plan`` [default] only posts on a subpage of the settings page what would be done; ``live`` does it."""

    page: str
    """Where it stands."""

    def on_paper(self, page: str) -> Self:
        """The same, written on a page below the settings page instead: what a task in plan mode goes by."""
        return self.model_copy(update={"page": page})
