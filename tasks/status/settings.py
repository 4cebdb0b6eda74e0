"""What a community can set about status templates and about reports whose accounts were blocked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator

from bot.settings.base import SettingsModel, TaskSettings
from bot.settings.values import OptionalDuration, TemplateName, Text, at_least, misfit, read_size

Words = Annotated[tuple[Text, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)]
OptionalSize = Annotated[int | None, BeforeValidator(lambda value: None if value is None else read_size(value))]


class Move(SettingsModel):
    """One row of the table: from which states, to which, and what must be so. All that is set must hold."""

    states: Words
    """The states that it starts from."""

    to: Text
    """The state that it leads to."""

    when: Literal["any", "answered", "unanswered"] = "any"
    """Whether a responder has answered [any]."""

    open_for: Annotated[OptionalDuration, at_least("15 min")] = None
    """The thread was opened at least so long ago."""

    open_under: Annotated[OptionalDuration, at_least("15 min")] = None
    """The thread was opened less than so long ago."""

    quiet_for: Annotated[OptionalDuration, at_least("15 min")] = None
    """Nobody has written for at least so long."""

    active_within: Annotated[OptionalDuration, at_least("15 min")] = None
    """Somebody has written within so long."""

    grown: OptionalSize = None
    """At least so much was written since a responder last wrote."""

    grown_under: OptionalSize = None
    """Less than so much was written since a responder last wrote."""


_DAYS = {days: timedelta(days=days) for days in (2, 7)}
_TALL = 15_000
# English Wikipedia's Dispute resolution noticeboard, as its volunteers' bot kept it: a volunteer's word opens a case,
# two silent days make it stale, a week or much text without a volunteer calls for help.
DRN: Mapping[str, Any] = {
    "empty": "new",
    "states": {
        "new": ("new",),
        "open": ("open", "active", "inprogress"),
        "stale": ("stale",),
        "needs help": ("needassist", "review", "relist", "relisted"),
        "resolved": ("resolved",),
        "closed": ("closed",),
        "failed": ("failed",),
    },
    "moves": (
        {"states": ("new",), "to": "open", "when": "answered"},
        {"states": ("new",), "to": "needs help", "open_for": _DAYS[2]},
        {"states": ("new",), "to": "needs help", "grown": _TALL},
        {"states": ("open", "stale"), "to": "needs help", "open_for": _DAYS[7]},
        {"states": ("open",), "to": "needs help", "grown": _TALL},
        {"states": ("open",), "to": "stale", "quiet_for": _DAYS[2]},
        {"states": ("stale",), "to": "open", "active_within": _DAYS[2]},
        {
            "states": ("needs help",),
            "to": "open",
            "when": "answered",
            "open_under": _DAYS[7],
            "grown_under": _TALL,
            "active_within": _DAYS[2],
        },
    ),
}
TABLES: Mapping[str, Mapping[str, Any]] = {"drn": DRN}


class StatusSettings(TaskSettings):
    """Which status template the board has, how its words follow one another, and what becomes of handled reports."""

    template: TemplateName | None = None
    """The template whose first parameter (or ``status``) says the state of its thread [none]."""

    table: Literal["drn"] | None = None
    """A ready table of states and moves: ``drn`` is that of the Dispute resolution noticeboard [none]."""

    empty: Text | None = None
    """The state that a template without a word is in [none: it is left alone]."""

    states: Mapping[Text, Words] = {}
    """Each state with the words that stand for it; the first is the one that the bot writes."""

    moves: tuple[Move, ...] = ()
    """How a thread goes from state to state; of several that fit the first counts."""

    blocked: Literal["mark", "remove", "off"] = "off"
    """What is done when all accounts named in a thread were blocked after it was opened, and all pages protected or
    deleted: ``mark`` it with who did what and for how long, ``remove`` it (on boards that are a list), or nothing
    [``off``]."""

    blocked_template: TemplateName | None = None
    """A template that begins the line of such a mark, for instance ``done`` [none]; not for partial blocks."""

    blocked_heading: Text | None = None
    """Words put at the end of the heading of such a thread, for instance ``(erl.)`` [none]; not for partial blocks."""

    @model_validator(mode="before")
    @classmethod
    def _with_table(cls, data: Any) -> Any:
        name = data.get("table") if isinstance(data, Mapping) else None
        return {**TABLES[name], **data} if isinstance(name, str) and name in TABLES else data

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        known = ", ".join(self.states) or "none yet"
        for move in self.moves:
            for state in (*move.states, move.to):
                if state not in self.states:
                    raise misfit(f'one of the states ({known}) where a move names "{state}"')
        if self.empty is not None and self.empty not in self.states:
            raise misfit(f"one of the states ({known}) as empty")
        if self.moves and self.template is None:
            raise misfit("the name of the status template as template")
        return self
